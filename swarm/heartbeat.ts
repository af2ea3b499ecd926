import type { Http2Session } from 'node:http2';
import type { Clock, Timer } from '../process/clock.ts';

/** Each side asks each second whether the other is there. */
export const HEARTBEAT_MS = 1_000;
/** Three lost in a row: a home's Wi-Fi loses one or two. */
export const SILENCE_MS = 3_000;
/**
 * When our own timer fires this late we were the ones who did not listen (a suspended laptop, a stalled event loop), and
 * what the peer sent may still be waiting to be read: it gets one more heartbeat's time before we call it silent.
 */
const LATE_MS = 250;
/** As TCP smooths its round trips (RFC 6298). */
const ROUND_TRIP_GAIN = 1 / 8;

/** Knows when the peer was last heard, how far away it is, and calls `onSilence` once when it falls silent. */
export class Heartbeat {
  #lastHeardAt: number;
  #roundTripMs: number | undefined;
  #beat: Timer;
  #silence: Timer;
  readonly #clock: Clock;
  readonly #onSilence: () => void;

  constructor(
    session: Pick<Http2Session, 'ping' | 'destroyed' | 'closed'>,
    clock: Clock,
    onSilence: () => void,
  ) {
    this.#clock = clock;
    this.#onSilence = onSilence;
    this.#lastHeardAt = clock.now();
    this.#beat = clock.every(HEARTBEAT_MS, () => this.#ping(session));
    this.#silence = this.#listen(SILENCE_MS);
    this.#ping(session);
  }

  get lastHeardAt(): number {
    return this.#lastHeardAt;
  }

  get roundTripMs(): number | undefined {
    return this.#roundTripMs;
  }

  /** Anything the peer sent proves that it lives: Noise authenticates every message. */
  heard(): void {
    this.#lastHeardAt = this.#clock.now();
  }

  stop(): void {
    this.#beat.cancel();
    this.#silence.cancel();
  }

  #ping(session: Pick<Http2Session, 'ping' | 'destroyed' | 'closed'>): void {
    if (session.destroyed || session.closed) return;
    const sentAt = this.#clock.now();
    // False when too many are unanswered: then the peer is as good as silent, and the other timer will say so.
    session.ping((error: Error | null) => {
      if (error) return;
      const sample = this.#clock.now() - sentAt;
      const smooth = this.#roundTripMs;
      this.#roundTripMs = smooth === undefined ? sample : smooth + ROUND_TRIP_GAIN * (sample - smooth);
    });
  }

  #listen(forMs: number): Timer {
    const dueAt = this.#clock.now() + forMs;
    return this.#clock.after(forMs, () => {
      const now = this.#clock.now();
      const left = this.#lastHeardAt + SILENCE_MS - now;
      if (now - dueAt > LATE_MS) this.#silence = this.#listen(Math.max(left, HEARTBEAT_MS));
      else if (left > 0) this.#silence = this.#listen(left);
      else this.#onSilence();
    });
  }
}
