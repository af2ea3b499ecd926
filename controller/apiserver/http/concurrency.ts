import { tooManyRequests } from '../../../api/errors.ts';
import type { User } from '../users.ts';

/** One identity's requests at one moment: far above what a node or a person does, below what would starve the others. */
const requestsMax = 400;
/** A node holds some six watches, `kith top` a dozen; each costs a queue and a stream. */
const watchesMax = 200;

/** Shells and forwarded ports of one identity; each holds a connection here and a process or more on a host. */
const sessionsMax = 32;

type Sort = 'request' | 'watch' | 'session';
const words: Record<Sort, string> = {
  request: 'requests',
  watch: 'watches',
  session: 'sessions of exec, attach and port-forward',
};

/** Counts what each identity has running, so that one that floods is told to wait and the others never notice. */
export class Concurrency {
  readonly #running = new Map<string, number>();
  readonly #max: Record<Sort, number>;

  constructor(max: Partial<Record<Sort, number>> = {}) {
    this.#max = { request: requestsMax, watch: watchesMax, session: sessionsMax, ...max };
  }

  /** Counts one more; returns how to count it off. @throws ApiError (too many requests) */
  enter(user: User, sort: Sort): () => void {
    const key = `${sort} ${user.name}`;
    const running = this.#running.get(key) ?? 0;
    if (running >= this.#max[sort])
      throw tooManyRequests(
        `${user.name} has ${running} ${words[sort]} running already, which is the most; try again later`,
      );
    this.#running.set(key, running + 1);
    let isOver = false;
    return () => {
      if (isOver) return;
      isOver = true;
      const now = this.#running.get(key)! - 1;
      if (now > 0) this.#running.set(key, now);
      else this.#running.delete(key);
    };
  }

  get running(): number {
    return [...this.#running.values()].reduce((sum, each) => sum + each, 0);
  }
}
