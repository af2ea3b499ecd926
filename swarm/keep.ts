import type { Clock } from '../process/clock.ts';
import type { Log } from '../process/log.ts';
import { jittered, type Random } from '../process/random.ts';
import type { KeptLink, Link } from './swarm.ts';

const BACKOFF_MS_MIN = 100;
/**
 * A member must be back within 5 s of its controller's return: one attempt at a peer that does not answer takes 3 s
 * (dial.ts), and the wait behind it, with its jitter, at most 1.5 s.
 */
const BACKOFF_MS_MAX = 1_000;
/** A link that lived this long was no accident: the next loss begins anew with the shortest wait. */
const STEADY_MS = 5_000;

/** Dials the keys, all at once, until one answers; again, after a jittered and growing wait, whenever that link ends. */
export function keepLink(options: {
  keys: () => string[] | Promise<string[]>;
  dial: (key: string, signal: AbortSignal) => Promise<Link>;
  clock: Clock;
  random: Random;
  log: Log;
}): KeptLink {
  const { keys, dial, clock, random, log } = options;
  const stopping = new AbortController();
  const listeners = new Set<(link: Link | undefined) => void>();
  let current: Link | undefined;
  let lastError: Error | undefined;

  const set = (link: Link | undefined) => {
    current = link;
    for (const listener of listeners) listener(link);
  };

  const first = async (): Promise<Link> => {
    const candidates = await keys();
    if (candidates.length === 0) throw new Error('no controller is known yet');
    const won = new AbortController();
    const signal = AbortSignal.any([stopping.signal, won.signal]);
    try {
      let winner: Link | undefined;
      const attempts = candidates.map(async (key) => {
        const link = await dial(key, signal);
        if (winner && winner !== link) await link.close();
        return (winner ??= link);
      });
      return await Promise.any(attempts);
    } catch (error) {
      throw (error as AggregateError).errors[0];
    } finally {
      won.abort();
    }
  };

  const run = async () => {
    let failures = 0;
    while (!stopping.signal.aborted) {
      try {
        const link = await first();
        if (stopping.signal.aborted) {
          await link.close();
          return;
        }
        const since = clock.now();
        lastError = undefined;
        log.info('connected', { peer: link.peer.certificate.name });
        set(link);
        const end = await link.closed;
        if (clock.now() - since >= STEADY_MS) failures = 0;
        lastError = new Error(`${end.reason}: ${end.detail}`);
        log.info('connection ended', {
          peer: link.peer.certificate.name,
          reason: end.reason,
          detail: end.detail,
        });
        set(undefined);
      } catch (error) {
        const changed = lastError?.message !== (error as Error).message;
        lastError = error as Error;
        // Said once per cause: an outage of an hour is not 900 lines.
        if (changed) log.warn('not connected', { why: lastError.message });
      }
      const waitMs = Math.min(BACKOFF_MS_MAX, BACKOFF_MS_MIN * 2 ** failures++);
      // An aborted wait ends the loop by its condition.
      await clock.sleep(jittered(random, waitMs), stopping.signal).catch(() => {});
    }
  };
  const running = run();

  return {
    get current() {
      return current;
    },
    get lastError() {
      return lastError;
    },
    live(signal) {
      return new Promise((resolve, reject) => {
        if (current) return resolve(current);
        const all = AbortSignal.any(signal ? [signal, stopping.signal] : [stopping.signal]);
        const onAbort = () => {
          off();
          reject(all.reason);
        };
        const off = onChange((link) => {
          if (!link) return;
          off();
          all.removeEventListener('abort', onAbort);
          resolve(link);
        });
        if (all.aborted) onAbort();
        else all.addEventListener('abort', onAbort, { once: true });
      });
    },
    onChange,
    async stop() {
      stopping.abort(new Error('the link is no longer kept'));
      await current?.close();
      await running;
    },
  };

  function onChange(listener: (link: Link | undefined) => void): () => void {
    listeners.add(listener);
    return () => listeners.delete(listener);
  }
}
