import { createHash, createPrivateKey, createPublicKey, type KeyObject } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { writeFileAtomically } from '../../../process/folder.ts';
import { secretSigningKey } from '../../../process/secret.ts';

/** What signs the tokens of service accounts: a key of the cluster's own, ES256. */
export interface AccountKey {
  privateKey: KeyObject;
  publicKey: KeyObject;
  /** By which a token names it. */
  id: string;
}

/** A key that lives as long as the process: for tests, and where nothing is kept. */
export function newAccountKey(): AccountKey {
  return accountKey(secretSigningKey());
}

/** The key in this file; made, for its owner's eyes alone, where there is none. */
export async function keptAccountKey(file: string): Promise<AccountKey> {
  try {
    return accountKey(createPrivateKey(await readFile(file, 'utf8')));
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code !== 'ENOENT')
      throw new Error(
        `${file} cannot be read as the key that signs service account tokens: ${message}. Restore it, or remove it: then all such tokens end.`,
        { cause: error },
      );
  }
  const key = newAccountKey();
  await writeFileAtomically(file, String(key.privateKey.export({ format: 'pem', type: 'pkcs8' })));
  return key;
}

function accountKey(privateKey: KeyObject): AccountKey {
  const publicKey = createPublicKey(privateKey);
  const der = publicKey.export({ format: 'der', type: 'spki' });
  return { privateKey, publicKey, id: createHash('sha256').update(der).digest('base64url') };
}
