import type { Clock } from '../process/clock.ts';
import { parseCertificate, verifyCertificate, type SignedCertificate } from './certificate.ts';
import { createDht } from './dht.ts';
import { openStream } from './dial.ts';
import type { NoiseDuplex } from './duplex.ts';
import { isSwarmError, SwarmError } from './errors.ts';
import { readFrame, saidByPeer, writeFrame } from './hello.ts';
import { InviteError, inviteProof, type Invite, type InviteErrorCode } from './invite.ts';
import { keyId, type KeyPair } from './keys.ts';
import { knock } from './knock.ts';

/** The first contact of a machine with the DHT: slower than any later one. */
const FIRST_ANSWER_MS = 10_000;
/** Redeeming writes to the controller's disk. */
const REPLY_MS = 10_000;
/** An answer carries one certificate and some addresses. */
const REPLY_BYTES_MAX = 16 * 1024;
/** A lost packet or a lost answer must not cost an invite; asking again with the same key is safe. */
const ATTEMPTS = 3;

export interface JoinOptions {
  /** What this machine wants to be called. */
  name: string;
  owner: string;
  clock: Clock;
  /** In place of the invite's. */
  bootstrap?: readonly string[];
  /** Address to bind; `127.0.0.1` keeps everything on this machine. */
  host?: string;
  signal?: AbortSignal;
}

export interface Membership {
  certificate: SignedCertificate;
  /** Keys, hex. */
  controllers: string[];
  bootstrap: string[];
}

const codes: readonly string[] = [
  'expired',
  'used',
  'foreign',
  'unknown',
  'wrong-proof',
  'refused',
] satisfies InviteErrorCode[];

/**
 * Redeems an invite for the key. Throws an `InviteError` where the invite is the reason, a `SwarmError` where the way to
 * the controller is.
 */
export async function joinWithInvite(
  invite: Invite,
  keyPair: KeyPair,
  options: JoinOptions,
): Promise<Membership> {
  const { clock, bootstrap = invite.bootstrap, host, signal } = options;
  const dht = createDht({ bootstrap, host });
  try {
    for (let attempt = 1; ; attempt++) {
      try {
        const duplex = await openStream({
          dht,
          clock,
          keyPair,
          key: invite.door,
          certificate: knock(invite, keyId(keyPair.publicKey)),
          known: undefined,
          signal,
          answerMs: FIRST_ANSWER_MS,
        });
        return await ask(duplex, invite, keyPair, options);
      } catch (error) {
        const worthAnother = isSwarmError(error) && !signal?.aborted && attempt < ATTEMPTS;
        if (!worthAnother) throw excuse(error, invite, clock);
      }
    }
  } finally {
    await dht.destroy({ force: true });
  }
}

async function ask(
  duplex: NoiseDuplex,
  invite: Invite,
  keyPair: KeyPair,
  { name, owner, clock }: JoinOptions,
): Promise<Membership> {
  duplex.on('error', () => {});
  try {
    const key = keyId(keyPair.publicKey);
    const { cluster, id } = invite;
    const proof = inviteProof(invite, { handshakeHash: duplex.noise.handshakeHash!, key });
    writeFrame(duplex, { join: { cluster, invite: id, proof, name, owner } });
    const frame = await readFrame(duplex, { bytesMax: REPLY_BYTES_MAX, timeoutMs: REPLY_MS, clock });
    const { refused, joined } = frame as Record<string, Record<string, unknown> | undefined>;
    if (refused) {
      const code = codes.includes(refused['code'] as string)
        ? (refused['code'] as InviteErrorCode)
        : 'refused';
      throw new InviteError(code, saidByPeer(refused['text']));
    }
    const certificate = parseCertificate(String(joined?.['certificate']));
    checkOwn(certificate, invite, key, clock);
    return {
      certificate,
      controllers: strings(joined?.['controllers']),
      bootstrap: strings(joined?.['bootstrap']),
    };
  } finally {
    duplex.destroy();
  }
}

function checkOwn(certificate: SignedCertificate, invite: Invite, key: string, clock: Clock): void {
  try {
    verifyCertificate(certificate, { clusterKey: invite.cluster, key, now: clock.date().getTime() });
  } catch (error) {
    throw new InviteError(
      'foreign',
      `what answered is not the invite's cluster: ${(error as Error).message}`,
      { cause: error },
    );
  }
}

/** The controller's clock decides; but where it cannot be asked, an invite past its time is the likelier reason. */
function excuse(error: unknown, invite: Invite, clock: Clock): unknown {
  if (!isSwarmError(error) || invite.expiresAt > clock.date().getTime()) return error;
  const when = new Date(invite.expiresAt).toISOString();
  return new InviteError(
    'expired',
    `the invite expired at ${when}, and its cluster does not answer. Ask for a new one.`,
    {
      cause: error,
    },
  );
}

function strings(value: unknown): string[] {
  if (!Array.isArray(value) || !value.every((item) => typeof item === 'string')) {
    throw new SwarmError('bad-hello', 'the controller answered with something that is not a membership');
  }
  return value;
}
