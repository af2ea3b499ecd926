import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Clock } from '../../../process/clock.ts';
import { makePrivateFolder, writeFileAtomically } from '../../../process/folder.ts';
import { algorithm, backdatedDays, caDays, dayMs, importKey, issue } from './serving-certificate.ts';

/** What signs the certificates of users: another authority than the one that signs the server's. PEM. */
export interface ClientAuthority {
  certificate: string;
  key: string;
}

const files = { certificate: 'client-ca.pem', key: 'client-ca-key.pem' };

/** The authority kept in `folder`, the cluster's keys; made at the first start. Without it no certificate of a user counts any more. */
export async function clientAuthority(folder: string, clock: Clock): Promise<ClientAuthority> {
  makePrivateFolder(folder);
  const read = (file: string) =>
    readFile(join(folder, file), 'utf8').catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return '';
      throw error;
    });
  const [certificate, key] = await Promise.all([read(files.certificate), read(files.key)]);
  if (certificate && key) return { certificate, key };
  const made = await issue(clock.date().getTime(), caDays, undefined);
  // The certificate last: where it is, its key is.
  await writeFileAtomically(join(folder, files.key), made.key);
  await writeFileAtomically(join(folder, files.certificate), made.certificate);
  return made;
}

/** Who a signing request in PEM says that its sender wants to be, and over which key. @throws Error where it is none, or its signature does not hold */
export async function readRequest(
  pem: string,
): Promise<{ user: string; groups: string[]; publicKey: string }> {
  await import('reflect-metadata');
  const x509 = await import('@peculiar/x509');
  const request = new x509.Pkcs10CertificateRequest(pem);
  if (!(await request.verify())) throw new Error('its signature does not fit its key');
  const [user = ''] = request.subjectName.getField('CN');
  return { user, groups: request.subjectName.getField('O'), publicKey: request.publicKey.toString('pem') };
}

/** A certificate by which its holder is `user`, in `groups`, over a public key in PEM. */
export async function signClientCertificate(
  authority: ClientAuthority,
  wanted: {
    user: string;
    groups: readonly string[];
    publicKey: string;
    serial: string;
    now: number;
    expiresAt: number;
  },
): Promise<string> {
  await import('reflect-metadata');
  const x509 = await import('@peculiar/x509');
  const { user, groups, publicKey, serial, now, expiresAt } = wanted;
  const { KeyUsageFlags } = x509;
  const certificate = await x509.X509CertificateGenerator.create({
    serialNumber: serial,
    subject: [...groups.map((group) => ({ O: [group] })), { CN: [user] }],
    issuer: new x509.X509Certificate(authority.certificate).subject,
    notBefore: new Date(now - backdatedDays * dayMs),
    notAfter: new Date(expiresAt),
    signingAlgorithm: algorithm,
    publicKey: new x509.PublicKey(publicKey),
    signingKey: await importKey(authority.key),
    extensions: [
      new x509.BasicConstraintsExtension(false, undefined, true),
      new x509.KeyUsagesExtension(KeyUsageFlags.digitalSignature, true),
      new x509.ExtendedKeyUsageExtension([x509.ExtendedKeyUsage.clientAuth]),
    ],
  });
  return `${certificate.toString('pem')}\n`;
}
