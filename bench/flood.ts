/** What hosts notice of a client that lists 5,000 pods on fifty connections, again and again: their leases, and whether they count as there. */
import { join } from 'node:path';
import type { Node } from '../api/types.ts';
import type { Client } from '../client/client.ts';
import { informer } from '../client/informer.ts';
import { systemClock } from '../process/clock.ts';
import { silentLog } from '../process/log.ts';
import { systemRandom } from '../process/random.ts';
import { Kith, Running } from '../scripts/demo/kith.ts';
import { withApiHome, type ApiHome } from './real/api-home.ts';
import { load } from './real/load.ts';
import type { BenchRow } from './row.ts';

const runs = 5;
const pods = 5_000;
const connections = 50;
const leases = 10;
const seconds = 20;
const hosts = ['barn', 'cellar'];
const stopGraceMs = 30_000;

export async function run(): Promise<BenchRow[]> {
  const row = (name: string, unit: string, goal?: BenchRow['goal']): BenchRow => ({
    name: `flood: ${name}`,
    unit,
    values: [],
    ...(goal && { goal }),
  });
  const quiet = row('a lease is renewed, nobody lists, p99', 'ms');
  const renewals = row(`the same beside ${connections} connections that list ${pods} pods`, 'ms', {
    atMost: 500,
    of: 'value',
  });
  const lost = row('times that one of three hosts was not seen as there', 'times', {
    atMost: 0,
    of: 'value',
  });
  const lists = row('lists that were answered meanwhile', 'lists/s');
  const refused = row('lists that were told to come back (429)', 'lists/s');
  await withApiHome(async (home) => {
    const joined = await Promise.all(hosts.map((name) => joinedHost(home, name)));
    try {
      await load('create', ...home.flags, '-count', pods);
      const prober = await home.flagsOf('prober');
      const renew = (prefix: string) =>
        load<{ ms: number[] }>(
          'renew',
          ...prober,
          '-connections',
          leases,
          '-seconds',
          seconds,
          '-prefix',
          prefix,
        );
      quiet.values.push(p99((await renew('quiet')).ms));
      for (let turn = 0; turn < runs; turn++) {
        const watch = watchHosts(home.client);
        const [{ ms }, flood] = await Promise.all([
          renew(`busy-${turn}`),
          load<{ lists: number; refused: number }>(
            ...(['flood', ...home.flags, '-connections', connections, '-seconds', seconds] as const),
          ),
        ]);
        renewals.values.push(p99(ms));
        lists.values.push(flood.lists / seconds);
        refused.values.push(flood.refused / seconds);
        lost.values.push(await watch.stop());
      }
    } finally {
      await Promise.all(joined.map((host) => host.stop(stopGraceMs)));
    }
  });
  return [renewals, quiet, lost, lists, refused];
}

async function joinedHost({ kith, folder }: ApiHome, name: string): Promise<Running> {
  const invited = await kith.run(['invite', '--role', 'host', '--tier', 'own', '--output', 'json']);
  const { invite } = JSON.parse(invited) as { invite: string };
  const host = new Kith(join(folder, name), kith.environment['KITH_DEMO']!);
  const running = new Running(
    `kith join (${name})`,
    host.spawn(['join', invite, '--name', name, '--output', 'json']),
  );
  await running.ready;
  return running;
}

/** Counts from now on how often a host is told to be silent: suspect already counts. */
function watchHosts(client: Client): { stop(): Promise<number> } {
  let count = 0;
  const nodes = informer<Node>(
    client,
    'Node',
    {},
    { clock: systemClock, random: systemRandom, log: silentLog },
  );
  nodes.onChange((_type, { status }) => {
    const ready = status?.conditions?.find(({ type }) => type === 'Ready');
    if (ready?.status === 'Unknown') count++;
  });
  return {
    async stop() {
      await nodes.stop();
      return count;
    },
  };
}

function p99(values: number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length * 0.99)]!;
}
