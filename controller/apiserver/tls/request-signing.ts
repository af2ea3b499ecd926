import { kindNamed } from '../../../api/kinds.ts';
import type { CertificateSigningRequest } from '../../../api/types.ts';
import type { Client } from '../../../client/client.ts';
import type { Log } from '../../../process/log.ts';
import { isStoreClosed } from '../../store/errors.ts';
import type { Store } from '../../store/store.ts';
import { collectionKey } from '../storage/keys.ts';
import { groups as knownGroups } from '../users.ts';
import { readRequest } from './client-authority.ts';
import { clientCertificateMs, type ClientCertificates } from './client-certificates.ts';

/** The one signer that kith has: certificates of users of this API. Requests for others wait for whoever signs them. */
const signer = 'kubernetes.io/kube-apiserver-client';
const usages = { required: 'client auth', allowed: ['client auth', 'digital signature', 'key encipherment'] };

/**
 * Signs the requests for the API's own users once they are approved. What cannot be signed gets a condition that says why.
 * Source: k8s.io/kubernetes/pkg/controller/certificates/signer
 */
export class RequestSigning {
  readonly #options: { store: Store; client: Client; certificates: ClientCertificates; log: Log };
  #unwatch = () => {};
  /** Names that are being signed: an event may come again before the certificate is there. */
  readonly #atWork = new Set<string>();

  constructor(options: { store: Store; client: Client; certificates: ClientCertificates; log: Log }) {
    this.#options = options;
  }

  begin(): void {
    const { store, log } = this.#options;
    const prefix = collectionKey(kindNamed('CertificateSigningRequest'));
    const { entries, revision } = store.list(prefix);
    for (const { value } of entries) this.#look(value as CertificateSigningRequest);
    this.#unwatch = store.watch(
      prefix,
      revision,
      (event) => {
        if (event.type === 'put') this.#look(event.entry.value as CertificateSigningRequest);
      },
      (error) => {
        if (isStoreClosed(error)) return;
        log.warn('the signing requests are read anew: their watch ended', { error });
        this.begin();
      },
    );
  }

  stop(): void {
    this.#unwatch();
  }

  #look(request: CertificateSigningRequest): void {
    const name = request.metadata!.name!;
    if (!isToSign(request) || this.#atWork.has(name)) return;
    this.#atWork.add(name);
    this.#sign(request)
      .catch((error: unknown) =>
        this.#options.log.warn('a certificate was not signed', { request: name, error }),
      )
      .finally(() => this.#atWork.delete(name));
  }

  async #sign({ metadata, spec, status }: CertificateSigningRequest): Promise<void> {
    const { client, certificates } = this.#options;
    const ref = { kind: 'CertificateSigningRequest', name: metadata!.name! };
    let change: object;
    try {
      refuseUsages(spec.usages ?? []);
      const wanted = await readRequest(Buffer.from(spec.request, 'base64').toString());
      if (wanted.groups.includes(knownGroups.masters))
        throw new Error(`use of ${signer} signer with ${knownGroups.masters} group is not allowed`);
      const wished = spec.expirationSeconds ? spec.expirationSeconds * 1000 : clientCertificateMs.max;
      const expiresInMs = Math.min(wished, clientCertificateMs.max);
      const { certificate } = await certificates.issue({ ...wanted, expiresInMs });
      change = { certificate: Buffer.from(certificate).toString('base64') };
    } catch (error) {
      const message = (error as Error).message;
      const failed = { type: 'Failed', status: 'True', reason: 'SignerValidationFailure', message };
      change = { conditions: [...(status?.conditions ?? []), failed] };
    }
    await client.patch(ref, 'merge', { status: change }, { subresource: 'status' });
  }
}

function isToSign({ spec, status }: CertificateSigningRequest): boolean {
  const is = (type: string) => status?.conditions?.some((each) => each.type === type) ?? false;
  return (
    spec.signerName === signer && !status?.certificate && is('Approved') && !is('Denied') && !is('Failed')
  );
}

function refuseUsages(asked: readonly string[]): void {
  const foreign = asked.find((each) => !usages.allowed.includes(each));
  if (foreign) throw new Error(`usage ${JSON.stringify(foreign)} is not one of ${usages.allowed.join(', ')}`);
  if (!asked.includes(usages.required))
    throw new Error(`usages must include ${JSON.stringify(usages.required)}`);
}
