import { badRequest } from '../../../api/errors.ts';
import type { ExtensionRoute } from '../http/exchange.ts';
import { clientCertificateMs, type ClientCertificates } from './client-certificates.ts';

/** `kith kubeconfig --user`: POST gives out a certificate; DELETE with a user's name revokes all that they have. */
export function clientCertificateRoutes(certificates: ClientCertificates): ExtensionRoute[] {
  return [
    {
      method: 'POST',
      pattern: /^\/apis\/kith\.home\.arpa\/v1\/clientcertificates$/,
      handler: ({ body }) => certificates.issue(readWish(body)),
    },
    {
      method: 'DELETE',
      pattern: /^\/apis\/kith\.home\.arpa\/v1\/clientcertificates\/(?<user>[^/]+)$/,
      handler: async ({ params }) => ({
        revoked: await certificates.revoke(nameIn(params['user']!)),
      }),
    },
  ];
}

function readWish(body: unknown): { user: string; groups: string[]; publicKey: string; expiresInMs: number } {
  const { user, groups = [], publicKey, expiresInMs } = (body ?? {}) as Record<string, unknown>;
  const { min, max } = clientCertificateMs;
  if (typeof user !== 'string') throw badRequest('user must be the name of the user');
  if (!Array.isArray(groups) || !groups.every((each) => typeof each === 'string'))
    throw badRequest('groups must be a list of names');
  if (typeof publicKey !== 'string') throw badRequest('publicKey must be a public key in PEM');
  if (typeof expiresInMs !== 'number' || !(expiresInMs >= min && expiresInMs <= max))
    throw badRequest(`expiresInMs must be a number from ${min} (a minute) to ${max} (366 days)`);
  return { user, groups: groups as string[], publicKey, expiresInMs };
}

function nameIn(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    throw badRequest(`${part.slice(0, 80)} is no name`);
  }
}
