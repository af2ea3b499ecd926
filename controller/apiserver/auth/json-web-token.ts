import { createHash, sign, verify } from 'node:crypto';
import type { AccountKey } from './account-key.ts';

/** The only algorithm: a token that names another, or `none`, is not of this cluster. */
const algorithm = 'ES256';
/** JSON Web Signature writes both halves of the signature one after the other (RFC 7518, 3.4). */
const dsaEncoding = 'ieee-p1363';
/** A pod's token is some 1,200 characters; a longer text is not looked at. */
const tokenCharactersMax = 8_192;
/** Verified tokens remembered by their digest: a client sends the same one with each request. */
const verifiedMax = 1_024;

export function signToken(key: AccountKey, claims: object): string {
  const text = `${encoded({ alg: algorithm, kid: key.id })}.${encoded(claims)}`;
  const signature = sign('sha256', Buffer.from(text), { key: key.privateKey, dsaEncoding });
  return `${text}.${signature.toString('base64url')}`;
}

/** Reads tokens signed by one key. */
export class TokenReader {
  readonly #key: AccountKey;
  readonly #verified = new Map<string, object>();

  constructor(key: AccountKey) {
    this.#key = key;
  }

  /** The claims of a token that this key has signed; undefined for any other text. */
  claimsOf(token: string): object | undefined {
    if (token.length > tokenCharactersMax) return undefined;
    const digest = createHash('sha256').update(token).digest('base64');
    const known = this.#verified.get(digest);
    if (known) return known;
    const parts = token.split('.');
    if (parts.length !== 3 || !parts.every((part) => /^[\w-]+$/.test(part))) return undefined;
    const [head, body, signature] = parts as [string, string, string];
    const header = decoded(head) as { alg?: unknown; kid?: unknown } | undefined;
    if (header?.alg !== algorithm || header.kid !== this.#key.id) return undefined;
    const bytes = Buffer.from(signature, 'base64url');
    // A second spelling of one signature would be a second token.
    if (bytes.toString('base64url') !== signature) return undefined;
    const { publicKey } = this.#key;
    if (!verify('sha256', Buffer.from(`${head}.${body}`), { key: publicKey, dsaEncoding }, bytes))
      return undefined;
    const claims = decoded(body);
    if (!claims) return undefined;
    if (this.#verified.size >= verifiedMax) this.#verified.delete(this.#verified.keys().next().value!);
    this.#verified.set(digest, claims);
    return claims;
  }
}

function encoded(value: object): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url');
}

function decoded(text: string): object | undefined {
  try {
    const value: unknown = JSON.parse(Buffer.from(text, 'base64url').toString('utf8'));
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? value : undefined;
  } catch {
    return undefined;
  }
}
