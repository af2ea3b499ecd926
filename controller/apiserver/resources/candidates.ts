import { methodNotAllowed } from '../../../api/errors.ts';
import type { Kind } from '../../../api/kinds.ts';
import { storedForm } from '../../../api/stored-form.ts';
import type { CertificateSigningRequest } from '../../../api/types.ts';
import { warningsOf } from '../../../api/warnings.ts';
import type { Clock } from '../../../process/clock.ts';
import type { Random } from '../../../process/random.ts';
import type { Authorizer } from '../auth/authorizer.ts';
import { requireSigner } from '../auth/signers.ts';
import type { Quotas } from '../quota/quotas.ts';
import type { Storage } from '../storage/storage.ts';
import { admit, guard } from './admission.ts';
import type { AdmissionRequest } from './admission-request.ts';
import type { ClusterIps } from './cluster-ips.ts';
import { refuseInvalid, refuseInvalidStatus, withDefaults } from './decoding.ts';
import { replaced, withGeneration, withStatusOf, type Resource } from './metadata.ts';
import { finalized } from './namespaces.ts';
import { ownedByUpdater } from './ownership.ts';
import { withPhaseTime } from './persistent-volumes.ts';
import type { NodePorts } from './node-ports.ts';
import { isPodPart, withPodPart, type PodPart } from './pod-parts.ts';
import { signingRequestDecided } from './signing-requests.ts';
import { withMetadataOf } from './status-metadata.ts';
import type { Undos } from './undos.ts';
import type { Subresource, WriteContext } from './write-context.ts';

export interface CandidateParts {
  storage: Storage;
  authorizer: Authorizer;
  clusterIps: ClusterIps;
  nodePorts: NodePorts;
  quotas: Quotas;
  clock: Clock;
  random: Random;
}

/** A write on its way to an object's next state. */
export interface Draft {
  kind: Kind;
  subresource?: Subresource | undefined;
  context: WriteContext;
  undos: Undos;
}

/** What writes make of objects, before the store has them: owned, with defaults, admitted and valid. */
export class Candidates {
  readonly #parts: CandidateParts;

  constructor(parts: CandidateParts) {
    this.#parts = parts;
  }

  /** A new object, which has its defaults and owners, as it may be stored. @throws ApiError */
  first(draft: Draft, wished: Resource): Resource {
    return this.#admitted(draft, wished, undefined);
  }

  /**
   * What `input` makes of `old`. `owned` says whose its fields are then, by the object as it was asked for.
   *
   * @throws ApiError
   */
  next(
    draft: Draft,
    old: Resource,
    input: Resource,
    owned = (wished: Resource) => this.#ownedByWriter(draft, old, wished, input),
  ): Resource {
    const { kind, subresource, context } = draft;
    if (kind.type === 'CertificateSigningRequest' && (subresource === 'status' || subresource === 'approval'))
      return owned(this.#decidedRequest(draft, subresource, old, input));
    if (subresource === 'status' || subresource === 'finalize') {
      const base = withMetadataOf(kind, old, input, context.user);
      const next =
        subresource === 'status' ? this.#withStatus(kind, old, base, input) : finalized(base, input);
      return storedForm(kind, owned(next));
    }
    const part = isPodPart(subresource) ? subresource : undefined;
    if (subresource && !part) throw methodNotAllowed(kind, 'update');
    const wished = part ? withPodPart(part, old, input) : replaced(kind, old, input);
    const admitted = this.#admitted(draft, owned(withDefaults(kind, wished)), old, part);
    const next = withGeneration(kind, old, admitted);
    if (kind.type !== 'Pod' && next.metadata?.generation !== old.metadata?.generation)
      for (const text of warningsOf(kind, next, false)) context.warn(text);
    return next;
  }

  #ownedByWriter(
    { kind, subresource, context: { fieldManager } }: Draft,
    old: Resource,
    wished: Resource,
    input: Resource,
  ): Resource {
    const now = this.#parts.clock.date();
    return ownedByUpdater(kind, subresource, old, wished, input, { fieldManager, now });
  }

  #withStatus(kind: Kind, old: Resource, base: Resource, input: Resource): Resource {
    const next = withPhaseTime(kind, old, withStatusOf(base, input), this.#parts.clock.date());
    return refuseInvalidStatus(kind, next, old);
  }

  #decidedRequest(
    { kind, context }: Draft,
    subresource: 'status' | 'approval',
    old: Resource,
    input: Resource,
  ): Resource {
    const decided = signingRequestDecided(kind, subresource, old, input, this.#parts.clock.date());
    requireSigner(
      this.#parts.authorizer,
      context.user,
      subresource,
      old as CertificateSigningRequest,
      decided as CertificateSigningRequest,
    );
    return decided;
  }

  #admitted(
    { kind, context, undos }: Draft,
    object: Resource,
    old: Resource | undefined,
    part?: PodPart,
  ): Resource {
    const { user, dryRun, isNamespaceToCome = false } = context;
    const { storage, authorizer, clusterIps, nodePorts, quotas, random } = this.#parts;
    const request: AdmissionRequest = {
      operation: old ? 'update' : 'create',
      kind,
      object,
      old,
      user,
      isNamespaceToCome: dryRun && isNamespaceToCome,
      storage,
      authorizer,
      clusterIps,
      nodePorts,
      quotas,
      random,
      otherwise: (action) => undos.push(action),
    };
    const admitted = admit(request);
    refuseInvalid(kind, admitted, old, part);
    guard({ ...request, object: admitted });
    return storedForm(kind, admitted);
  }
}
