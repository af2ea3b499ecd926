import type { Chapter, Field, History, Item, Shown, Violation } from './history.ts';

/** What is known of one version: the write that has it. */
export interface Write {
  version: number;
  key: string;
  /** None where the write removed the key. */
  item: Item | undefined;
}

/**
 * All versions that anybody was told of, and the writes that they name: answers, lists and watch events together. They must not contradict
 * each other, as a version is one write. What nobody saw is not in it.
 */
export class Evidence {
  readonly violations: Violation[] = [];
  readonly #writes = new Map<number, Write>();
  readonly #byKey = new Map<string, Write[]>();
  #sorted: Write[] = [];

  constructor({ operations, watchers }: History) {
    for (const { call, answer } of operations) {
      if (answer.is === 'shown' && 'key' in call) this.#put({ ...answer.object, key: call.key }, call.do);
      if (answer.is === 'listed')
        for (const { items } of answer.pages) for (const item of items) this.#put(item, 'list');
    }
    for (const chapter of watchers.flat()) this.#told(chapter);
    this.#sorted = [...this.#writes.values()].sort((one, other) => one.version - other.version);
    for (const write of this.#sorted) {
      const ofKey = this.#byKey.get(write.key) ?? [];
      this.#byKey.set(write.key, ofKey);
      ofKey.push(write);
    }
  }

  get keys(): string[] {
    return [...this.#byKey.keys()];
  }

  /** Writes after `from`, up to and with `to`, in order. */
  between(from: number, to: number): Write[] {
    return this.#sorted.slice(indexAfter(this.#sorted, from), indexAfter(this.#sorted, to));
  }

  /** The last known write to a key up to a version. */
  at(key: string, version: number): Write | undefined {
    const writes = this.#byKey.get(key) ?? [];
    return writes[indexAfter(writes, version) - 1];
  }

  /** What a write put there that gave `field` this value, which no other write did. */
  withValue(key: string, field: Field, value: string): Shown | undefined {
    return this.#byKey.get(key)?.find(({ item }) => item?.[field] === value)?.item;
  }

  #told(chapter: Chapter): void {
    if (chapter.is === 'state') {
      for (const item of chapter.items) this.#put(item, 'list');
      return;
    }
    for (const { type, version, item } of chapter.events) {
      if (!item) continue;
      if (type === 'DELETED') this.#add({ version, key: item.key, item: undefined }, 'watch');
      else this.#put(item, 'watch');
    }
  }

  #put(item: Item, by: string): void {
    this.#add({ version: item.version, key: item.key, item }, by);
  }

  #add(write: Write, by: string): void {
    const known = this.#writes.get(write.version);
    if (!known) this.#writes.set(write.version, write);
    else if (!isSame(known, write))
      this.violations.push({
        rule: 'one version, one write',
        what: `version ${write.version} is ${describe(write)} by a ${by}, and ${describe(known)} elsewhere`,
      });
  }
}

export const describe = ({ key, item }: Pick<Write, 'key' | 'item'>): string =>
  item ? `${key}@${item.version} {${item.a}, ${item.b}} of uid ${item.uid.slice(0, 8)}` : `the end of ${key}`;

function isSame(one: Write, other: Write): boolean {
  if (one.key !== other.key || !one.item || !other.item)
    return one.key === other.key && one.item === other.item;
  return one.item.a === other.item.a && one.item.b === other.item.b && one.item.uid === other.item.uid;
}

function indexAfter(writes: readonly Write[], version: number): number {
  let low = 0;
  let high = writes.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (writes[middle]!.version <= version) low = middle + 1;
    else high = middle;
  }
  return low;
}
