import { unavailable } from '../api/errors.ts';
import type { Client } from '../client/client.ts';
import type { Clock } from '../process/clock.ts';
import type { Random } from '../process/random.ts';

/** One way from a home to the controller, in virtual milliseconds. */
const latencyMs = { min: 2, max: 25 };

/** The line from a host to the controller: it can be cut, and takes its time. */
export class SimLine {
  #up = new AbortController();

  get isUp(): boolean {
    return !this.#up.signal.aborted;
  }

  cut(): void {
    this.#up.abort(unavailable('the line is cut'));
  }

  mend(): void {
    if (!this.isUp) this.#up = new AbortController();
  }

  get signal(): AbortSignal {
    return this.#up.signal;
  }
}

/** The API as a host sees it: the same calls, later, and refused while the line is cut. */
export function overLine(client: Client, line: SimLine, clock: Clock, random: Random): Client {
  const travel = async () => {
    line.signal.throwIfAborted();
    await clock.sleep(latencyMs.min + random.next() * (latencyMs.max - latencyMs.min), line.signal);
  };
  return {
    get: async (ref) => (await travel(), client.get(ref)),
    list: async (kind, options) => (await travel(), client.list(kind, options)),
    create: async (object, options) => (await travel(), client.create(object, options)),
    update: async (object, options) => (await travel(), client.update(object, options)),
    patch: async (ref, type, patch, options) => (await travel(), client.patch(ref, type, patch, options)),
    delete: async (ref, options) => (await travel(), client.delete(ref, options)),
    async *watch(kind, options) {
      await travel();
      const signal = AbortSignal.any([options.signal, line.signal]);
      for await (const event of client.watch(kind, { ...options, signal })) {
        await travel();
        yield event as never;
      }
      line.signal.throwIfAborted();
    },
  };
}
