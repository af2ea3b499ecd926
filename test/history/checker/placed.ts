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
  /** Answers that show a version, in its order; and the first of them that may have no place. */
  readonly #versions: { version: number; at: number }[];
  readonly #rank: ReadonlyMap<number, number>;
  #least = 0;
  /** The highest placed index, after each that was placed. */
  readonly #high: number[] = [];

  constructor(operations: readonly KeyOperation[]) {
    this.#isPlaced = new Uint8Array(operations.length);
    this.#isLost = operations.map(({ returnedAt }) => returnedAt === Infinity);
    this.#versions = operations
      .flatMap(({ answer }, at) => (answer.is === 'shown' ? [{ version: answer.object.version, at }] : []))
      .sort((one, other) => one.version - other.version);
    this.#rank = new Map(this.#versions.map(({ at }, rank) => [at, rank]));
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
    this.#least = Math.min(this.#least, this.#rank.get(at) ?? Infinity);
  }

  /** Which of the lost ones are placed. */
  get lost(): ReadonlySet<number> {
    return new Set(this.#lost);
  }

  /** Which of the answered ones are placed. */
  get text(): string {
    const high = this.#high.at(-1) ?? -1;
    const beyond: number[] = [];
    for (let each = this.#low; each <= high; each++)
      if (this.#isPlaced[each] && !this.#isLost[each]) beyond.push(each);
    return `${this.#low} ${beyond.join()}`;
  }

  /** The lowest version that an answer without a place shows. */
  get leastVersion(): number {
    while (this.#least < this.#versions.length && this.#isPlaced[this.#versions[this.#least]!.at])
      this.#least++;
    return this.#versions[this.#least]?.version ?? Infinity;
  }

  #lowFrom(low: number): number {
    let next = low;
    while (next < this.#isPlaced.length && (this.#isPlaced[next] || this.#isLost[next])) next++;
    return next;
  }
}
