import type { Pod } from '../api/types.ts';
import type { PodAddresses } from '../agent/pods/addresses.ts';
import { decidePod, type Action } from '../agent/pods/decide.ts';
import { newLocalPod, type LocalEvent, type LocalPod, type Moment } from '../agent/pods/local-pod.ts';
import { begin, reduce } from '../agent/pods/reduce.ts';
import type { StatusReporter } from '../agent/pods/reporter.ts';
import type { Client } from '../client/client.ts';
import type { Clock, Timer } from '../process/clock.ts';
import { jittered, type Random } from '../process/random.ts';

/** How long the parts of a start take on a home host with the image near; each is spread by half. */
const takesMs = { pull: 60, sandbox: 30, start: 150, ready: 120, stop: 80, remove: 20 };
/** More steps without time passing would be a pod that decides in circles. */
const stepsMax = 100;

export interface SimPodTools {
  client: Client;
  clock: Clock;
  random: Random;
  reporter: StatusReporter;
  addresses: PodAddresses;
  podCIDR: () => string | undefined;
  forget: (uid: string) => void;
  say: (what: string) => void;
}

/** One pod on a simulated host: the agent's own decisions, carried out by nothing but the passing of time. */
export class SimPod {
  readonly #tools: SimPodTools;
  #actual: LocalPod;
  #desired: Pod | undefined;
  #timers = new Set<Timer>();
  #wake: Timer | undefined;
  #ended = false;

  constructor(pod: Pod, tools: SimPodTools, saved?: LocalPod) {
    this.#tools = tools;
    this.#desired = pod;
    this.#actual = saved ?? newLocalPod(pod, this.#moment());
    const cidr = tools.podCIDR();
    if (!this.#actual.podIP && cidr) {
      this.#actual = { ...this.#actual, podIP: tools.addresses.allocate(cidr), hostIP: '10.0.0.1' };
    }
    this.#go();
  }

  /** What the host's disk holds of it. */
  get saved(): LocalPod {
    return this.#actual;
  }

  /** Whether it would answer a request right now. */
  get serves(): boolean {
    const containers = Object.values(this.#actual.containers);
    return (
      !this.#ended && containers.every(({ state, readinessPassed }) => state === 'running' && readinessPassed)
    );
  }

  want(pod: Pod | undefined): void {
    this.#desired = pod;
    if (pod) this.#tools.reporter.observe(pod);
    this.#go();
  }

  /** The host is gone, and this with it. */
  vanish(): void {
    this.#ended = true;
    this.#wake?.cancel();
    for (const timer of this.#timers) timer.cancel();
  }

  #moment(): Moment {
    const { clock } = this.#tools;
    return { now: clock.now(), date: clock.date().toISOString() };
  }

  #go(): void {
    for (let step = 0; !this.#ended; step++) {
      if (step > stepsMax) throw new Error(`pod ${this.#actual.name} decides in circles`);
      const actions = decidePod(this.#desired, this.#actual, this.#moment());
      this.#wake?.cancel();
      this.#wake = undefined;
      const before = this.#actual;
      for (const action of actions) {
        this.#actual = begin(this.#actual, action);
        this.#perform(action);
      }
      if (this.#actual === before) return;
    }
  }

  #perform(action: Action): void {
    const { reporter, clock } = this.#tools;
    switch (action.do) {
      case 'report':
        return reporter.report(this.#actual, action.status, this.#desired?.status);
      case 'pull': {
        const image = { reference: 'hello', digest: 'sha256:0' };
        return this.#after(takesMs.pull, { type: 'pulled', container: action.container, image });
      }
      case 'cancel-pull':
        return this.#after(0, { type: 'pull-cancelled', container: action.container });
      case 'create-sandbox':
        return this.#after(takesMs.sandbox, { type: 'sandbox-created' });
      case 'start':
        this.#after(takesMs.start, { type: 'started', container: action.container, id: 'sim://1' });
        return;
      case 'stop':
        return this.#after(takesMs.stop, {
          type: 'exited',
          container: action.container,
          code: 0,
          reason: 'Completed',
        });
      case 'remove-sandbox':
        return this.#after(takesMs.remove, { type: 'sandbox-removed' });
      case 'delete':
        return this.#delete();
      case 'forget':
        this.vanish();
        reporter.drop(this.#actual.uid);
        if (this.#actual.podIP) this.#tools.addresses.free(this.#actual.podIP);
        return this.#tools.forget(this.#actual.uid);
      case 'wait':
        this.#wake = clock.after(Math.max(0, action.until - clock.now()), () => this.#go());
        return;
      case 'fail':
        return;
    }
  }

  #after(delayMs: number, event: LocalEvent): void {
    const { clock, random, say } = this.#tools;
    const timer = clock.after(jittered(random, delayMs), () => {
      this.#timers.delete(timer);
      this.#actual = reduce(this.#actual, event, this.#moment());
      if (event.type === 'started') {
        this.#after(takesMs.ready, {
          type: 'probed',
          container: event.container,
          probe: 'readiness',
          passed: true,
        });
      }
      if (event.type === 'probed') say(`pod ${this.#actual.name} serves`);
      this.#go();
    });
    this.#timers.add(timer);
  }

  #delete(): void {
    const { client } = this.#tools;
    const { namespace, name, uid } = this.#actual;
    client
      .delete({ kind: 'Pod', namespace, name }, { gracePeriodSeconds: 0, preconditions: { uid } })
      .catch(() => {
        if (!this.#ended) this.#after(1_000, { type: 'delete-failed' });
      });
  }
}
