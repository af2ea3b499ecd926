import { randomInteger, seededRandom, type Random } from '../../../process/random.ts';
import type { Fault } from '../faults/faulty-store.ts';
import { Workload } from '../record/workload.ts';
import type { Answer, Call, Chapter, History, Item, Operation, Shown, WatchEvent } from './history.ts';

export interface Simulation {
  seed: number;
  clients: number;
  watchers: number;
  /** Until when requests are made, in milliseconds. */
  untilMs: number;
  kills: number;
  fault?: Fault;
  /** How many times at most the fault is committed. @default any number */
  faultsMax?: number;
}

/** How often a faulty server does what it should not. */
const faultShare = 0.1;
/** How far back a stale read looks, and how much a kill drops. */
const faultMs = 30;

interface Change {
  version: number;
  key: string;
  before: Item | undefined;
  after: Item | undefined;
  at: number;
}

type Task = () => void;

/**
 * A history as a store could have made it: one state and one counter, requests that take effect at one moment between call and answer, kills
 * that cut off answers and watches. With a fault, as a store could have made it that has this fault.
 */
export function simulated({
  seed,
  clients,
  watchers,
  untilMs,
  kills,
  fault,
  faultsMax,
}: Simulation): History {
  const random = seededRandom(seed);
  const world = new World(random, fault, faultsMax);
  const operations: Operation[] = [];
  for (let client = 0; client < clients; client++) {
    const workload = new Workload(client, random);
    const ask = () => {
      if (world.now > untilMs) return;
      const call = workload.next();
      world.serve(call, (operation) => {
        operations.push({ client, ...operation });
        workload.hear(call, operation.answer);
        world.after(randomInteger(random, 3), ask);
      });
    };
    world.after(random.next() * 5, ask);
  }
  const stories = Array.from({ length: watchers }, () => new Watcher(world, random, untilMs));
  for (let kill = 0; kill < kills; kill++) world.after(random.next() * untilMs, () => world.kill());
  world.run();
  return { seed, kills, operations, watchers: stories.map(({ chapters }) => chapters) };
}

class World {
  now = 0;
  state = new Map<string, Item>();
  version = 0;
  changes: Change[] = [];
  /** Grows with each kill. */
  life = 0;
  readonly #random: Random;
  readonly #fault: Fault | undefined;
  #faultsLeft: number;
  readonly #tasks: { at: number; order: number; task: Task }[] = [];
  #order = 0;
  #uids = 0;
  readonly #onKill = new Set<Task>();

  constructor(random: Random, fault: Fault | undefined, faultsMax = Infinity) {
    this.#random = random;
    this.#fault = fault;
    this.#faultsLeft = faultsMax;
  }

  after(ms: number, task: Task): void {
    this.#tasks.push({ at: this.now + ms, order: this.#order++, task });
  }

  run(): void {
    while (this.#tasks.length > 0) {
      let first = 0;
      for (let at = 1; at < this.#tasks.length; at++) {
        const [one, other] = [this.#tasks[at]!, this.#tasks[first]!];
        if (one.at < other.at || (one.at === other.at && one.order < other.order)) first = at;
      }
      const [next] = this.#tasks.splice(first, 1);
      this.now = next!.at;
      next!.task();
    }
  }

  onKill(task: Task): () => void {
    this.#onKill.add(task);
    return () => void this.#onKill.delete(task);
  }

  kill(): void {
    this.life++;
    if (this.#fault === 'write dropped by a kill' && this.#faultsLeft-- > 0) this.#rollBack();
    for (const task of this.#onKill) task();
  }

  does(fault: Fault): boolean {
    return this.#fault === fault && this.#random.next() < faultShare && this.#faultsLeft-- > 0;
  }

  /** Calls back with the answer, or with a lost one where a kill comes first. */
  serve(call: Call, done: (operation: Omit<Operation, 'client'>) => void): void {
    const calledAt = this.now;
    const { life } = this;
    let isDone = false;
    const finish = (answer: Answer) => {
      if (isDone) return;
      isDone = true;
      forget();
      done({ calledAt, returnedAt: this.now, call, answer });
    };
    const forget = this.onKill(() => this.after(0, () => finish({ is: 'lost' })));
    this.after(this.#random.next() * 10, () => {
      // A request that is still on its way to a dead server is never served; one that was served is only not answered.
      if (life !== this.life) return;
      const answer = this.#take(call);
      this.after(this.#random.next() * 10, () => {
        if (life !== this.life) return;
        if (answer.is === 'listed') for (const page of answer.pages) page.returnedAt = this.now;
        finish(answer);
      });
    });
  }

  list(): Item[] {
    return [...this.state.values()].sort((one, other) => (one.key < other.key ? -1 : 1));
  }

  #take(call: Call): Answer {
    switch (call.do) {
      case 'list':
        return this.#listed(call.limit);
      case 'get': {
        const item = this.#readable().state.get(call.key);
        return item ? { is: 'shown', object: shownOf(item) } : { is: 'absent' };
      }
      case 'create':
        if (this.state.has(call.key)) return { is: 'present' };
        return this.#put({ key: call.key, version: 0, uid: `uid-${this.#uids++}`, a: call.a, b: call.b });
      case 'update': {
        const item = this.state.get(call.key);
        if (!item) return { is: 'absent' };
        if (item.version !== call.version && !this.does('lost update')) return { is: 'conflict' };
        return this.#put({ ...item, a: call.a, b: call.b });
      }
      case 'patch': {
        const item = this.state.get(call.key);
        if (!item) return { is: 'absent' };
        if (item[call.field] === call.value) return { is: 'shown', object: shownOf(item) };
        return this.#put({ ...item, [call.field]: call.value });
      }
      case 'delete': {
        const item = this.state.get(call.key);
        if (!item) return { is: 'absent' };
        if (call.version !== undefined && item.version !== call.version) return { is: 'conflict' };
        this.state.delete(call.key);
        this.#record(call.key, item, undefined, ++this.version);
        return { is: 'deleted' };
      }
    }
  }

