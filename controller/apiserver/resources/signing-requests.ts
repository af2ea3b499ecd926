import { timestamp } from '../../../api/conditions.ts';
import { refusal } from '../../../api/errors.ts';
import type { Kind } from '../../../api/kinds.ts';
import type {
  CertificateSigningRequest,
  CertificateSigningRequestCondition,
  CertificateSigningRequestStatus,
} from '../../../api/types.ts';
import {
  validateSigningRequest,
  type SigningPart,
} from '../../../api/validation/certificate-signing-request.ts';
import type { Admission } from './admission-request.ts';
import type { Resource } from './metadata.ts';

/** Who asks stands in the request as the server knows them, whatever they say; and what is asked for is not changed afterwards. */
export const signingRequestIsTheCallers: Admission = ({ operation, kind, object, old, user }) => {
  if (kind.type !== 'CertificateSigningRequest') return object;
  if (operation === 'update') return { ...object, spec: (old as CertificateSigningRequest).spec } as Resource;
  const {
    uid: _uid,
    groups: _groups,
    extra: _extra,
    ...spec
  } = (object as CertificateSigningRequest).spec ?? {};
  const { name: username, groups, uid, extra } = user;
  const caller = { username, groups, ...(uid && { uid }), ...(extra && { extra }) };
  return { ...object, spec: { ...spec, ...caller } } as Resource;
};

/**
 * The request with what a write to `approval` (its decision) or `status` (its certificate) may change, and when each condition came.
 *
 * Source: k8s.io/kubernetes/pkg/registry/certificates/certificates/strategy.go
 * @throws ApiError (invalid)
 */
export function signingRequestDecided(
  kind: Kind,
  part: SigningPart,
  old: Resource,
  input: Resource,
  now: Date,
): Resource {
  const before = old as CertificateSigningRequest;
  const given = (input as CertificateSigningRequest).status;
  const { conditions: _replaced, ...kept } = before.status ?? {};
  const conditions = dated(given?.conditions, before.status?.conditions, now);
  const status: CertificateSigningRequestStatus =
    part === 'approval'
      ? { ...kept, ...(conditions && { conditions }) }
      : { ...given, ...(conditions && { conditions: keptDecisions(conditions, before) }) };
  const next: CertificateSigningRequest = { ...before, status };
  const wrong = refusal(kind, old.metadata?.name ?? '', validateSigningRequest(next, before, part));
  if (wrong) throw wrong;
  return next as Resource;
}

type Conditions = CertificateSigningRequestCondition[];

function dated(conditions: Conditions | undefined, before: Conditions | undefined, now: Date) {
  return conditions?.map((condition) => {
    const same = before?.find(({ type, status }) => type === condition.type && status === condition.status);
    return {
      ...condition,
      lastUpdateTime: condition.lastUpdateTime ?? timestamp(now),
      lastTransitionTime: condition.lastTransitionTime ?? same?.lastTransitionTime ?? timestamp(now),
    };
  });
}

/** Whoever writes a certificate leaves the decision as it is, also where it sends it back a little otherwise. */
function keptDecisions(conditions: Conditions, { status }: CertificateSigningRequest): Conditions {
  return conditions.map((condition) => {
    if (condition.type !== 'Approved' && condition.type !== 'Denied') return condition;
    return status?.conditions?.find(({ type }) => type === condition.type) ?? condition;
  });
}
