import { createHmac, timingSafeEqual } from 'node:crypto';
import { keyBytes } from './keys.ts';
import type { Invite } from './invite.ts';

const ID_BYTES = 8;
const PROOF_BYTES = 32;

/**
 * What a joiner shows the door in its handshake's first message, so that it is told from strangers before it has a connection: the
 * invite's id, and that it knows the secret. Good for this key and door alone; the invite itself is proved on the connection.
 */
export function knock(invite: Pick<Invite, 'id' | 'secret' | 'cluster' | 'door'>, key: string): Buffer {
  const id = Buffer.from(invite.id, 'hex');
  const proof = createHmac('sha256', Buffer.from(invite.secret, 'hex'))
    .update('kith knock\0')
    .update(keyBytes(invite.cluster))
    .update(keyBytes(invite.door))
    .update(id)
    .update(keyBytes(key))
    .digest();
  return Buffer.concat([id, proof]);
}

/** The id of the invite that a knock names; undefined where it is none. */
export function knockedWith(shown: Buffer | undefined): string | undefined {
  return shown?.length === ID_BYTES + PROOF_BYTES ? shown.subarray(0, ID_BYTES).toString('hex') : undefined;
}

/** Whether this key knocked with the invite. Compares in constant time. */
export function isKnock(shown: Buffer, invite: Parameters<typeof knock>[0], key: string): boolean {
  const expected = knock(invite, key);
  return shown.length === expected.length && timingSafeEqual(shown, expected);
}
