import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import { secretBytes } from '../process/secret.ts';
import { ByteReader, ByteWriter } from './bytes.ts';
import { roleCodes, tierCodes, type Role, type Tier } from './certificate.ts';
import { parseAddress } from './address.ts';
import { keyBytes, keyId } from './keys.ts';

/** One line that lets one machine or person in, once. */
export interface Invite {
  /** The cluster's public key, hex. */
  cluster: string;
  /** What its founder calls it, for people. */
  clusterName: string;
  /** Public key of the controller's join door, hex. */
  door: string;
  /** Names the invite in the controller's list; not secret. 16 hex digits. */
  id: string;
  /** 40 hex digits (160 bits). Proved, never sent. */
  secret: string;
  /** Wall-clock milliseconds. */
  expiresAt: number;
  role: Role;
  tier: Tier;
  /** The cluster's own DHT nodes, `host:port`; empty for the public ones. */
  bootstrap: string[];
}

export type InviteErrorCode =
  | 'not-an-invite'
  | 'truncated'
  | 'garbled'
  | 'expired'
  | 'used'
  | 'foreign'
  | 'unknown'
  | 'wrong-proof'
  | 'refused';

/** Why an invite does not let anyone in. */
export class InviteError extends Error {
  readonly code: InviteErrorCode;

  constructor(code: InviteErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'InviteError';
    this.code = code;
  }
}

export function isInviteError(error: unknown, code?: InviteErrorCode): error is InviteError {
  return error instanceof InviteError && (code === undefined || error.code === code);
}

const prefix = 'kith1';
const formatVersion = 1;
const ID_BYTES = 8;
/** The threat model asks for 128 bits at least. */
const SECRET_BYTES = 20;
const CHECKSUM_BYTES = 4;
/** Enough to find the others by; the answer to a join brings them all. Keeps the line short. */
export const INVITE_BOOTSTRAP_MAX = 4;

/** A new invite with a fresh id and secret. The controller keeps `id`, `secret` and `expiresAt`. */
export function createInvite(invite: Omit<Invite, 'id' | 'secret'>): Invite {
  return {
    ...invite,
    bootstrap: invite.bootstrap.slice(0, INVITE_BOOTSTRAP_MAX),
    id: secretBytes(ID_BYTES).toString('hex'),
    secret: secretBytes(SECRET_BYTES).toString('hex'),
  };
}

/** The line to hand over: `kith1…`, letters, digits, `-` and `_` only. */
export function formatInvite(invite: Invite): string {
  const writer = new ByteWriter();
  writer.uint(formatVersion, 1);
  writer.bytes(keyBytes(invite.cluster));
  writer.bytes(keyBytes(invite.door));
  writer.bytes(Buffer.from(invite.id, 'hex'));
  writer.bytes(Buffer.from(invite.secret, 'hex'));
  writer.uint(invite.expiresAt, 6);
  writer.uint(roleCodes.indexOf(invite.role), 1);
  writer.uint(tierCodes.indexOf(invite.tier), 1);
  writer.text(invite.clusterName);
  writer.uint(invite.bootstrap.length, 1);
  for (const node of invite.bootstrap) {
    const { host, port } = parseAddress(node);
    writer.text(host);
    writer.uint(port, 2);
  }
  const content = writer.done();
  const size = Buffer.alloc(2);
  size.writeUInt16BE(content.length);
  return prefix + Buffer.concat([size, content, checksum(content)]).toString('base64url');
}

/**
 * Reads the line back; white space, also inside it (a terminal's line breaks), does not matter. Throws `not-an-invite`,
 * `truncated` or `garbled`. Does not look at the expiry: the controller's clock decides.
 */
