import { createInterface } from 'node:readline';
import { startProgram } from '../../test/gateway/programs/child.ts';
import type { LoadOrder, LoadResult } from './load.ts';

/** A process that makes load. */
export interface Loader {
  /** Rejects if one request failed: a figure over errors says nothing. */
  load(order: LoadOrder): Promise<LoadResult>;
  end(): Promise<void>;
}

export async function startLoader(): Promise<Loader> {
  const child = await startProgram(new URL('load.ts', import.meta.url), {});
  const answers = createInterface(child.process.stdout!)[Symbol.asyncIterator]();
  return {
    async load(order) {
      child.process.stdin!.write(`${JSON.stringify(order)}\n`);
      const result = JSON.parse((await answers.next()).value as string) as LoadResult;
      if (result.errors > 0) throw new Error(`${result.errors} requests failed on port ${order.port}`);
      return result;
    },
    end: () => child.end(),
  };
}
