import type { Clock } from '../process/clock.ts';

/** What happened in a simulation, line by line: `  12.345 host attic killed`. Two runs of one seed must give the same lines. */
export class SimLog {
  readonly lines: string[] = [];
  readonly #clock: Clock;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  say(what: string): void {
    this.lines.push(`${(this.#clock.now() / 1_000).toFixed(3).padStart(8)} ${what}`);
  }
}