export function parseInvite(line: string): Invite {
  const text = line.replaceAll(/\s+/g, '');
  if (!text.startsWith(prefix)) {
    const cut = text.length > 0 && prefix.startsWith(text);
    if (cut) throw truncated();
    throw new InviteError(
      'not-an-invite',
      `this is not an invite: one begins with ${prefix}. Copy the whole line that \`kith invite\` printed.`,
    );
  }
  const encoded = text.slice(prefix.length);
  if (!/^[\w-]*$/.test(encoded)) throw garbled();
  const bytes = Buffer.from(encoded, 'base64url');
  if (bytes.length < 2) throw truncated();
  const size = bytes.readUInt16BE(0);
  // The letters that say how long the line is may themselves be the wrong ones.
  if (bytes.length < 2 + size + CHECKSUM_BYTES)
    throw isWhole(bytes.subarray(2, -CHECKSUM_BYTES)) ? garbled() : truncated();
  const content = bytes.subarray(2, 2 + size);
  if (bytes.length > 2 + size + CHECKSUM_BYTES || !checksum(content).equals(bytes.subarray(2 + size)))
    throw garbled();
  try {
    return decode(content);
  } catch (error) {
    throw garbled(error);
  }
}

/**
 * Shows that one holds the invite's secret, without saying it. Good for one channel (the Noise handshake's hash is of
 * this channel alone) and one key, so that who overhears or relays it gains nothing.
 *
 * @returns 64 hex digits
 */
export function inviteProof(
  invite: Pick<Invite, 'id' | 'secret' | 'cluster'>,
  channel: { handshakeHash: Uint8Array; key: string },
): string {
  return createHmac('sha256', Buffer.from(invite.secret, 'hex'))
    .update('kith join proof\0')
    .update(keyBytes(invite.cluster))
    .update(Buffer.from(invite.id, 'hex'))
    .update(channel.handshakeHash)
    .update(keyBytes(channel.key))
    .digest('hex');
}

/** Compares in constant time. */
export function isInviteProof(
  proof: string,
  invite: Pick<Invite, 'id' | 'secret' | 'cluster'>,
  channel: { handshakeHash: Uint8Array; key: string },
): boolean {
  const expected = Buffer.from(inviteProof(invite, channel), 'hex');
  const given = Buffer.from(proof, 'hex');
  return given.length === expected.length && timingSafeEqual(given, expected);
}

function decode(content: Buffer): Invite {
  const reader = new ByteReader(content);
  if (reader.uint(1) !== formatVersion) throw new RangeError('its format is unknown: update kith');
  const cluster = keyId(reader.bytes(32));
  const door = keyId(reader.bytes(32));
  const id = reader.bytes(ID_BYTES).toString('hex');
  const secret = reader.bytes(SECRET_BYTES).toString('hex');
  const expiresAt = reader.uint(6);
  const role = roleCodes[reader.uint(1)];
  const tier = tierCodes[reader.uint(1)];
  if (!role || !tier) throw new RangeError('its role or tier is unknown: update kith');
  const clusterName = reader.text();
  const bootstrap = Array.from({ length: reader.uint(1) }, () => `${reader.text()}:${reader.uint(2)}`);
  reader.end();
  return { cluster, clusterName, door, id, secret, expiresAt, role, tier, bootstrap };
}

/** Whether the content has all its parts, each as long as it says; nothing of them need be right. */
function isWhole(content: Buffer): boolean {
  // The version shares a letter with the size in front of it.
  const known = Buffer.concat([Buffer.of(formatVersion), content.subarray(1)]);
  try {
    decode(known);
    return true;
  } catch {
    return false;
  }
}

function checksum(content: Buffer): Buffer {
  return createHash('sha256').update(content).digest().subarray(0, CHECKSUM_BYTES);
}

function truncated(): InviteError {
  return new InviteError(
    'truncated',
    'the invite is truncated: its end is missing. Copy the whole line that `kith invite` printed.',
  );
}

function garbled(cause?: unknown): InviteError {
  const why = cause instanceof Error ? ` (${cause.message})` : '';
  return new InviteError(
    'garbled',
    `the invite is garbled: a letter of it is mistyped or damaged${why}. Copy the whole line that \`kith invite\` printed.`,
    { cause },
  );
}
