import { randomInteger, type Random } from '../../../process/random.ts';
import type { Answer, Call, Shown } from '../checker/history.ts';

/** Few enough that clients meet, and more than a page holds. */
export const keys = Array.from({ length: 24 }, (_, at) => `k${String(at).padStart(2, '0')}`);

const pageItems = 7;

/** What one client wants next: mostly on the keys that it touched last, so that clients meet often on some and seldom on others. */
export class Workload {
  readonly #random: Random;
  readonly #client: number;
  readonly #known = new Map<string, Shown>();
  #count = 0;

  constructor(client: number, random: Random) {
    this.#client = client;
    this.#random = random;
  }

  next(): Call {
    const key = this.#key();
    const known = this.#known.get(key);
    const dice = this.#random.next();
    if (dice < 0.05) return { do: 'list' };
    if (dice < 0.08) return { do: 'list', limit: pageItems };
    if (dice < 0.28) return { do: 'get', key };
    if (dice < 0.4) return this.#patch(key, known);
    if (dice < 0.5) return this.#deletion(key, known);
    if (!known) return { do: 'create', key, a: this.#text(), b: this.#text() };
    if (dice < 0.55) return { do: 'create', key, a: this.#text(), b: this.#text() };
    return { do: 'update', key, version: known.version, a: this.#text(), b: this.#text() };
  }

  /** What the client knows by an answer, until another client changes it. */
  hear(call: Call, answer: Answer): void {
    if (answer.is === 'shown' && 'key' in call) this.#known.set(call.key, answer.object);
    if ((answer.is === 'absent' || answer.is === 'deleted') && 'key' in call) this.#known.delete(call.key);
    if (answer.is === 'listed')
      for (const item of answer.pages.flatMap(({ items }) => items)) this.#known.set(item.key, item);
  }

  /** The first keys are hot. */
  #key(): string {
    const below = this.#random.next() < 0.5 ? 4 : keys.length;
    return keys[randomInteger(this.#random, below)]!;
  }

  #patch(key: string, known: Shown | undefined): Call {
    const field = this.#random.next() < 0.5 ? 'a' : 'b';
    // Now and then what is there already: then the server has nothing to write.
    const value = known && this.#random.next() < 0.2 ? known[field] : this.#text();
    return { do: 'patch', key, field, value };
  }

  #deletion(key: string, known: Shown | undefined): Call {
    return known && this.#random.next() < 0.5
      ? { do: 'delete', key, version: known.version }
      : { do: 'delete', key };
  }

  #text(): string {
    return `${this.#client}.${this.#count++}`;
  }
}
