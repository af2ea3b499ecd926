import { issuer, type AccountTokens } from '../auth/account-tokens.ts';
import { jsonAnswer } from './answers.ts';
import type { ApiServerRequest, ApiServerResponse } from './exchange.ts';

/** By which others check the tokens of service accounts: OpenID Connect's discovery, and the public key. */
export function issuerPage(
  { method, headers }: ApiServerRequest,
  path: string,
  tokens: AccountTokens,
): ApiServerResponse | undefined {
  if (method !== 'GET') return undefined;
  if (path === '/openid/v1/jwks') return jsonAnswer(200, tokens.keySet(), 'application/jwk-set+json');
  if (path !== '/.well-known/openid-configuration') return undefined;
  return jsonAnswer(200, {
    issuer,
    // Where the caller has found this page, it finds the key.
    jwks_uri: `https://${headers[':authority'] ?? headers['host'] ?? 'localhost'}/openid/v1/jwks`,
    response_types_supported: ['id_token'],
    subject_types_supported: ['public'],
    id_token_signing_alg_values_supported: ['ES256'],
  });
}
