import { SwarmError } from './errors.ts';
import { keyBytes, keyId, sign, verify, type KeyPair } from './keys.ts';
import { ByteReader, ByteWriter } from './bytes.ts';

export type Role = 'controller' | 'node' | 'gateway' | 'person';

/** How far the cluster trusts a machine's owner, highest first. */
export type Tier = 'own' | 'friend' | 'volunteer';

/** What a member is, under the cluster's signature. */
export interface MemberCertificate {
  /** The cluster's public key, hex. */
  cluster: string;
  /** The member's public key, hex. */
  key: string;
  role: Role;
  /** A node's, gateway's or person's name: a DNS label. */
  name: string;
  /** Whose machine this is: a person's name. */
  owner: string;
  /** @default volunteer: the lowest */
  tier?: Tier;
  /** Bumped when the cluster's membership rules change; a member refuses to see it go backwards. */
  epoch: number;
  /** Wall-clock milliseconds. */
  notAfter: number;
}

/** The cluster key's word that a controller may sign members. */
export interface Delegation {
  /** The controller's public key, hex. */
  key: string;
  epoch: number;
  /** Wall-clock milliseconds. */
  notAfter: number;
  /** By the cluster key; base64url. */
  signature: string;
}

/** A certificate that can be shown to others. */
export interface SignedCertificate extends MemberCertificate {
  tier: Tier;
  /** By the cluster key, or by `delegation.key` where there is one; base64url. */
  signature: string;
  delegation?: Delegation;
}

/** Who signs: the cluster key itself, or a controller that holds a delegation. */
export interface Signer {
  keyPair: KeyPair;
  delegation?: Delegation;
}

// Positions are part of the wire format: add at the end only.
export const roleCodes: readonly Role[] = ['controller', 'node', 'gateway', 'person'];
export const tierCodes: readonly Tier[] = ['own', 'friend', 'volunteer'];
const formatVersion = 1;

// What a signature is about stands in what is signed, so that none can be passed off as another kind.
const memberDomain = Buffer.from('kith member certificate\0');
const delegationDomain = Buffer.from('kith signing delegation\0');

/** A certificate rides in one UDP packet of the handshake: this leaves room for the rest of it. */
export const CERTIFICATE_BYTES_MAX = 512;

/** Signs under the cluster key. Only the cluster key makes controllers; a delegation makes all other members. */
export function signCertificate(certificate: MemberCertificate, signer: Signer): SignedCertificate {
  const { delegation } = signer;
  if (delegation && certificate.role === 'controller') {
    throw new SwarmError('wrong-role', 'only the cluster key itself can make a controller');
  }
  const whole = { ...certificate, tier: certificate.tier ?? 'volunteer' };
  const signature = sign(Buffer.concat([memberDomain, body(whole)]), signer.keyPair).toString('base64url');
  return { ...whole, signature, ...(delegation && { delegation }) };
}

/** The cluster key lets a controller sign members until `notAfter` (wall-clock milliseconds). */
export function delegate(
  clusterKeyPair: KeyPair,
  grant: { key: string; epoch: number; notAfter: number },
): Delegation {
  const message = delegationBody(keyId(clusterKeyPair.publicKey), grant);
  return { ...grant, signature: sign(message, clusterKeyPair).toString('base64url') };
}

/**
 * Throws a `SwarmError` that names what is wrong: `foreign-cluster`, `bad-signature`, `expired`, `epoch-too-old`,
 * `wrong-key`, `wrong-role`. Needs nothing but the cluster's public key.
 *
 * @param expect.now wall-clock milliseconds
 * @param expect.key the key that the peer has proved to hold
 */
export function verifyCertificate(
  certificate: SignedCertificate,
  expect: { clusterKey: string; now: number; epochMin?: number; key?: string; roles?: readonly Role[] },
): void {
  verifySignature(certificate, expect.clusterKey);
  const { name, role } = certificate;
  const who = `the certificate of ${role} ${name}`;
  if (expect.key !== undefined && certificate.key !== expect.key) {
    throw new SwarmError('wrong-key', `${who} is for another key (${certificate.key.slice(0, 8)}…)`);
  }
  if (expect.roles && !expect.roles.includes(role)) {
    throw new SwarmError('wrong-role', `${name} is a ${role}; needed is a ${expect.roles.join(' or ')}`);
  }
  verifyInForce(certificate, expect);
}

/**
 * Only: has it, and the delegation behind it, neither expired nor been overtaken by a later epoch. What held when a link began may not
 * hold for as long as the link does. Throws `expired` or `epoch-too-old`.
 */
export function verifyInForce(
  certificate: MemberCertificate & { delegation?: Delegation },
  { now, epochMin }: { now: number; epochMin?: number },
): void {
  const { delegation, name, role } = certificate;
  const who = `the certificate of ${role} ${name}`;
  if (certificate.notAfter <= now) {
    throw new SwarmError('expired', `${who} expired at ${isoTime(certificate.notAfter)}`);
  }
  if (delegation && delegation.notAfter <= now) {
    throw new SwarmError(
      'expired',
      `the controller that signed ${who} might do so until ${isoTime(delegation.notAfter)}`,
    );
  }
  const epoch = Math.min(certificate.epoch, delegation?.epoch ?? Infinity);
  if (epochMin !== undefined && epoch < epochMin) {
    throw new SwarmError('epoch-too-old', `${who} is of epoch ${epoch}; the cluster is at ${epochMin}`);
  }
}

