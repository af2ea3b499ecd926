import { createPrivateKey, createPublicKey, sign as signRaw, verify as verifyRaw } from 'node:crypto';
import { open, readFile, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { temporaryName, withFile } from '../process/folder.ts';
import { secretBytes } from '../process/secret.ts';

/** An Ed25519 key pair in libsodium's layout, which HyperDHT takes as it is. */
export interface KeyPair {
  /** 32 bytes. */
  publicKey: Buffer;
  /** 64 bytes: the seed, then the public key. */
  secretKey: Buffer;
}

/** DER before the 32 raw bytes of a key (RFC 8410). */
const pkcs8Head = Buffer.from('302e020100300506032b657004220420', 'hex');
const spkiHead = Buffer.from('302a300506032b6570032100', 'hex');

/** A new key pair, or the one that `seed` (32 bytes) stands for. */
export function createKeyPair(seed: Buffer = secretBytes(32)): KeyPair {
  if (seed.length !== 32) throw new Error(`a key's seed is 32 bytes, not ${seed.length}`);
  const spki = createPublicKey(privateKey(seed)).export({ format: 'der', type: 'spki' });
  const publicKey = Buffer.from(spki.subarray(spkiHead.length));
  return { publicKey, secretKey: Buffer.concat([seed, publicKey]) };
}

/** A 64-byte signature. */
export function sign(message: Buffer, { secretKey }: Pick<KeyPair, 'secretKey'>): Buffer {
  return signRaw(null, message, privateKey(secretKey.subarray(0, 32)));
}

/** Whether `signature` over `message` was made by `publicKey` (32 bytes). Never throws on bad input. */
export function verify(message: Buffer, signature: Buffer, publicKey: Buffer): boolean {
  if (signature.length !== 64 || publicKey.length !== 32) return false;
  try {
    const key = createPublicKey({
      key: Buffer.concat([spkiHead, publicKey]),
      format: 'der',
      type: 'spki',
    });
    return verifyRaw(null, message, key, signature);
  } catch {
    // 32 bytes that are no point of the curve.
    return false;
  }
}

/** A key's public id: 64 hex digits. */
export function keyId(publicKey: Uint8Array): string {
  return Buffer.from(publicKey).toString('hex');
}

/** The 32 bytes behind an id. Throws where it is not 64 hex digits. */
export function keyBytes(id: string): Buffer {
  if (!/^[0-9a-f]{64}$/.test(id)) throw new Error(`not a key: "${id}" (64 lower-case hex digits are needed)`);
  return Buffer.from(id, 'hex');
}

/**
 * Writes the seed as hex, readable by its owner alone; never half, and never over an existing key.
 *
 * @param path its folder must exist.
 */
export async function writeKeyPair(path: string, keyPair: KeyPair): Promise<void> {
  const half = temporaryName(path);
  const file = await open(half, 'wx', 0o600);
  try {
    await file.writeFile(`${keyPair.secretKey.subarray(0, 32).toString('hex')}\n`);
    await file.sync();
    await file.close();
    await rename(half, path);
  } catch (error) {
    // The first error is the one to tell.
    await file.close().catch(() => {});
    await rm(half, { force: true });
    throw withFile(error, path);
  }
  const folder = await open(dirname(path), 'r');
  await folder.sync().finally(() => folder.close());
}

/** Reads what `writeKeyPair` wrote. Throws the file system's own error where there is none. */
export async function readKeyPair(path: string): Promise<KeyPair> {
  const text = (await readFile(path, 'utf8')).trim();
  if (!/^[0-9a-f]{64}$/.test(text)) {
    throw new Error(`${path} holds no key: 64 hex digits are needed. Restore it from a backup.`);
  }
  return createKeyPair(Buffer.from(text, 'hex'));
}

/** Reads the key, or makes and writes one where there is none yet. */
export async function loadKeyPair(path: string): Promise<KeyPair> {
  try {
    return await readKeyPair(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    const keyPair = createKeyPair();
    await writeKeyPair(path, keyPair);
    return keyPair;
  }
}

function privateKey(seed: Buffer) {
  return createPrivateKey({ key: Buffer.concat([pkcs8Head, seed]), format: 'der', type: 'pkcs8' });
}
