import type { Http2Session } from 'node:http2';
import type { Clock, Timer } from '../process/clock.ts';
import type { Limits } from './limits.ts';

/** Cuts a peer that makes us answer PING and SETTINGS frames without end. */
export class FloodGuard {
  #pings = 0;
  #settings = 0;
  #seconds = 0;
  readonly #tick: Timer;

  constructor(
    session: Http2Session,
    clock: Clock,
    limits: Pick<Limits, 'pingsPerSecond' | 'settingsPerMinute'>,
    onFlood: (what: string) => void,
  ) {
    session.on('ping', () => {
      if (++this.#pings > limits.pingsPerSecond) onFlood('PING frames');
    });
    session.on('remoteSettings', () => {
      if (++this.#settings > limits.settingsPerMinute) onFlood('SETTINGS frames');
    });
    this.#tick = clock.every(1_000, () => {
      this.#pings = 0;
      if (++this.#seconds % 60 === 0) this.#settings = 0;
    });
  }

  stop(): void {
    this.#tick.cancel();
  }
}
