/**
 * Runs jobs `atOnce` at a time, in order; jobs of one lane never at the same time, and before the others, since they take longest.
 */
export class Pool {
  readonly #free: (() => void)[] = [];
  readonly #lanes = new Map<string, Promise<unknown>>();
  #places: number;

  constructor(atOnce: number) {
    this.#places = atOnce;
  }

  run<T>(job: () => Promise<T>, lane?: string): Promise<T> {
    const inPlace = async () => {
      if (this.#places > 0) this.#places -= 1;
      else
        await new Promise<void>((resolve) => (lane ? this.#free.unshift(resolve) : this.#free.push(resolve)));
      try {
        return await job();
      } finally {
        const next = this.#free.shift();
        if (next) next();
        else this.#places += 1;
      }
    };
    if (lane === undefined) return inPlace();
    const done = (this.#lanes.get(lane) ?? Promise.resolve()).then(inPlace);
    this.#lanes.set(
      lane,
      done.catch(() => {}),
    );
    return done;
  }
}
