import { directClient } from '../../../controller/apiserver/direct-client.ts';
import { Registry } from '../../../controller/apiserver/resources/registry.ts';
import { startControllers } from '../../../controller/controllers.ts';
import type { Hearing } from '../../../controller/nodes/liveness.ts';
import { memoryLog } from '../../../controller/store/memory/memory-log.ts';
import { openStore } from '../../../controller/store/open-store.ts';
import type { Client } from '../../../client/client.ts';
import { silentLog } from '../../../process/log.ts';
import { seededRandom } from '../../../process/random.ts';
import { VirtualClock } from '../../../process/virtual-clock.ts';

export interface Control {
  client: Client;
  clock: VirtualClock;
  /** Lets virtual time pass until the promise has settled. */
  wait<T>(promise: Promise<T>): Promise<T>;
  /** Lets virtual time pass until `condition` holds; fails after `withinMs`. Says how long it took. */
  until(condition: () => Promise<boolean>, withinMs?: number): Promise<number>;
  stop(): Promise<void>;
}

/** Every node is heard all the time, unless a test says otherwise. */
export const allHeard = (clock: VirtualClock): Hearing => ({
  lastHeardAt: () => clock.now(),
  goodbye: () => false,
  probe: async () => false,
});

/** The real API over a store in memory, in virtual time; with all controllers unless `controllers` is false. */
export async function startControl(
  options: { controllers?: boolean; hearing?: (clock: VirtualClock) => Hearing } = {},
): Promise<Control> {
  const clock = new VirtualClock();
  const wait = async <T>(promise: Promise<T>): Promise<T> => {
    const state = { done: false };
    const mark = () => void (state.done = true);
    promise.then(mark, mark);
    while (!state.done) await clock.advance(1);
    return promise;
  };
  const store = await wait(
    openStore({ driver: memoryLog(clock), clock, log: silentLog, snapshotEveryMs: 0 }),
  );
  const registry = new Registry({ store, clock, random: seededRandom(1), log: silentLog });
  await wait(registry.begin());
  const client = directClient(registry);
  const { controllers = true, hearing = allHeard } = options;
  const parts = { client, clock, random: seededRandom(2), log: silentLog, hearing: hearing(clock) };
  const running = controllers ? await wait(startControllers(parts)) : undefined;
  return {
    client,
    clock,
    wait,
    async until(condition, withinMs = 10_000) {
      const from = clock.now();
      while (!(await condition())) {
        if (clock.now() - from > withinMs) throw new Error(`not so within ${withinMs} ms: ${condition}`);
        await clock.advance(10);
      }
      return clock.now() - from;
    },
    async stop() {
      if (running) await wait(running.stop());
      await wait(registry.close());
      await wait(store.close());
    },
  };
}
