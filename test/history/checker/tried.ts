/**
 * What a search has been at: the answered requests that were placed and the state, with the lost ones that were used up on the way. Whoever
 * comes there again with the same or more of the lost ones used up finds nothing that the first time did not.
 */
export class Tried {
  readonly #used = new Map<string, ReadonlySet<number>[]>();

  /** How many comparisons it took so far. */
  work = 0;

  /** Whether this is new. */
  add(place: string, lost: ReadonlySet<number>): boolean {
    const before = this.#used.get(place);
    if (!before) {
      this.#used.set(place, [lost]);
      return true;
    }
    this.work += before.length;
    if (before.some((used) => [...used].every((at) => lost.has(at)))) return false;
    before.push(lost);
    return true;
  }
}
