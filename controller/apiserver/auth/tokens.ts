import { createHash, timingSafeEqual } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { writeFileAtomically } from '../../../process/folder.ts';
import { secretBytes } from '../../../process/secret.ts';
import type { User } from '../users.ts';

/** Nobody guesses 256 bits. */
const tokenBytes = 32;

/** Who bears which token. Only digests are kept, so a dump of this process's memory gives none away. */
export class Tokens {
  readonly #bearers: { digest: Buffer; user: User }[] = [];

  add(token: string, user: User): this {
    this.#bearers.push({ digest: digestOf(token), user });
    return this;
  }

  /** The user of an `Authorization` header. Every digest is compared, in constant time. */
  userOf(authorization: string | undefined): User | undefined {
    const match = /^Bearer ([\w.~+/-]+=*)$/i.exec(authorization ?? '');
    if (!match) return undefined;
    const digest = digestOf(match[1]!);
    let found: User | undefined;
    for (const bearer of this.#bearers) if (timingSafeEqual(bearer.digest, digest)) found = bearer.user;
    return found;
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
