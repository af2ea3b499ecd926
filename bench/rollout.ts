/** How soon an app serves after `kith apply`, and after the host under it was killed. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { killHost } from '../scripts/demo/processes.ts';
import { Kith, Running } from '../scripts/demo/kith.ts';
import type { Node } from '../api/types.ts';
import { helloApp, podsOf, withRealSwarm, type RealSwarm } from './real/real-swarm.ts';
import { firstAnswer, until } from './real/wait.ts';
import type { BenchRow } from './row.ts';

const applies = 7;
const kills = 10;
/** Those that `kith join` runs: each can be killed without the founder's programs. */
const joined = ['barn', 'cellar'];

export async function run(): Promise<BenchRow[]> {
  const byCommand: BenchRow = {
    name: 'rollout: start of kith apply → first answer',
    unit: 'ms',
    values: [],
    goal: { atMost: 1_000, of: 'value' },
  };
  const byRequest: BenchRow = { name: 'rollout: API request → first answer', unit: 'ms', values: [] };
  const loss: BenchRow = {
    name: 'rollout: SIGKILL of a host → replacement serves',
    unit: 'ms',
    values: [],
    goal: { atMost: 5_000, of: 'value' },
  };
  await withRealSwarm(async (real) => {
    // Each host pulls and transpiles once: what follows is measured with the image in place.
    for (const host of ['attic', ...joined]) await applied(real, `first-on-${host}`, [host], 'command');
    for (let turn = 0; turn < applies; turn++) {
      byCommand.values.push(await applied(real, `command-${turn}`, ['attic', ...joined], 'command'));
      byRequest.values.push(await applied(real, `request-${turn}`, ['attic', ...joined], 'request'));
    }
    for (const object of helloApp('lost', joined)) await real.client.create(object);
    await firstAnswer(real.swarm, 'lost');
    for (let turn = 0; turn < kills; turn++) loss.values.push(await hostLost(real));
  });
  return [byCommand, byRequest, loss];
}

/** Rolls out a fresh app, waits for its first answer, and takes it away again. Milliseconds. */
async function applied(
  { swarm, client }: RealSwarm,
  name: string,
  hosts: string[],
  way: 'command' | 'request',
): Promise<number> {
  const objects = helloApp(name, hosts);
  const file = join(swarm.folder, `${name}.json`);
  writeFileSync(file, JSON.stringify({ apiVersion: 'v1', kind: 'List', items: objects }));
  const startedAt = performance.now();
  const applying =
    way === 'command'
      ? swarm.apply(file)
      : Promise.all(objects.toReversed().map((object) => client.create(object)));
  applying.catch(() => {});
  const { at } = await firstAnswer(swarm, name);
  await applying;
  for (const { kind, metadata } of objects)
    await client.delete({ kind: kind!, namespace: 'default', name: metadata!.name! });
  await until(`the end of ${name}`, 50, async () => (await podsOf(client, name)).length === 0 || undefined);
  return at - startedAt;
}

/** Kills the host of the one pod, waits for the replacement's first answer, and brings the host back. Milliseconds. */
async function hostLost({ swarm, client }: RealSwarm): Promise<number> {
  const [pod] = (await podsOf(client, 'lost')).filter(({ metadata }) => !metadata?.deletionTimestamp);
  const host = swarm.hosts.find(({ name }) => name === pod!.spec!.nodeName)!;
  killHost(host.running.child.pid!);
  const killedAt = performance.now();
  const { at } = await firstAnswer(swarm, 'lost', new Set([pod!.metadata!.name!]));
  await host.running.ended;
  const kith = new Kith(join(swarm.folder, host.name), swarm.marker);
  host.running = new Running(`kith join (${host.name})`, kith.spawn(['join', '--output', 'json']));
  await host.running.ready;
  await until(`${host.name} to be ready again`, 50, async () => {
    const node = await client.get<Node>({ kind: 'Node', name: host.name });
    const ready = node.status?.conditions?.find(({ type }) => type === 'Ready')?.status === 'True';
    return (ready && !node.spec?.taints?.length) || undefined;
  });
  // One pod alone, on the other host: the next kill finds a healthy swarm.
  await until('a single pod', 50, async () => (await podsOf(client, 'lost')).length === 1 || undefined);
  return at - killedAt;
}
