import { webcrypto, X509Certificate } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Clock } from '../../../process/clock.ts';
import { makePrivateFolder, writeFileAtomically } from '../../../process/folder.ts';
import { secretBytes } from '../../../process/secret.ts';

/** What the TLS listener shows, and what clients check it against. All PEM. */
export interface ServingCertificate {
  ca: string;
  certificate: string;
  key: string;
}

export const dayMs = 86_400_000;
/** The authority outlives any machine, so that a kubeconfig written once stays good; its key never leaves the folder. */
export const caDays = 3650;
/** Clients on some systems refuse server certificates of more than 825 days. */
const serverDays = 365;
/** Renewed this long before it ends: a controller that is restarted once a month never shows an old one. */
const renewBeforeDays = 60;
/** A machine whose clock is behind must not find it "not yet valid". */
export const backdatedDays = 1;

export const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' };
const files = { ca: 'ca.pem', caKey: 'ca-key.pem', certificate: 'server.pem', key: 'server-key.pem' };

/**
 * The certificate kept in `folder`: made at the first start, renewed under the same authority when its end is near. Good for
 * localhost, 127.0.0.1 and ::1, where alone the listener listens.
 */
export async function servingCertificate(folder: string, clock: Clock): Promise<ServingCertificate> {
  makePrivateFolder(folder);
  const read = (file: string) =>
    readFile(join(folder, file), 'utf8').catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return '';
      throw error;
    });
  const [ca, caKey, certificate, key] = await Promise.all(
    [files.ca, files.caKey, files.certificate, files.key].map(read),
  );
  const now = clock.date().getTime();
  if (isGood(ca!, now, undefined) && isGood(certificate!, now, ca!) && key)
    return { ca: ca!, certificate: certificate!, key };

  const write = (file: string, text: string) => writeFileAtomically(join(folder, file), text);
  const authority =
    isGood(ca!, now, undefined) && caKey
      ? { certificate: ca!, key: caKey }
      : await issue(now, caDays, undefined);
  const server = await issue(now, serverDays, authority);
  // The authority first: a start that dies in between finds it and issues the rest anew.
  await write(files.caKey, authority.key);
  await write(files.ca, authority.certificate);
  await write(files.key, server.key);
  await write(files.certificate, server.certificate);
  return { ca: authority.certificate, certificate: server.certificate, key: server.key };
}

function isGood(pem: string, now: number, ca: string | undefined): boolean {
  if (!pem) return false;
  try {
    const certificate = new X509Certificate(pem);
    const isSigned = ca === undefined || certificate.verify(new X509Certificate(ca).publicKey);
    return isSigned && certificate.validToDate.getTime() - now > renewBeforeDays * dayMs;
  } catch {
    // Not a certificate at all: made anew like a missing one.
    return false;
  }
}

/** A new authority, or a server's certificate signed by one. */
export async function issue(
  now: number,
  days: number,
  authority: { certificate: string; key: string } | undefined,
): Promise<{ certificate: string; key: string }> {
  // Some megabytes of ASN.1, needed once a year.
  await import('reflect-metadata');
  const x509 = await import('@peculiar/x509');
  const keys = await webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify']);
  const shared = {
    serialNumber: secretBytes(16).toString('hex'),
    notBefore: new Date(now - backdatedDays * dayMs),
    notAfter: new Date(now + days * dayMs),
    signingAlgorithm: algorithm,
  };
  const { KeyUsageFlags } = x509;
  const certificate = authority
    ? await x509.X509CertificateGenerator.create({
        ...shared,
        subject: 'CN=kith-apiserver',
        issuer: new x509.X509Certificate(authority.certificate).subject,
        publicKey: keys.publicKey,
        signingKey: await importKey(authority.key),
        extensions: [
          new x509.BasicConstraintsExtension(false, undefined, true),
          new x509.KeyUsagesExtension(KeyUsageFlags.digitalSignature, true),
          new x509.ExtendedKeyUsageExtension([x509.ExtendedKeyUsage.serverAuth]),
          new x509.SubjectAlternativeNameExtension([
            { type: 'dns', value: 'localhost' },
            { type: 'ip', value: '127.0.0.1' },
            { type: 'ip', value: '::1' },
          ]),
        ],
      })
    : await x509.X509CertificateGenerator.createSelfSigned({
        ...shared,
        // Each cluster's authority has a name of its own, so that no client takes one for another.
        name: `CN=kith-ca-${secretBytes(4).toString('hex')}`,
        keys,
        extensions: [
          new x509.BasicConstraintsExtension(true, 0, true),
          new x509.KeyUsagesExtension(KeyUsageFlags.keyCertSign | KeyUsageFlags.cRLSign, true),
        ],
      });
  const pkcs8 = Buffer.from(await webcrypto.subtle.exportKey('pkcs8', keys.privateKey));
  return { certificate: `${certificate.toString('pem')}\n`, key: pemOf(pkcs8) };
}

function pemOf(pkcs8: Buffer): string {
  const lines = pkcs8.toString('base64').match(/.{1,64}/g)!;
  return `-----BEGIN PRIVATE KEY-----\n${lines.join('\n')}\n-----END PRIVATE KEY-----\n`;
}

export function importKey(pem: string): Promise<webcrypto.CryptoKey> {
  const pkcs8 = Buffer.from(pem.replace(/-----[^-]+-----|\s/g, ''), 'base64');
  return webcrypto.subtle.importKey('pkcs8', pkcs8, algorithm, false, ['sign']);
}
