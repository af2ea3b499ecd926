/** How long a person waits for a command, against the bare start of Node. */
import { spawn } from 'node:child_process';
import type { Kith } from '../scripts/demo/kith.ts';
import { withRealSwarm } from './real/real-swarm.ts';
import type { BenchRow } from './row.ts';

const runs = 11;

export async function run(): Promise<BenchRow[]> {
  const peer = { name: 'node -e 0', values: [] as number[] };
  const rows = [['version'], ['get', 'pods']].map((args) => ({
    args,
    row: {
      name: `cli: kith ${args.join(' ')}, warm`,
      unit: 'ms',
      values: [] as number[],
      peer,
      goal: { atMost: 200, of: 'value' },
    } satisfies BenchRow,
  }));
  await withRealSwarm(async ({ swarm: { founder } }) => {
    // Node keeps compiled code of the first run for the next ones.
    for (const { args } of rows) await founder.run(args);
    for (let turn = 0; turn < runs; turn++) {
      peer.values.push(await timed(() => bareNode(founder)));
      for (const { args, row } of rows) row.values.push(await timed(() => founder.run(args)));
    }
  });
  return rows.map(({ row }) => row);
}

async function timed(action: () => Promise<unknown>): Promise<number> {
  const startedAt = performance.now();
  await action();
  return performance.now() - startedAt;
}

function bareNode({ environment }: Kith): Promise<void> {
  const child = spawn(process.execPath, ['-e', '0'], { env: environment, stdio: 'ignore' });
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', () => resolve());
  });
}
