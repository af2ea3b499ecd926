/** How long a controller takes to serve again with 100,000 pods of 2 KB in its store, beside etcd with as many values of their size. */
import type { Pod } from '../api/types.ts';
import { namespace, withApiHome } from './real/api-home.ts';
import { withEtcd } from './real/etcd.ts';
import { fillStore } from './real/fill.ts';
import { load } from './real/load.ts';
import type { BenchRow } from './row.ts';

const runs = 5;
const objects = 100_000;

export async function run(): Promise<BenchRow[]> {
  const peer = { name: 'etcd', values: [] as number[] };
  const answered: BenchRow = {
    name: `start: the API answers, ${objects} pods in the store`,
    unit: 'ms',
    values: [],
    peer,
    goal: { atMost: 5_000, of: 'value' },
  };
  const ready: BenchRow = {
    name: 'start: kith up has all of it, host and gateway too',
    unit: 'ms',
    values: [],
  };
  const bytes = await withApiHome(async ({ flags, client, restart }) => {
    await load('create', ...flags, '-count', 1);
    const model = await client.get<Pod>({ kind: 'Pod', namespace, name: 'pod-000000' });
    await restart((folder) => fillStore(folder, model, objects));
    for (let turn = 0; turn < runs; turn++) {
      const { answeredMs, readyMs } = await restart();
      answered.values.push(answeredMs);
      ready.values.push(readyMs);
    }
    return JSON.stringify(model).length;
  });
  await withEtcd(async ({ flags, restart }) => {
    await load('etcd-create', ...flags, '-bytes', bytes, '-count', objects);
    for (let turn = 0; turn < runs; turn++) peer.values.push(await restart());
  });
  return [answered, ready];
}
