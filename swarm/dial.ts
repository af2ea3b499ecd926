import type DHT from 'hyperdht';
import type { Address, KeyPair } from 'hyperdht';
import type NoiseSecretStream from '@hyperswarm/secret-stream';
import type { Clock } from '../process/clock.ts';
import { isDhtReachable } from './dht.ts';
import { NoiseDuplex } from './duplex.ts';
import { SwarmError } from './errors.ts';
import { certifiedHandshake } from './handshake.ts';
import { keyBytes } from './keys.ts';

/** Until the peer has answered the handshake. A suspended or vanished one never does; a dial loop must not hang on it. */
export const ANSWER_MS = 3_000;
/** Once it has answered: punching through a random-port NAT by birthday takes up to 6 s. */
export const PUNCH_MS = 10_000;
/** The head start of the address we knew over the look-up. A stale one costs nothing but this. */
const KNOWN_ADDRESS_MS = 200;
/** After this long without success we ask whether the DHT is there at all. */
const DOUBT_MS = 500;

export interface OpenOptions {
  dht: DHT;
  clock: Clock;
  /** Ours: the member's own, or a joiner's new one. */
  keyPair: KeyPair;
  /** The peer's key, hex. */
  key: string;
  /** Shown to the peer's firewall: a member's certificate, or a joiner's knock. */
  certificate: Buffer | undefined;
  /** Where the peer was last time. */
  known: Address | undefined;
  signal?: AbortSignal | undefined;
  answerMs?: number | undefined;
}

/** One attempt at an encrypted stream to `key`. Throws a SwarmError that names the cause. */
export async function openStream(options: OpenOptions): Promise<NoiseDuplex> {
  const { dht, clock, known, signal } = options;
  if (signal?.aborted) throw abandoned();
  const losers = new AbortController();
  const stop = AbortSignal.any(signal ? [signal, losers.signal] : [losers.signal]);
  // Asked while we wait, so that naming the cause of a failure does not make it longer.
  let reachable: Promise<boolean> | undefined;
  const doubt = clock.after(DOUBT_MS, () => (reachable = isDhtReachable(dht)));
  try {
    const lookUp = async () => {
      if (known) await clock.sleep(KNOWN_ADDRESS_MS, stop);
      return attempt(options, undefined, stop);
    };
    // An address may be stale in our memory while the DHT knows better, or the DHT may be away while the address holds.
    const racers = known ? [attempt(options, known, stop), lookUp()] : [lookUp()];
    return await Promise.any(racers);
  } catch (error) {
    if (signal?.aborted) throw abandoned();
    const cause = (error as AggregateError).errors.at(-1) as SwarmError;
    const maybeNoDht = cause.code === 'peer-not-found' || cause.code === 'no-answer';
    if (maybeNoDht && !(await (reachable ?? isDhtReachable(dht)))) {
      const why = 'no DHT node answers: is the network up, and are the bootstrap nodes right?';
      throw new SwarmError('dht-unreachable', why, { cause });
    }
    throw cause;
  } finally {
    doubt.cancel();
    losers.abort();
  }
}

function attempt(
  options: OpenOptions,
  address: Address | undefined,
  stop: AbortSignal,
): Promise<NoiseDuplex> {
  const { dht, clock, keyPair, key, certificate, answerMs = ANSWER_MS } = options;
  return new Promise((resolve, reject) => {
    const who = `${key.slice(0, 8)}…`;
    const noise = dht.connect(keyBytes(key), {
      keyPair,
      createHandshake: certifiedHandshake(certificate, onAnswer),
      relayAddresses: address ? [address] : [],
    });
    let answered = false;
    let timer = clock.after(answerMs, () =>
      fail(
        new SwarmError(
          'no-answer',
          `${who} did not answer within ${answerMs} ms: it is away, or it does not know this key`,
        ),
      ),
    );
    function onAnswer() {
      if (answered) return;
      answered = true;
      timer.cancel();
      timer = clock.after(PUNCH_MS, () =>
        fail(
          new SwarmError(
            'cannot-connect',
            `${who} answered, but no direct connection came about within ${PUNCH_MS} ms`,
          ),
        ),
      );
    }
    const settle = () => {
      timer.cancel();
      stop.removeEventListener('abort', onStop);
    };
    const fail = (error: Error) => {
      settle();
      reject(error);
      noise.destroy();
    };
    const onStop = () => fail(abandoned());
    const onError = (error: Error & { code?: string }) => fail(named(error, who));
    stop.addEventListener('abort', onStop);
    noise.on('error', onError);
    void noise.opened.then((open) => {
      if (!open) return fail(new SwarmError('closed', `the connection to ${who} closed before it was open`));
      settle();
      if (stop.aborted) return;
      resolve(wrap(noise, onError));
    });
  });
}

function wrap(noise: NoiseSecretStream, onError: (error: Error) => void): NoiseDuplex {
  const duplex = new NoiseDuplex(noise);
  noise.off('error', onError);
  return duplex;
}

function named(error: Error & { code?: string }, who: string): SwarmError {
  const cause = { cause: error };
  switch (error.code) {
    case 'PEER_NOT_FOUND':
      return new SwarmError(
        'peer-not-found',
        `${who} is not on the DHT: it is off, or on another network`,
        cause,
      );
    case 'PEER_CONNECTION_FAILED':
      return new SwarmError(
        'no-answer',
        `${who} is on the DHT but did not answer: it is away, or it does not know this key`,
        cause,
      );
    case undefined:
      return new SwarmError('closed', `the connection to ${who} failed: ${error.message}`, cause);
    default:
      return new SwarmError('cannot-connect', `no direct connection to ${who}: ${error.message}`, cause);
  }
}

function abandoned(): SwarmError {
  return new SwarmError('closed', 'the attempt was abandoned');
}