  #put(item: Item): Answer {
    const after = { ...item, version: ++this.version };
    this.#record(item.key, this.state.get(item.key), after, after.version);
    this.state.set(item.key, after);
    return { is: 'shown', object: shownOf(after) };
  }

  #record(key: string, before: Item | undefined, after: Item | undefined, version: number): void {
    this.changes.push({ version, key, before, after, at: this.now });
  }

  #listed(limit: number | undefined): Answer {
    const { state, version } = this.#readable();
    const items = [...state.values()].sort((one, other) => (one.key < other.key ? -1 : 1));
    const size = limit ?? Math.max(1, items.length);
    const pages = Array.from({ length: Math.max(1, Math.ceil(items.length / size)) }, (_, at) => ({
      version,
      items: items.slice(at * size, (at + 1) * size),
      returnedAt: 0,
    }));
    const shown = this.#random.next() < 0.9 ? pages.length : 1;
    return { is: 'listed', pages: pages.slice(0, shown), complete: shown === pages.length };
  }

  /** What a reader is shown: a faulty store may show what was. */
  #readable(): { state: ReadonlyMap<string, Item>; version: number } {
    if (!this.does('stale read')) return this;
    const state = new Map(this.state);
    let { version } = this;
    for (const change of this.changes.toReversed()) {
      if (change.at < this.now - faultMs) break;
      version = change.version - 1;
      if (change.before) state.set(change.key, change.before);
      else state.delete(change.key);
    }
    return { state, version };
  }

  #rollBack(): void {
    for (
      let change = this.changes.at(-1);
      change && change.at > this.now - faultMs / 2;
      change = this.changes.at(-1)
    ) {
      this.changes.pop();
      this.version = change.version - 1;
      if (change.before) this.state.set(change.key, change.before);
      else this.state.delete(change.key);
    }
  }
}

const shownOf = ({ version, uid, a, b }: Item): Shown => ({ version, uid, a, b });

/** Lists, watches, and after each cut watches on from where it was; sometimes it is told 410 and lists again. */
class Watcher {
  readonly chapters: Chapter[] = [];
  readonly #world: World;
  readonly #random: Random;
  readonly #untilMs: number;
  #version = 0;

  constructor(world: World, random: Random, untilMs: number) {
    this.#world = world;
    this.#random = random;
    this.#untilMs = untilMs;
    world.after(random.next() * 20, () => this.#list());
  }

  #list(): void {
    const { now: at, version } = this.#world;
    this.chapters.push({ is: 'state', version, items: this.#world.list(), calledAt: at, returnedAt: at });
    this.#version = version;
    this.#watch();
  }

  #watch(): void {
    const events: WatchEvent[] = [];
    const from = this.#version;
    let cursor = from;
    let isCut = false;
    const end = (how: 'cut' | 'closed' | 'gone') => {
      if (isCut) return;
      isCut = true;
      forget();
      this.chapters.push({ is: 'events', from, events, end: how });
      if (how === 'closed') return;
      this.#world.after(this.#random.next() * 10, () => (how === 'gone' ? this.#list() : this.#watch()));
    };
    const forget = this.#world.onKill(() => end('cut'));
    const hear = () => {
      if (isCut) return;
      const due = this.#world.changes.filter(({ version }) => version > cursor);
      const some = due.slice(0, 1 + randomInteger(this.#random, 4));
      for (const { version, key, before, after } of some) {
        cursor = version;
        if (this.#world.does('skipped watch event')) continue;
        const type = after ? (before ? 'MODIFIED' : 'ADDED') : 'DELETED';
        const item = { ...(after ?? before!), key, version };
        events.push({ type, version, heardAt: this.#world.now, item });
        this.#version = version;
      }
      if (due.length === some.length && this.#random.next() < 0.1) {
        events.push({ type: 'BOOKMARK', version: cursor, heardAt: this.#world.now });
        this.#version = cursor;
      }
      if (this.#world.now > this.#untilMs + 50 && due.length === 0) return end('closed');
      if (this.#random.next() < 0.01) return end('gone');
      this.#world.after(this.#random.next() * 5, hear);
    };
    this.#world.after(0, hear);
  }
}
