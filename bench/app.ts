/** The JavaScript wasm app on another host, through the gateway and the swarm, against the same pod asked on its unix socket. */
import { findAppSocket } from './real/app-socket.ts';
import { startLoader } from './gateway/loader.ts';
import { helloApp, podsOf, withRealSwarm } from './real/real-swarm.ts';
import { firstAnswer } from './real/wait.ts';
import type { BenchRow } from './row.ts';

const runs = 7;
const warmUpMs = 3_000;
const runMs = 3_000;
const connections = 32;
const host = 'barn';

export async function run(): Promise<BenchRow[]> {
  const throughput: BenchRow & { peer: { name: string; values: number[] } } = {
    name: `app: requests to one wasm replica, ${connections} connections`,
    unit: 'requests/s',
    values: [],
    peer: { name: 'the same pod on its unix socket', values: [] },
    goal: { atLeast: 1_000, of: 'value' },
  };
  const p50: BenchRow = { name: 'app: p50 meanwhile', unit: 'ms', values: [] };
  const p99: BenchRow = { name: 'app: p99 meanwhile', unit: 'ms', values: [] };
  await withRealSwarm(async ({ swarm, client }) => {
    for (const object of helloApp('one', [host])) await client.create(object);
    await firstAnswer(swarm, 'one');
    const [pod] = await podsOf(client, 'one');
    const loader = await startLoader();
    try {
      const through = {
        port: swarm.gatewayPort,
        host: `one.default.kith.localhost:${swarm.gatewayPort}`,
        connections,
      };
      const direct = { ...through, port: findAppSocket(swarm, host, pod!.metadata!.uid!) };
      for (const way of [through, direct]) await loader.load({ ...way, ms: warmUpMs });
      for (let turn = 0; turn < runs; turn++) {
        const ours = await loader.load({ ...through, ms: runMs });
        throughput.values.push(ours.perSecond);
        p50.values.push(ours.p50Ms);
        p99.values.push(ours.p99Ms);
        throughput.peer.values.push((await loader.load({ ...direct, ms: runMs })).perSecond);
      }
    } finally {
      await loader.end();
    }
  });
  return [throughput, p50, p99];
}
