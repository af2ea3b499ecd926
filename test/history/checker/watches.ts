import { describe, type Evidence, type Write } from './evidence.ts';
import type { Chapter, History, Item, Violation, WatchEvent } from './history.ts';

/** What a list says there was at a version; keys after `through` it does not speak of. */
interface Snapshot {
  version: number;
  keys: Map<string, number>;
}

/**
 * A watch tells every write after the version it began with, each once and in order, up to the last version that it named: an event's
 * or a bookmark's. What it told adds up to what lists show, at any version, across all connections of one watcher.
 */
export function watches(history: History, evidence: Evidence): Violation[] {
  const snapshots = snapshotsOf(history);
  return history.watchers.flatMap((chapters, watcher) =>
    new Story(chapters, evidence, snapshots).violations.map((what) => ({
      rule: 'watches' as const,
      what: `watcher ${watcher}: ${what}`,
    })),
  );
}

function snapshotsOf({ operations, watchers }: History): Snapshot[] {
  const lists = operations.flatMap(({ answer }) =>
    answer.is === 'listed' && answer.complete && answer.pages[0]
      ? [{ version: answer.pages[0].version, items: answer.pages.flatMap(({ items }) => items) }]
      : [],
  );
  const states = watchers.flat().flatMap((chapter) => (chapter.is === 'state' ? [chapter] : []));
  return [...lists, ...states]
    .map(({ version, items }) => ({ version, keys: new Map(items.map((item) => [item.key, item.version])) }))
    .sort((one, other) => one.version - other.version);
}

/** One watcher from its first list to its last event. */
class Story {
  readonly violations: string[] = [];
  readonly #evidence: Evidence;
  readonly #snapshots: readonly Snapshot[];
  #nextSnapshot = 0;
  /** What the watcher must believe is there. */
  #believed: Map<string, Item> | undefined;
  #version = 0;
  #mustRelist = false;

  constructor(chapters: readonly Chapter[], evidence: Evidence, snapshots: readonly Snapshot[]) {
    this.#evidence = evidence;
    this.#snapshots = snapshots;
    for (const chapter of chapters) {
      if (chapter.is === 'state') this.#begin(chapter.version, chapter.items);
      else this.#hear(chapter);
    }
  }

  #begin(version: number, items: readonly Item[]): void {
    this.#believed = new Map(items.map((item) => [item.key, item]));
    this.#version = version;
    this.#mustRelist = false;
    this.#nextSnapshot = this.#snapshots.findIndex((snapshot) => snapshot.version >= version);
    if (this.#nextSnapshot < 0) this.#nextSnapshot = this.#snapshots.length;
  }

  #hear({ from, events, end }: Extract<Chapter, { is: 'events' }>): void {
    if (!this.#believed || this.#mustRelist || from !== this.#version)
      return this.#fault(
        this.#mustRelist
          ? `went on from ${from} after a 410, without a new list`
          : `went on from ${from}, yet had come to ${this.#version}`,
      );
    for (const event of events) this.#event(event);
    this.#compareLists(this.#version + 1);
    const told = events.flatMap(({ type, version }) => (type === 'BOOKMARK' ? [] : [version]));
    const due = this.#evidence.between(from, this.#version);
    const skipped = firstMissing(due, new Set(told));
    if (skipped)
      this.#fault(
        `was told of version ${this.#version}, and never of ${describe(skipped)} of version ${skipped.version}, after ${from}`,
      );
    if (end === 'gone') this.#mustRelist = true;
  }

  #event({ type, version, item }: WatchEvent): void {
    if (version < this.#version || (version === this.#version && item))
      this.#fault(`heard of version ${version} (${type}) after ${this.#version}`);
    // A list at a version comes after the event of that version.
    this.#compareLists(version);
    this.#version = Math.max(this.#version, version);
    if (!item) return;
    const believed = this.#believed!;
    const before = believed.get(item.key);
    if ((type === 'ADDED') === (before !== undefined))
      this.#fault(
        `${type} ${describe({ key: item.key, item })}, yet it had ${before ? describe({ key: item.key, item: before }) : 'none'}`,
      );
    if (type === 'DELETED') {
      if (before && (before.a !== item.a || before.b !== item.b || before.uid !== item.uid))
        this.#fault(
          `DELETED ${describe({ key: item.key, item })}, which it last saw as ${describe({ key: item.key, item: before })}`,
        );
      believed.delete(item.key);
    } else {
      if (type === 'MODIFIED' && before && before.uid !== item.uid)
        this.#fault(`MODIFIED ${describe({ key: item.key, item })} into another of its name`);
      believed.set(item.key, item);
    }
  }

  /** Holds what is believed against each list of a version before this one that it was not held against yet. */
  #compareLists(before: number): void {
    for (; this.#nextSnapshot < this.#snapshots.length; this.#nextSnapshot++) {
      const { version, keys } = this.#snapshots[this.#nextSnapshot]!;
      if (version >= before) return;
      for (const key of new Set([...keys.keys(), ...this.#believed!.keys()]))
        if (keys.get(key) !== this.#believed!.get(key)?.version)
          this.#fault(
            `at version ${version} it has ${key}@${this.#believed!.get(key)?.version ?? 'none'}, and a list ${keys.get(key) ?? 'none'}`,
          );
    }
  }

  #fault(what: string): void {
    this.violations.push(what);
  }
}

function firstMissing(due: readonly Write[], told: ReadonlySet<number>): Write | undefined {
  return due.find(({ version }) => !told.has(version));
}
