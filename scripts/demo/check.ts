import { setTimeout as sleep } from 'node:timers/promises';
import {
  isListening,
  killHost,
  listeningPorts,
  marked,
  stillAlive,
  tree,
  type ProcessEntry,
} from './processes.ts';
import { ask, closeConnections, type Answer } from './request.ts';
import type { Steps } from './steps.ts';
import type { DemoSwarm } from './swarm.ts';

/** What must hold; a run that breaks one of these ends with exit code 1. */
export const bounds = {
  /** Every replica must have answered this long after apply, unless `--replies-within` says otherwise. */
  repliesMs: 60_000,
  /** A replacement under a new name must answer this long after the kill. */
  replacementMs: 10_000,
  /** Requests sent later than this after the kill must not fail. */
  silenceMs: 3_000,
  /** How long the swarm is asked after the kill at least, so that late failures show. */
  watchedMs: 8_000,
  /** How long processes and ports may take to vanish after the stop. */
  goneMs: 3_000,
} as const;

/** Time between two requests of the check. */
const pauseMs = 20;

interface Pod {
  metadata: { name: string };
  spec: { nodeName?: string };
}

/** Runs the whole story once. Resolves with what did not hold, in words; empty means that all did. */
export async function check(
  swarm: DemoSwarm,
  steps: Steps,
  app: { manifest: string; repliesMs: number },
  say: (line: string) => void,
): Promise<string[]> {
  const problems: string[] = [];
  await swarm.start(steps);
  say(`the hosts run apps ${swarm.isolation}`);

  const firstNames = await allReplicasAnswer(swarm, steps, app, problems);
  say(`answered so far: ${[...firstNames].join(', ')}`);
  if (problems.length === 0) await loseOneHost(swarm, steps, firstNames, problems, say);

  await nothingLeftBehind(swarm, steps, problems);
  return problems;
}

async function pods(swarm: DemoSwarm): Promise<Pod[]> {
  const list = JSON.parse(await swarm.founder.run(['get', 'pods', '-o', 'json'])) as {
    items: Pod[];
  };
  return list.items;
}

async function allReplicasAnswer(
  swarm: DemoSwarm,
  steps: Steps,
  { manifest, repliesMs }: { manifest: string; repliesMs: number },
  problems: string[],
): Promise<Set<string>> {
  const names = new Set<string>();
  const appliedAt = performance.now();
  await swarm.apply(manifest);
  const deadline = appliedAt + repliesMs;
  let last: Answer | undefined;
  while (names.size < 3 && performance.now() < deadline) {
    last = await ask(swarm.gatewayPort, swarm.appHost);
    if (last.ok) {
      if (names.size === 0)
        steps.note('apply → first answer', `${Math.round(performance.now() - appliedAt)} ms`);
      names.add(last.pod);
    }
    await sleep(pauseMs);
  }
  if (names.size < 3) {
    const why = last && !last.ok ? `; the last answer: ${last.why}` : '';
    problems.push(`only ${names.size} of 3 replicas answered within ${repliesMs / 1000} s of apply${why}`);
  } else steps.note('apply → all three answered', `${Math.round(performance.now() - appliedAt)} ms`);
  return names;
}

async function loseOneHost(
  swarm: DemoSwarm,
  steps: Steps,
  firstNames: Set<string>,
  problems: string[],
  say: (line: string) => void,
): Promise<void> {
  const before = await pods(swarm);
  const host = swarm.hosts.find(({ name }) => before.some((pod) => pod.spec.nodeName === name));
  if (!host) {
    problems.push(
      `no joined host serves a replica (${before.map((pod) => `${pod.metadata.name} on ${pod.spec.nodeName}`).join(', ')})`,
    );
    return;
  }
  const victims = killHost(host.running.child.pid!);
  const killedAt = performance.now();
  say(`killed host ${host.name} (${victims.length} processes)`);

  let failed = 0;
  let replacedMs: number | undefined;
  const sent: Promise<void>[] = [];
  const since = () => performance.now() - killedAt;
  const over = () => since() > (replacedMs === undefined ? bounds.replacementMs : bounds.watchedMs);
  while (!over()) {
    const sentAt = since();
    // Not awaited: a request that hangs on the dead host must not hide what happens to the next ones.
    sent.push(
      ask(swarm.gatewayPort, swarm.appHost).then((answer) => {
        if (!answer.ok) {
          failed += 1;
          if (sentAt > bounds.silenceMs)
            problems.push(`a request sent ${Math.round(sentAt)} ms after the kill failed: ${answer.why}`);
        } else if (!firstNames.has(answer.pod) && replacedMs === undefined) {
          replacedMs = sentAt + answer.ms;
          say(`${answer.pod} answers in its place after ${Math.round(replacedMs)} ms`);
        }
      }),
    );
    await sleep(pauseMs);
  }
  await Promise.all(sent);
  steps.note('host lost → replaced', replacedMs === undefined ? 'never' : `${Math.round(replacedMs)} ms`);
  steps.note('requests after the loss', String(sent.length));
  steps.note('failed requests meanwhile', String(failed));
  if (replacedMs === undefined || replacedMs > bounds.replacementMs)
    problems.push(
      `no replacement under a new name answered within ${bounds.replacementMs / 1000} s of the kill`,
    );
}

/** Stops everything and looks at the machine: no process and no listening port of ours may be left. */
async function nothingLeftBehind(swarm: DemoSwarm, steps: Steps, problems: string[]): Promise<void> {
  const ours = swarmProcesses(swarm);
  const ports = listeningPorts(ours.map(({ pid }) => pid));
  closeConnections();
  const killed = await steps.time('stopped', () => swarm.stop());
  for (const name of killed) problems.push(`${name} did not stop by itself and had to be killed`);

  const left = () => [...stillAlive(ours), ...marked(swarm.marker)];
  const open = () => ports.filter(isListening);
  const deadline = performance.now() + bounds.goneMs;
  while ((left().length > 0 || open().length > 0) && performance.now() < deadline) await sleep(50);
  const seen = new Map(left().map((entry) => [entry.pid, entry]));
  for (const { pid, command } of seen.values()) problems.push(`a process was left behind: ${pid} ${command}`);
  for (const port of open()) problems.push(`a listening port was left behind: ${port}`);
}

/** Everything that runs for this swarm: what carries its marker, and their sandboxes, whose environment is empty. */
export function swarmProcesses(swarm: DemoSwarm): ProcessEntry[] {
  const all = new Map<number, ProcessEntry>();
  for (const root of marked(swarm.marker)) for (const entry of tree(root.pid)) all.set(entry.pid, entry);
  return [...all.values()];
}
