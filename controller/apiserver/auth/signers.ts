import { isDeepStrictEqual } from 'node:util';
import { forbidden } from '../../../api/errors.ts';
import type { CertificateSigningRequest } from '../../../api/types.ts';
import type { User } from '../users.ts';
import type { Authorizer } from './authorizer.ts';

/**
 * Who decides about a signing request, or signs it, needs the right to do so for its signer, beside the right to write it: for the
 * signer's name, or for all of its domain. Source: k8s.io/kubernetes/plugin/pkg/admission/certificates
 *
 * @throws ApiError (forbidden)
 */
export function requireSigner(
  authorizer: Authorizer,
  user: User,
  part: 'approval' | 'status',
  old: CertificateSigningRequest,
  next: CertificateSigningRequest,
): void {
  const isSame = (field: 'certificate' | 'conditions') =>
    isDeepStrictEqual(old.status?.[field], next.status?.[field]);
  if (part === 'status' && isSame('certificate') && isSame('conditions')) return;
  const verb = part === 'approval' ? 'approve' : 'sign';
  const signer = old.spec.signerName;
  const may = (name: string) =>
    authorizer.decide({
      user,
      verb,
      group: 'certificates.k8s.io',
      resource: 'signers',
      subresource: undefined,
      namespace: undefined,
      name,
      fieldSelector: undefined,
    }).allowed;
  if (may(signer) || may(`${signer.split('/')[0]}/*`)) return;
  throw forbidden(
    'CertificateSigningRequest',
    old.metadata?.name ?? '',
    `user not permitted to ${verb} requests with signerName ${JSON.stringify(signer)}`,
  );
}
