import { createHash, timingSafeEqual } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { writeFileAtomically } from '../../../process/folder.ts';
import { secretBytes } from '../../../process/secret.ts';
import type { User } from '../users.ts';
import type { Authenticated, BearerSource } from './authenticator.ts';

/** Nobody guesses 256 bits. */
const tokenBytes = 32;

/** Who bears which token. Only digests are kept, so a dump of this process's memory gives none away. */
export class Tokens implements BearerSource {
  readonly #bearers: { digest: Buffer; user: User }[] = [];

  add(token: string, user: User): this {
    this.#bearers.push({ digest: digestOf(token), user });
    return this;
  }

  /** The bearer of a token. Every digest is compared, in constant time. */
  authenticate(token: string): Authenticated | undefined {
    const digest = digestOf(token);
    let user: User | undefined;
    for (const bearer of this.#bearers) if (timingSafeEqual(bearer.digest, digest)) user = bearer.user;
    return user && { user, isStillGood: () => true };
  }
}

/** The token in this file; made, for its owner's eyes alone, where there is none. */
export async function keptToken(file: string): Promise<string> {
  try {
    const token = (await readFile(file, 'utf8')).trim();
    if (token.length >= tokenBytes) return token;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  }
  const token = secretBytes(tokenBytes).toString('base64url');
  await writeFileAtomically(file, `${token}\n`);
  return token;
}

function digestOf(token: string): Buffer {
  return createHash('sha256').update(token).digest();
}
