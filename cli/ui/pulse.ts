import type { Transport } from '../../client/transport.ts';
import type { Clock, Timer } from '../../process/clock.ts';

/** How often the controller is asked for a sign of life: `kith top` tells of a silence within five seconds. */
const askMs = 2_000;
/** An answer later than this is none. Longer than `askMs`, so that one who answers slowly, but each time, is no silent one. */
const answerMsMax = 4_000;

/**
 * Asks whether the controller is there. A watch cannot tell: nothing may happen for long, and of a controller that is suspended or
 * behind a cut network the connection says nothing.
 */
export class Pulse {
  readonly #transport: Transport;
  readonly #clock: Clock;
  readonly #onAnswer: () => void;
  readonly #asking = new Set<AbortController>();
  readonly #timer: Timer;
  /** `clock.now()` of the last answer, whatever it was; of the beginning before the first. */
  lastAnswerAt: number;

  constructor({ transport, clock }: { transport: Transport; clock: Clock }, onAnswer: () => void) {
    this.#transport = transport;
    this.#clock = clock;
    this.#onAnswer = onAnswer;
    this.lastAnswerAt = clock.now();
    this.#timer = clock.every(askMs, () => void this.#ask());
  }

  async #ask(): Promise<void> {
    const asked = new AbortController();
    this.#asking.add(asked);
    const late = this.#clock.after(answerMsMax, () => asked.abort());
    try {
      const { body } = await this.#transport.request({
        method: 'GET',
        path: '/readyz',
        signal: asked.signal,
      });
      // Who is not ready is there all the same: its words are of no use here, but must be read for the connection's sake.
      body.on('error', () => {}).resume();
      this.lastAnswerAt = this.#clock.now();
      this.#onAnswer();
    } catch {
      // Why there is no answer is told by the watches; what counts here is since when.
    } finally {
      late.cancel();
      this.#asking.delete(asked);
    }
  }

  stop(): void {
    this.#timer.cancel();
    for (const asked of this.#asking) asked.abort();
  }
}
