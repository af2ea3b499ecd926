import type { User } from '../users.ts';

/** Who somebody has shown to be, and by what. */
export interface Authenticated {
  user: User;
  /** Whom a token is meant for, of those that were asked for; absent where it is for every reader. */
  audiences?: readonly string[];
  /** False once what was shown counts no more: revoked, expired, its account gone. Asked again while an answer streams. */
  isStillGood(): boolean;
}

/** One sort of bearer token. */
export interface BearerSource {
  /**
   * Undefined where the token is not of this sort.
   *
   * @throws Error that says why a token of this sort does not count
   */
  authenticate(token: string, audiences: readonly string[]): Authenticated | undefined;
}

/** Tells by a bearer token who asks: each sort of token is asked in turn. */
export class Authenticator {
  readonly #sources: BearerSource[] = [];
  readonly #audiences: readonly string[];

  /** @param audiences whom a token must be meant for to count here */
  constructor(audiences: readonly string[]) {
    this.#audiences = audiences;
  }

  add(source: BearerSource): this {
    this.#sources.push(source);
    return this;
  }

  /** The bearer of an `Authorization` header; undefined where it names nobody. */
  ofHeader(authorization: string | undefined): Authenticated | undefined {
    const token = /^Bearer ([\w.~+/-]+=*)$/i.exec(authorization ?? '')?.[1];
    if (token === undefined) return undefined;
    const found = this.ofToken(token);
    return 'error' in found ? undefined : found;
  }

  /** The bearer of a token, or why it has none: in Kubernetes' words, for a TokenReview. */
  ofToken(token: string, audiences = this.#audiences): Authenticated | { error: string } {
    const reasons: string[] = [];
    for (const source of this.#sources)
      try {
        const found = source.authenticate(token, audiences);
        if (found) return found;
      } catch (error) {
        reasons.push((error as Error).message);
      }
    const why = 'invalid bearer token';
    return { error: reasons.length > 0 ? `[${[why, ...reasons].join(', ')}]` : why };
  }
}
