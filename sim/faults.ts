import { helpedMsMax } from '../controller/nodes/verdict.ts';
import type { Clock } from '../process/clock.ts';
import { randomInteger, type Random } from '../process/random.ts';
import type { Cluster } from './cluster.ts';
import { replacedMsMax, type Invariants } from './invariants.ts';
import type { SimHost } from './sim-host.ts';

export interface FaultTools {
  cluster: Cluster;
  clock: Clock;
  random: Random;
  invariants: Invariants;
  /** Lets time pass, with all invariants checked on the way. */
  pass(ms: number): Promise<void>;
  /** Lets time pass until as many pods serve as are wanted, for at most `withinMs`; says how long it took. */
  untilServing(withinMs: number): Promise<number>;
  /** Changes the app, so that a rolling update begins. */
  rollOut(): Promise<void>;
}

/** What a fault did to the app: milliseconds until it was whole again. */
export interface FaultResult {
  fault: string;
  healedMs: number;
}

export type Fault = (tools: FaultTools) => Promise<FaultResult>;

/** A host dies and comes back after a while. Its pods are replaced meanwhile, unless it is back before anyone could know. */
export const killed: Fault = async (tools) => {
  const { clock, invariants } = tools;
  const host = pick(tools, (each) => each.isUp);
  host.kill();
  invariants.excuse(replacedMsMax);
  const healedMs = await tools.untilServing(replacedMsMax);
  await tools.pass(tools.random.next() * 60_000);
  await comesBack(host, tools);
  invariants.excuse(0);
  return { fault: `kill at ${Math.round(clock.now() / 1_000)} s`, healedMs };
};

/** A host dies and is back within two seconds, before its silence means anything: its pods start again where they were. */
export const blinked: Fault = async (tools) => {
  const host = pick(tools, (each) => each.isUp);
  host.kill();
  tools.invariants.excuse(replacedMsMax);
  await tools.pass(500 + tools.random.next() * 1_500);
  await comesBack(host, tools);
  return { fault: 'blink', healedMs: await tools.untilServing(replacedMsMax) };
};

/** A host shuts down and says so: its pods are replaced at once. */
export const saidGoodbye: Fault = async (tools) => {
  const host = pick(tools, (each) => each.isUp);
  host.goodbye();
  tools.invariants.excuse(1_500);
  const healedMs = await tools.untilServing(1_500);
  await tools.pass(between(tools, 2_000, 60_000));
  await comesBack(host, tools);
  return { fault: 'goodbye', healedMs };
};

/** A host loses its line to the controller; others may still reach it. Its pods run on, and none may be restarted for it. */
export const cutOff: Fault = async (tools) => {
  const host = pick(tools, (each) => each.isUp);
  const before = [...host.pods.keys()];
  const reachable = tools.random.next() < 0.5;
  host.cut(reachable);
  tools.invariants.excuse(replacedMsMax + 2_000);
  const cutAt = tools.clock.now();
  const cutMs = between(tools, 500, 30_000);
  // Whom others reach is given up later. The last beat came up to a second before the cut.
  const sparedMs = reachable ? Math.min(cutMs, helpedMsMax - 1_000) : 0;
  await tools.pass(sparedMs);
  if (cutMs > sparedMs && reachable) tools.invariants.excuse(replacedMsMax + 2_000);
  await tools.pass(cutMs - sparedMs);
  tools.invariants.noteReturn();
  host.mend();
  await tools.pass(15_000);
  const lost = before.filter((uid) => !host.pods.has(uid));
  if (lost.length > 0)
    throw new Error(
      `cut off at ${cutAt} ms, host ${host.name} lost ${lost.length} pods that ran all the time`,
    );
  return { fault: 'cut', healedMs: await tools.untilServing(replacedMsMax) };
};

/** The controller's own line is cut: it hears nobody, and must leave everybody alone. */
export const deaf: Fault = async (tools) => {
  const { cluster } = tools;
  const before = cluster.pods
    .all()
    .map((pod) => pod.metadata?.name)
    .toSorted();
  cluster.setDeaf(true);
  await tools.pass(between(tools, 4_000, 90_000));
  cluster.setDeaf(false);
  await tools.pass(2_000);
  const after = cluster.pods
    .all()
    .map((pod) => pod.metadata?.name)
    .toSorted();
  if (before.join() !== after.join())
    throw new Error(`a deaf controller changed the pods from ${before} to ${after}`);
  return { fault: 'deaf', healedMs: 0 };
};

/** Most hosts die at once: the controller doubts itself for a minute, then believes it. */
export const mostKilled: Fault = async (tools) => {
  const { cluster, invariants } = tools;
  const victims = cluster.hosts.slice(0, Math.floor(cluster.hosts.length / 2) + 1);
  for (const host of victims) host.kill();
  invariants.excuse(75_000);
  invariants.doubtful = true;
  const healedMs = await tools.untilServing(70_000);
  for (const host of victims) await comesBack(host, tools);
  await tools.pass(10_000);
  invariants.doubtful = false;
  return { fault: 'most killed', healedMs };
};

/** A new version goes out with nothing else wrong: at no moment may fewer serve than the strategy allows. */
export const rolledOut: Fault = async (tools) => {
  await tools.rollOut();
  await tools.pass(20_000);
  return { fault: 'rollout', healedMs: await tools.untilServing(1_000) };
};

/** A host dies in the middle of a rolling update. */
export const killedInRollout: Fault = async (tools) => {
  await tools.rollOut();
  await tools.pass(between(tools, 50, 1_500));
  return { ...(await killed(tools)), fault: 'kill in a rollout' };
};

/** Every fault, each as often as it stands here. */
export const faults: readonly Fault[] = [
  killed,
  killed,
  killed,
  blinked,
  saidGoodbye,
  saidGoodbye,
  cutOff,
  cutOff,
  deaf,
  mostKilled,
  rolledOut,
  rolledOut,
  killedInRollout,
];

async function comesBack(host: SimHost, { invariants, cluster, pass }: FaultTools): Promise<void> {
  invariants.noteReturn();
  cluster.simLog.say(`host ${host.name} comes back`);
  void host.start();
  await pass(0);
}

function pick({ cluster, random }: FaultTools, fits: (host: SimHost) => boolean): SimHost {
  const able = cluster.hosts.filter(fits);
  return able[randomInteger(random, able.length)]!;
}

function between(tools: FaultTools, min: number, max: number): number {
  return min + tools.random.next() * (max - min);
}
