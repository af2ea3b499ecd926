import type { Clock, Timer } from '../../../process/clock.ts';

/** Who lost a right, or their certificate, hears nothing more within two seconds: asked each second, with a second to spare. */
const checkEveryMs = 1_000;

interface LiveRequest {
  isAllowed(): boolean;
  end(): void;
}

/** Requests whose answers stream on (watches, logs): each is ended once its caller may have it no more. */
export class LiveRequests {
  readonly #clock: Clock;
  readonly #live = new Set<LiveRequest>();
  #timer: Timer | undefined;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Returns what takes it off the list again. */
  add(request: LiveRequest): () => void {
    this.#live.add(request);
    this.#timer ??= this.#clock.every(checkEveryMs, () => this.#check());
    return () => {
      this.#live.delete(request);
      if (this.#live.size > 0) return;
      this.#timer?.cancel();
      this.#timer = undefined;
    };
  }

  #check(): void {
    for (const request of this.#live) if (!request.isAllowed()) request.end();
  }
}
