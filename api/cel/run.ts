/** A rule went wrong while it ran; `&&` and `||` may make up for it. */
export class CelError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'CelError';
  }
}

/** A rule took more than it may; nothing makes up for that. */
export class CostExceeded extends Error {
  constructor() {
    super('operation cancelled: actual cost limit exceeded');
    this.name = 'CostExceeded';
  }
}

/** What one rule may cost, as in Kubernetes: some tenths of a second. */
export const costPerCallMax = 1_000_000;
/** What all rules of one object may cost together: half of what Kubernetes lets them, for here nobody else is answered meanwhile. */
export const costPerObjectMax = 5_000_000;

/** Counts what a rule costs while it runs, in Kubernetes' units: about one for each step. */
export class Cost {
  #left: number;
  #spent = 0;

  constructor(max: number = costPerCallMax) {
    this.#left = max;
  }

  get spent(): number {
    return this.#spent;
  }

  /** @throws CostExceeded */
  spend(units: number): void {
    this.#spent += units;
    this.#left -= units;
    if (this.#left < 0) throw new CostExceeded();
  }

  /** For work over a text: a tenth for each character. */
  read(characters: number): void {
    this.spend(Math.ceil(characters * 0.1));
  }
}
