import type { Deployment, Service } from '../api/types.ts';
import { silentLog, type Log } from '../process/log.ts';
import { randomInteger, seededRandom } from '../process/random.ts';
import { VirtualClock } from '../process/virtual-clock.ts';
import { Cluster } from './cluster.ts';
import { faults as everyFault, type Fault, type FaultResult, type FaultTools } from './faults.ts';
import { Invariants } from './invariants.ts';

/** How often the invariants are looked at: ten times as often as the shortest promise needs. */
const stepMs = 100;
/** Quiet between two faults, in which the cluster must be whole. */
const quietMs = { min: 15_000, max: 60_000 };

export interface SimOptions {
  seed: number;
  /** Virtual hours. @default 1 */
  hours?: number;
  /** @default 3 */
  hosts?: number;
  /** @default 3 */
  replicas?: number;
  /** What happens, drawn again and again. @default everything in `faults.ts` */
  faults?: readonly Fault[];
  /** How many pods above `replicas` are allowed. Less than the app's own surge of 1 shows that the check can fail. @default 1 */
  surge?: number;
  /** Lets the controller hear hosts that are dead, to show that the checks can fail. @default false */
  hearsTheDead?: boolean;
  /** Where the programs' own log goes. @default nowhere */
  log?: (clock: VirtualClock) => Log;
}

export interface SimResult {
  /** What happened, line by line; the same for the same options. */
  log: string[];
  faults: FaultResult[];
  checks: number;
  virtualMs: number;
}

/**
 * Runs a cluster through hours of trouble in seconds: the real store, API, controllers, scheduler and pod diff, on simulated hosts. Throws
 * where an invariant breaks, with the end of the log; the seed replays it.
 *
 * @example
 *     const { faults } = await simulate({ seed: 7, hours: 1 });
 */
export async function simulate(options: SimOptions): Promise<SimResult> {
  const { seed, hours = 1, hosts = 3, replicas = 3, log = () => silentLog } = options;
  const { faults = everyFault, surge = 1, hearsTheDead = false } = options;
  const clock = new VirtualClock();
  const random = seededRandom(seed);
  const hostNames = Array.from({ length: hosts }, (_, index) => `host-${index + 1}`);
  const cluster = await settled(
    clock,
    Cluster.start({ seed, clock, log: log(clock), hostNames, hearsTheDead }),
  );
  const invariants = new Invariants(cluster, clock, { replicas, surge, unavailable: 0 });
  const results: FaultResult[] = [];
  try {
    await settled(clock, cluster.apply(app(replicas)));
    invariants.excuse(5_000);
    const endsAt = hours * 3_600_000;
    const tools = toolsFor({ cluster, clock, random, invariants, replicas });
    await tools.untilServing(5_000);
    while (clock.now() < endsAt) {
      await tools.pass(quietMs.min + random.next() * (quietMs.max - quietMs.min));
      const result = await faults[randomInteger(random, faults.length)]!(tools);
      cluster.simLog.say(`healed from ${result.fault} in ${Math.round(result.healedMs)} ms`);
      results.push(result);
    }
    // The log is compared between runs: so are the uids that chance gave.
    for (const kind of ['Pod', 'ReplicaSet', 'Node']) {
      const { items } = await settled(clock, cluster.client.list(kind));
      for (const { metadata } of items) cluster.simLog.say(`${kind} ${metadata?.name} was ${metadata?.uid}`);
    }
  } finally {
    await settled(clock, cluster.stop());
  }
  return { log: cluster.simLog.lines, faults: results, checks: invariants.checks, virtualMs: clock.now() };
}

type Parts = Pick<FaultTools, 'cluster' | 'clock' | 'random' | 'invariants'> & {
  clock: VirtualClock;
  replicas: number;
};

function toolsFor({ cluster, clock, random, invariants, replicas }: Parts): FaultTools {
  let version = 1;
  const pass = async (ms: number) => {
    for (const end = clock.now() + ms; clock.now() < end;) {
      await clock.advance(Math.min(stepMs, end - clock.now()));
      invariants.check();
    }
  };
  return {
    cluster,
    clock,
    random,
    invariants,
    pass,
    async untilServing(withinMs) {
      const from = clock.now();
      while (invariants.serving().length < replicas) {
        if (clock.now() - from > withinMs) {
          const end = cluster.simLog.lines.slice(-40).join('\n');
          throw new Error(
            `only ${invariants.serving().length} of ${replicas} serve after ${withinMs} ms\n${end}`,
          );
        }
        await pass(20);
      }
      return clock.now() - from;
    },
    async rollOut() {
      version++;
      cluster.simLog.say(`version ${version} goes out`);
      const containers = [{ name: 'main', image: `hello:${version}` }];
      const patch = { spec: { template: { spec: { containers } } } };
      const ref = { kind: 'Deployment', namespace: 'default', name: 'hello' };
      await settled(clock, cluster.client.patch(ref, 'strategic', patch));
    },
  };
}

/** Lets virtual time pass until the promise has settled. */
async function settled<T>(clock: VirtualClock, promise: Promise<T>): Promise<T> {
  const state = { done: false };
  const mark = () => {
    state.done = true;
  };
  promise.then(mark, mark);
  while (!state.done) await clock.advance(1);
  return promise;
}

function app(replicas: number): [Deployment, Service] {
  const labels = { app: 'hello' };
  const strategy = { type: 'RollingUpdate', rollingUpdate: { maxSurge: 1, maxUnavailable: 0 } };
  const probe = { httpGet: { path: '/', port: 8080 }, periodSeconds: 1 };
  const containers = [
    { name: 'main', image: 'hello:1', ports: [{ containerPort: 8080 }], readinessProbe: probe },
  ];
  return [
    {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: { namespace: 'default', name: 'hello' },
      spec: {
        replicas,
        strategy,
        selector: { matchLabels: labels },
        template: { metadata: { labels }, spec: { containers } },
      },
    },
    {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { namespace: 'default', name: 'hello' },
      spec: { selector: labels, ports: [{ port: 80, targetPort: 8080 }] },
    },
  ];
}