/** Only: did this cluster ever make it. Throws `foreign-cluster`, `bad-signature` or `wrong-role`. */
export function verifySignature(certificate: SignedCertificate, clusterKey: string): void {
  const { delegation, name, role } = certificate;
  const who = `the certificate of ${role} ${name}`;
  if (certificate.cluster !== clusterKey) {
    throw new SwarmError(
      'foreign-cluster',
      `${who} belongs to another cluster (${certificate.cluster.slice(0, 8)}…)`,
    );
  }
  if (delegation) {
    const grant = delegationBody(clusterKey, delegation);
    if (!verify(grant, Buffer.from(delegation.signature, 'base64url'), keyBytes(clusterKey))) {
      throw new SwarmError('bad-signature', `${who} was signed by a key that the cluster did not appoint`);
    }
    if (role === 'controller') {
      throw new SwarmError(
        'wrong-role',
        `${who} was signed by a controller; only the cluster key makes controllers`,
      );
    }
  }
  const message = Buffer.concat([memberDomain, body(certificate)]);
  const signedBy = keyBytes(delegation?.key ?? clusterKey);
  if (!verify(message, Buffer.from(certificate.signature, 'base64url'), signedBy)) {
    throw new SwarmError('bad-signature', `${who} does not carry the cluster's signature`);
  }
}

/** One certificate has one encoding, at most `CERTIFICATE_BYTES_MAX` long. */
export function encodeCertificate(certificate: SignedCertificate): Buffer {
  const { delegation } = certificate;
  const writer = new ByteWriter();
  writer.bytes(body(certificate));
  writer.bytes(Buffer.from(certificate.signature, 'base64url'));
  writer.uint(delegation ? 1 : 0, 1);
  if (delegation) {
    writer.bytes(keyBytes(delegation.key));
    writer.uint(delegation.epoch, 4);
    writer.uint(delegation.notAfter, 6);
    writer.bytes(Buffer.from(delegation.signature, 'base64url'));
  }
  return writer.done();
}

/** Throws `bad-certificate` on anything that `encodeCertificate` did not make. Does not check the signature. */
export function decodeCertificate(bytes: Buffer): SignedCertificate {
  try {
    const reader = new ByteReader(bytes);
    if (reader.uint(1) !== formatVersion) throw new RangeError('its format is unknown');
    const cluster = keyId(reader.bytes(32));
    const key = keyId(reader.bytes(32));
    const role = roleCodes[reader.uint(1)];
    const tier = tierCodes[reader.uint(1)];
    if (!role || !tier) throw new RangeError('its role or tier is unknown');
    const epoch = reader.uint(4);
    const notAfter = reader.uint(6);
    const name = reader.text();
    const owner = reader.text();
    const signature = reader.bytes(64).toString('base64url');
    const delegation =
      reader.uint(1) === 0
        ? undefined
        : {
            key: keyId(reader.bytes(32)),
            epoch: reader.uint(4),
            notAfter: reader.uint(6),
            signature: reader.bytes(64).toString('base64url'),
          };
    reader.end();
    return {
      cluster,
      key,
      role,
      name,
      owner,
      tier,
      epoch,
      notAfter,
      signature,
      ...(delegation && { delegation }),
    };
  } catch (error) {
    throw new SwarmError('bad-certificate', `not a member certificate: ${(error as Error).message}`, {
      cause: error,
    });
  }
}

/** For JSON and files. */
export function certificateText(certificate: SignedCertificate): string {
  return encodeCertificate(certificate).toString('base64url');
}

export function parseCertificate(text: string): SignedCertificate {
  return decodeCertificate(Buffer.from(text, 'base64url'));
}

function body(certificate: MemberCertificate): Buffer {
  const writer = new ByteWriter();
  writer.uint(formatVersion, 1);
  writer.bytes(keyBytes(certificate.cluster));
  writer.bytes(keyBytes(certificate.key));
  writer.uint(roleCodes.indexOf(certificate.role), 1);
  writer.uint(tierCodes.indexOf(certificate.tier ?? 'volunteer'), 1);
  writer.uint(certificate.epoch, 4);
  writer.uint(certificate.notAfter, 6);
  writer.text(certificate.name);
  writer.text(certificate.owner);
  return writer.done();
}

function delegationBody(cluster: string, grant: { key: string; epoch: number; notAfter: number }): Buffer {
  const writer = new ByteWriter();
  writer.bytes(delegationDomain);
  writer.bytes(keyBytes(cluster));
  writer.bytes(keyBytes(grant.key));
  writer.uint(grant.epoch, 4);
  writer.uint(grant.notAfter, 6);
  return writer.done();
}

function isoTime(wallMs: number): string {
  return new Date(wallMs).toISOString();
}
