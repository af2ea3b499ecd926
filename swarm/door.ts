import type DHT from 'hyperdht';
import type { Server } from 'hyperdht';
import type NoiseSecretStream from '@hyperswarm/secret-stream';
import { waitAtMost } from '../process/bounded.ts';
import type { Clock } from '../process/clock.ts';
import type { Log } from '../process/log.ts';
import { Admission } from './admission.ts';
import { certificateText, type Role, type SignedCertificate, type Tier } from './certificate.ts';
import { NoiseDuplex } from './duplex.ts';
import { isSwarmError, SwarmError } from './errors.ts';
import { certifiedHandshake, shownCertificate } from './handshake.ts';
import { readFrame, writeFrame } from './hello.ts';
import { InviteError, isInviteError, isInviteProof } from './invite.ts';
import { keyId, type KeyPair } from './keys.ts';
import { isKnock, knockedWith } from './knock.ts';
import type { Limits } from './limits.ts';
import { keepAnnounced } from './presence.ts';

/** How long the joiner has to take its answer. */
const ANSWER_MS = 3_000;

/** What the controller knows of an invite that it gave out. */
export interface InviteRecord {
  /** As in the invite, hex. */
  secret: string;
  /** Wall-clock milliseconds. */
  expiresAt: number;
  /** The key that redeemed it, hex. */
  used: string | undefined;
  role: Role;
  tier: Tier;
}

/** A proved wish to become a member. */
export interface JoinRequest {
  /** The invite's id. */
  invite: string;
  /** The joiner's public key, hex; proved by the channel. */
  key: string;
  role: Role;
  tier: Tier;
  /** What the joiner wants to be called. Not checked here. */
  name: string;
  owner: string;
}

export interface DoorOptions {
  /** Its own key, never a member's: strangers may speak to it. */
  keyPair: KeyPair;
  lookup(id: string): InviteRecord | undefined | Promise<InviteRecord | undefined>;
  /**
   * Marks the invite as used by `request.key` and makes the certificate, in one step: of two calls with different keys one
   * throws `new InviteError('used', …)`. The same key again gets its certificate again (its answer may have been lost).
   */
  redeem(request: JoinRequest): Promise<SignedCertificate>;
  /** What a new member is told: the controllers' keys and the whole bootstrap list. */
  controllers(): string[];
  bootstrap?: readonly string[];
}

export interface Door {
  /** The door's public key, hex: goes into invites. */
  readonly key: string;
  stop(): void;
}

interface Serving extends DoorOptions {
  dht: DHT;
  clock: Clock;
  log: Log;
  limits: Limits;
  clusterKey: string;
}

/** Answers joiners. Whoever has no valid proof learns nothing but that. */
export async function serveDoor(options: Serving): Promise<Door> {
  const { dht, keyPair, limits, clock, log } = options;
  const admission = new Admission(limits, clock);
  const server: Server = dht.createServer({
    createHandshake: certifiedHandshake(undefined),
    // Strangers have an allowance of their own, to be told why an invite is not good; it is not the invited ones'.
    firewall: async (remoteKey, payload) => {
      const invite = await inviteOf(keyId(remoteKey), shownCertificate(payload), options);
      return invite === undefined ? !admission.mayShakeHandsAsStranger() : !admission.mayShakeHands(invite);
    },
  });
  server.on('connection', (noise) => {
    const duplex = new NoiseDuplex(noise);
    // What is wrong with it is told by `answer`; without a listener the event would end the process.
    duplex.on('error', () => {});
    const pending = admission.begin(keyId(noise.remotePublicKey), () => duplex.destroy());
    answer(noise, duplex, options)
      .catch((error: Error) => log.debug('a joiner went away', { why: error.message }))
      .finally(() => {
        pending.done();
        duplex.destroy();
      });
  });
  await server.listen(keyPair);
  const presence = keepAnnounced({ dht, server, keyPair, clock });
  return {
    key: keyId(keyPair.publicKey),
    stop() {
      presence.stop();
      // Its records die by themselves where the DHT cannot be told.
      void server.close().catch(() => {});
    },
  };
}

/** The id of the invite that this key may still redeem, and knocked with. */
async function inviteOf(
  key: string,
  shown: Buffer | undefined,
  { lookup, clusterKey, keyPair, clock }: Serving,
): Promise<string | undefined> {
  const id = knockedWith(shown);
  const record = id === undefined ? undefined : await lookup(id);
  if (!record) return undefined;
  const { secret, used, expiresAt } = record;
  const isGood = used === undefined ? expiresAt > clock.date().getTime() : used === key;
  const door = keyId(keyPair.publicKey);
  return isGood && isKnock(shown!, { id: id!, secret, cluster: clusterKey, door }, key) ? id : undefined;
}

async function answer(noise: NoiseSecretStream, duplex: NoiseDuplex, options: Serving): Promise<void> {
  const { clock, limits, log } = options;
  const key = keyId(noise.remotePublicKey);
  let reply: object;
  try {
    const frame = await readFrame(duplex, {
      bytesMax: limits.helloBytes,
      timeoutMs: limits.helloTimeoutMs,
      clock,
    });
    const certificate = await judge(frame, key, noise.handshakeHash!, options);
    log.info('let a new member in', { name: certificate.name, role: certificate.role, key });
    const { controllers, bootstrap = [] } = options;
    reply = { joined: { certificate: certificateText(certificate), controllers: controllers(), bootstrap } };
  } catch (error) {
    if (isSwarmError(error, 'closed')) throw error;
    const code = isInviteError(error) ? error.code : 'refused';
    log.info('refused a joiner', { key, why: (error as Error).message });
    reply = { refused: { code, text: (error as Error).message } };
  }
  const gone = new Promise<void>((resolve) => duplex.once('close', resolve));
  writeFrame(duplex, reply);
  duplex.end();
  duplex.resume();
  await waitAtMost(clock, ANSWER_MS, gone);
}

async function judge(
  frame: unknown,
  key: string,
  handshakeHash: Buffer,
  { lookup, redeem, clusterKey, clock }: Serving,
): Promise<SignedCertificate> {
  const { join } = frame as { join?: Record<string, unknown> };
  const { cluster, invite, proof, name, owner } = join ?? {};
  const texts = [cluster, invite, proof, name, owner];
  if (!texts.every((text) => typeof text === 'string')) {
    throw new SwarmError('bad-hello', 'this is not a request to join');
  }
  const [id, asked] = [invite as string, cluster as string];
  if (asked !== clusterKey) {
    throw new InviteError(
      'foreign',
      `the invite is for another cluster (${asked.slice(0, 8)}…) than this one`,
    );
  }
  const record = await lookup(id);
  if (!record)
    throw new InviteError(
      'unknown',
      'the controller does not know this invite: it was withdrawn, or never given out',
    );
  const { secret, expiresAt, used, role, tier } = record;
  if (!isInviteProof(proof as string, { id, secret, cluster: clusterKey }, { handshakeHash, key })) {
    throw new InviteError('wrong-proof', 'the proof of the invite does not fit this connection and key');
  }
  if (used !== undefined && used !== key) {
    throw new InviteError('used', 'the invite was used already, by another key. Ask for a new one.');
  }
  // Who redeemed it in time and lost the answer may ask again.
  if (used === undefined && expiresAt <= clock.date().getTime()) {
    throw new InviteError(
      'expired',
      `the invite expired at ${new Date(expiresAt).toISOString()}. Ask for a new one.`,
    );
  }
  return redeem({ invite: id, key, role, tier, name: name as string, owner: owner as string });
}
