import { keyBytes, sign, verify, type KeyPair } from './keys.ts';

/** How long a nonce is: nobody can have a signature ready for the next one. */
export const NONCE_BYTES = 32;
const SIGNATURE_BYTES = 64;
/** Signed in front of the nonce, so that the signature says nothing else to anybody. */
const mark = Buffer.from('kith alive\0');

/** What a member answers to whoever asks whether it lives: its signature on the asker's nonce. Both hex. */
export function proveAlive(nonce: string, keyPair: Pick<KeyPair, 'secretKey'>): string {
  return sign(Buffer.concat([mark, Buffer.from(nonce, 'hex')]), keyPair).toString('hex');
}

/** Whether the member with this key (hex) has answered this nonce, by whatever way the answer came. Never throws on bad input. */
export function isAliveProof(proof: unknown, nonce: string, key: string): boolean {
  if (typeof proof !== 'string' || proof.length !== 2 * SIGNATURE_BYTES) return false;
  return verify(Buffer.concat([mark, Buffer.from(nonce, 'hex')]), Buffer.from(proof, 'hex'), keyBytes(key));
}
