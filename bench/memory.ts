/** What the programs hold while nothing happens, a minute after they are ready, against a bare Node process. */
import { spawn } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import { tree, type ProcessEntry } from '../scripts/demo/processes.ts';
import { memoryOf, type Memory } from './real/memory-of.ts';
import { helloApp, podsOf, withRealSwarm } from './real/real-swarm.ts';
import { firstAnswer, until } from './real/wait.ts';
import type { BenchRow } from './row.ts';

const runs = 5;
const idleMs = 60_000;
const replicas = 3;
/** The host with the pods; the other two agents have none. */
const busyHost = 'cellar';

type Part = 'agent' | 'controller' | 'gateway' | 'pod';
type Held = Partial<Record<Part, { rss: number; anonymous: number }>>;
/** Megabytes. A pod's sandbox is a Node process like the agent, so it is held to the same. */
const goals: Held = {
  agent: { rss: 110, anonymous: 56 },
  controller: { rss: 150, anonymous: Infinity },
  pod: { rss: 110, anonymous: 56 },
};

export async function run(): Promise<BenchRow[]> {
  const rows = new Map<string, BenchRow & { peer: { name: string; values: number[] } }>();
  const note = (part: Part, memory: Memory, bare: Memory) => {
    for (const kind of ['rss', 'anonymous'] as const) {
      const name = `memory: ${names[part]}, ${kind === 'rss' ? 'RSS' : 'of it anonymous'}`;
      const atMost = goals[part]?.[kind] ?? Infinity;
      const row = rows.get(name) ?? {
        name,
        unit: 'MB',
        values: [],
        peer: { name: 'bare node', values: [] },
        ...(atMost < Infinity && { goal: { atMost, of: 'value' as const } }),
      };
      row.values.push(memory[kind]);
      row.peer.values.push(bare[kind]);
      rows.set(name, row);
    }
  };
  for (let turn = 0; turn < runs; turn++)
    for (const { part, memory, bare } of await idleSwarm()) note(part, memory, bare);
  return [...rows.values()];
}

const names: Record<Part, string> = {
  agent: 'an idle agent',
  controller: 'an idle controller',
  gateway: 'an idle gateway',
  pod: 'an idle wasm pod (all its processes)',
};

async function idleSwarm(): Promise<{ part: Part; memory: Memory; bare: Memory }[]> {
  const node = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1e6)'], { stdio: 'ignore' });
  try {
    return await withRealSwarm(async ({ swarm, client }) => {
      for (const object of helloApp('idle', [busyHost], replicas)) await client.create(object);
      await firstAnswer(swarm, 'idle');
      await until('all pods to be ready', 100, async () => {
        const pods = await podsOf(client, 'idle');
        const ready = pods.filter(({ status }) => status?.containerStatuses?.every((each) => each.ready));
        return ready.length === replicas || undefined;
      });
      await sleep(idleMs);
      const bare = memoryOf([node.pid!]);
      const found: { part: Part; memory: Memory; bare: Memory }[] = [];
      const add = (part: Part, processes: ProcessEntry[]) =>
        found.push({ part, memory: memoryOf(processes.map(({ pid }) => pid)), bare });
      const founders = tree(swarm.up!.child.pid!);
      for (const part of ['agent', 'controller', 'gateway'] as const)
        add(
          part,
          founders.filter(({ command }) => command.endsWith(`main.js ${part}`)),
        );
      for (const { name, running } of swarm.hosts) {
        const [agent, ...sandboxes] = tree(running.child.pid!);
        if (name !== busyHost) add('agent', [agent!]);
        const pods = Map.groupBy(sandboxes, ({ command }) => /kith-pod=(\S+)/.exec(command)?.[1]);
        for (const [pod, processes] of pods) if (pod) add('pod', processes);
      }
      return found;
    });
  } finally {
    node.kill();
  }
}
