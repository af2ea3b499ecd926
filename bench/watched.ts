/** What a controller holds with 5,000 pods and 100 watchers: right after these pods were made, and a minute later. */
import { setTimeout as sleep } from 'node:timers/promises';
import { withApiHome } from './real/api-home.ts';
import { load, startLoad } from './real/load.ts';
import { memoryOf } from './real/memory-of.ts';
import type { BenchRow } from './row.ts';

const runs = 5;
const pods = 5_000;
const watchers = 100;
const idleMs = 60_000;

export async function run(): Promise<BenchRow[]> {
  const row = (when: string, goal?: BenchRow['goal']): BenchRow => ({
    name: `memory: a controller with ${pods} pods and ${watchers} watchers, ${when}`,
    unit: 'MB',
    values: [],
    ...(goal && { goal }),
  });
  const busy = row('right after the last was made');
  const idle = row('a minute later', { atMost: 250, of: 'value' });
  for (let turn = 0; turn < runs; turn++)
    await withApiHome(async ({ flags, controller }) => {
      // They wait for one more than there will be.
      const all = startLoad('watch', ...flags, '-connections', watchers, '-count', pods + 1);
      all.done.catch(() => {});
      await all.ready;
      await load('create', ...flags, '-count', pods);
      busy.values.push(memoryOf([controller()]).rss);
      await sleep(idleMs);
      idle.values.push(memoryOf([controller()]).rss);
      all.stop();
    });
  return [busy, idle];
}
