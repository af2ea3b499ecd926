import type { KeyOperation } from './register.ts';

/** Which operations have a place, in a text that is short because most of them were placed in the order of their calls. */
export class Placed {
  readonly #isPlaced: Uint8Array;
  readonly #isLost: boolean[];
  readonly #lost = new Set<number>();
  readonly #needed: number;
  /** All answered operations before this one are placed. */
  #low = 0;
  #count = 0;
  /** The highest placed index, after each that was placed. */
  readonly #high: number[] = [];

  constructor(operations: readonly KeyOperation[]) {
    this.#isPlaced = new Uint8Array(operations.length);
    this.#isLost = operations.map(({ returnedAt }) => returnedAt === Infinity);
    this.#needed = this.#isLost.filter((isLost) => !isLost).length;
  }

  /** Whether all that were answered are placed; the others need not be. */
  get isAll(): boolean {
    return this.#count === this.#needed;
  }

  /** Of those that were answered. */
  get count(): number {
    return this.#count;
  }

  has(at: number): boolean {
    return this.#isPlaced[at] === 1;
  }

  add(at: number): void {
    this.#isPlaced[at] = 1;
    if (this.#isLost[at]) {
      this.#lost.add(at);
      return;
    }
    this.#count++;
    this.#high.push(Math.max(at, this.#high.at(-1) ?? -1));
    this.#low = this.#lowFrom(this.#low);
  }

  /** In the opposite order of `add`. */
  remove(at: number): void {
    this.#isPlaced[at] = 0;
    if (this.#lost.delete(at)) return;
    this.#count--;
    this.#high.pop();
    this.#low = Math.min(this.#low, at);
  }

  /** Which are placed, with one more. */
  textWith(at: number): string {
    this.#isPlaced[at] = 1;
    const low = this.#lowFrom(this.#low);
    const high = Math.max(this.#high.at(-1) ?? -1, this.#isLost[at] ? -1 : at);
    const beyond: number[] = [];
    for (let each = low; each <= high; each++)
      if (this.#isPlaced[each] && !this.#isLost[each]) beyond.push(each);
    const lost = [...this.#lost, ...(this.#isLost[at] ? [at] : [])].sort((one, other) => one - other);
    this.#isPlaced[at] = 0;
    return `${low} ${beyond.join()} ${lost.join()}`;
  }

  #lowFrom(low: number): number {
    let next = low;
    while (next < this.#isPlaced.length && (this.#isPlaced[next] || this.#isLost[next])) next++;
    return next;
  }
}
