import { generateKeyPairSync, randomBytes, randomUUID, type KeyObject } from 'node:crypto';

/**
 * Bytes that nobody can guess or draw again: keys, tokens, invites, nonces. Not an argument as `Random` is, and never from a
 * seed: a simulation replays what happened, and what happens does not hang on the value of a secret. Whatever names or
 * orders things (uids, names, choices) takes `Random` instead.
 */
export function secretBytes(length: number): Buffer {
  return randomBytes(length);
}

/** A name that nobody else has or can guess, for what nothing that happens hangs on, such as an entry of a log. */
export function secretUid(): string {
  return randomUUID();
}

/** A new private key that signs: ECDSA over P-256. Its public half is `createPublicKey` of it. */
export function secretSigningKey(): KeyObject {
  return generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey;
}
