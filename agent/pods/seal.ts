import { createCipheriv, createDecipheriv, hkdfSync } from 'node:crypto';
import { secretBytes } from '../../process/secret.ts';

/** Says which layout follows; another one later gets another word. */
const magic = Buffer.from('kith-sealed-1\n');
const ivBytes = 12;
const tagBytes = 16;

/** A key for files on this machine, derived from the node's secret key so that a copied disk alone reads nothing. */
export function sealingKey(nodeSecretKey: Uint8Array): Buffer {
  return Buffer.from(hkdfSync('sha256', nodeSecretKey, '', 'kith agent: assignments on disk', 32));
}

/** AES-256-GCM over `text`; `context` (the pod's uid) is authenticated with it, so that files cannot be swapped. */
export function seal(key: Buffer, context: string, text: string): Buffer {
  const iv = secretBytes(ivBytes);
  const cipher = createCipheriv('aes-256-gcm', key, iv).setAAD(Buffer.from(context));
  const body = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()]);
  return Buffer.concat([magic, iv, cipher.getAuthTag(), body]);
}

/** @throws Error if the bytes were sealed with another key, for another context, or were changed */
export function unseal(key: Buffer, context: string, sealed: Buffer): string {
  if (!sealed.subarray(0, magic.length).equals(magic)) throw new Error('this is not a sealed file of kith');
  const iv = sealed.subarray(magic.length, magic.length + ivBytes);
  const tag = sealed.subarray(magic.length + ivBytes, magic.length + ivBytes + tagBytes);
  const body = sealed.subarray(magic.length + ivBytes + tagBytes);
  try {
    const decipher = createDecipheriv('aes-256-gcm', key, iv, { authTagLength: tagBytes })
      .setAAD(Buffer.from(context))
      .setAuthTag(tag);
    return Buffer.concat([decipher.update(body), decipher.final()]).toString('utf8');
  } catch {
    throw new Error('the file was sealed with another key, or was changed');
  }
}
