import type { Container, Pod } from '../../../api/types.ts';
import type { Timer } from '../../../process/clock.ts';
import type { PodSandbox } from '../../sandbox/sandbox.ts';
import { hostAddressOf } from '../addresses.ts';
import type { Assignment } from '../assignments.ts';
import { logFolderOf, type ContainerRun } from '../container-run.ts';
import { decidePod, type Action } from '../decide.ts';
import { confirmDeletion } from '../deletion.ts';
import { withNewContainers, type LocalEvent, type LocalPod } from '../local-pod.ts';
import { begin, reduce } from '../reduce.ts';
import { momentOf, type PodTools } from '../tools.ts';
import { Environment } from './environment.ts';
import { HeldSandbox } from './held-sandbox.ts';
import { aboutPod, type OnePod } from './one-pod.ts';
import { containerNamed } from '../pod-spec.ts';
import { Pulls } from './pulls.ts';
import { Runs } from './runs.ts';

/** One situation never needs more rounds than this; more would be two decisions that undo each other. */
const roundsMax = 50;
/** The final status is worth this wait before the pod's object is deleted. */
const flushMsMax = 5_000;
/** A pod that could not be noted (a full disk) is tried again so much later, where nothing else makes it note itself. */
export const noteAgainMs = 5_000;
const stopping = 'the agent stops';

/**
 * Looks after one pod: asks `decidePod` what to do, has it done, notes what came of it, asks again. Everything it knows is in
 * `local`, which is on disk; everything that runs is in the sandbox.
 */
export class PodWorker {
  readonly uid: string;
  readonly #tools: PodTools;
  readonly #onForget: () => void;
  readonly #one: OnePod;
  readonly #pulls: Pulls;
  readonly #environment: Environment;
  readonly #sandbox: HeldSandbox;
  readonly #runs: Runs;
  readonly #stop = new AbortController();
  #pod: Pod;
  #desired: Pod | undefined;
  #local: LocalPod;
  /** The state that was last given to the disk. */
  #noted: LocalPod | undefined;
  #removal: Promise<void> | undefined;
  #timer: Timer | undefined;
  #noteAgain: Timer | undefined;
  #woken = false;
  #forgotten = false;

  /** @throws Error if the pod's uid could not be a folder's name */
  constructor(assignment: Assignment, tools: PodTools, onForget: () => void) {
    this.uid = assignment.local.uid;
    this.#pod = assignment.pod;
    this.#desired = assignment.pod;
    this.#local = withNewContainers(assignment.local, assignment.pod);
    this.#tools = tools;
    this.#onForget = onForget;
    this.#one = this.#asOnePod(tools.assignments.folderOf(this.uid));
    this.#pulls = new Pulls(this.#one);
    this.#environment = new Environment(this.#one, assignment.env);
    this.#sandbox = new HeldSandbox(this.#one);
    this.#runs = new Runs(this.#one, {
      images: this.#pulls,
      environment: this.#environment,
      sandbox: this.#sandbox,
      save: () => this.#save(),
    });
    if (assignment.local.podIP) tools.addresses.take(assignment.local.podIP);
  }

  get local(): LocalPod {
    return this.#local;
  }

  /** The pod as the API last had it. */
  get pod(): Pod {
    return this.#pod;
  }

  /** The live sandbox, to open tunnels into. */
  get sandbox(): PodSandbox | undefined {
    return this.#local.sandbox === 'live' ? this.#sandbox.now : undefined;
  }

  /** Settles when the sandbox of now goes: tunnels into it end. */
  get sandboxGone(): Promise<void> {
    return this.#sandbox.gone;
  }

  /** The run of a container whose log is still being written. */
  runOf(container: string): ContainerRun | undefined {
    return this.#runs.of(container);
  }

  logFolderOf(container: string): string {
    return logFolderOf(this.#one.folder, container);
  }

  /** The API's copy changed; undefined: it is gone from there. */
  want(desired: Pod | undefined): void {
    this.#desired = desired;
    if (desired) {
      this.#pod = desired;
      this.#local = withNewContainers(this.#local, desired);
    }
    this.wake();
  }

  /** Takes over a sandbox that outlived the agent. `local` must have been restored with it. */
  adopt(sandbox: PodSandbox): void {
    this.#sandbox.adopt(sandbox);
    this.#runs.adopt(sandbox);
  }

  /** Decides and acts soon. Many wakes before that are one. */
  wake(): void {
    if (this.#woken || this.#over) return;
    this.#woken = true;
    queueMicrotask(() => {
      this.#woken = false;
      this.#tick();
    });
  }

  /**
   * Leaves the pod: with `keep` its sandbox lives on for the next agent to adopt, else it is ended within its grace, at most
   * `graceMsMax`. The assignment stays on disk in both cases.
   */
  async stop(options: { keep: boolean; graceMsMax: number }): Promise<void> {
    this.#timer?.cancel();
    this.#noteAgain?.cancel();
    this.#stop.abort(new Error(stopping));
    this.#pulls.cancelAll(stopping);
    this.#runs.stopProbing();
    if (!options.keep) {
      await this.#runs.stopAll(Math.min(this.#local.graceMs, options.graceMsMax));
      await this.#sandbox.removeOnce().catch(this.#warn('a sandbox is left for the next agent to end'));
    }
    await this.#runs.abandonAll();
    await this.#save().catch(this.#warn('a pod is on disk as it was before'));
  }

  #tick(): void {
    if (this.#over) return;
    this.#timer?.cancel();
    for (let round = 0; ; round++) {
      if (round === roundsMax) {
        this.#tools.log.error('a pod keeps deciding without an end and is left as it is', {
          pod: this.#name,
        });
        break;
      }
      this.#allocateAddress();
      const actions = decidePod(this.#desired, this.#local, momentOf(this.#tools.clock));
      const now = actions.filter(({ do: act }) => act !== 'wait' && act !== 'cancel-pull');
      for (const action of actions) {
        this.#local = begin(this.#local, action);
        this.#perform(action);
      }
      if (now.length === 0 || this.#forgotten) break;
    }
    // While the disk refuses, each change of the pod would be one more attempt.
    if (this.#local !== this.#noted && !this.#forgotten && !this.#noteAgain) this.#note();
  }

  #note(): void {
    this.#save().catch((error: unknown) => {
      this.#tools.diskTrouble.failed(this.#name, error);
      if (this.#over || this.#noteAgain) return;
      this.#noteAgain = this.#tools.clock.after(noteAgainMs, () => {
        this.#noteAgain = undefined;
        if (!this.#over && !this.#forgotten) this.#note();
      });
    });
  }

  #perform(action: Action): void {
    switch (action.do) {
      case 'report':
        return this.#tools.reporter.report(this.#local, action.status, this.#pod.status);
      case 'fail':
        return this.#one.say('Warning', action.reason, action.message);
      case 'wait':
        return this.#waitUntil(action.until);
      case 'cancel-pull':
        return this.#pulls.cancel(action.container, 'the pod is ending');
      case 'pull':
        return void this.#pulls.pull(this.#container(action.container));
      case 'create-sandbox':
        return void this.#sandbox.create(this.#pulls.imageOf(action.container));
      case 'start':
        return void this.#runs.start(this.#container(action.container));
      case 'stop':
        return void this.#stopContainer(action);
      case 'remove-sandbox':
        return void this.#removeSandbox();
      case 'delete':
        return void this.#delete();
      case 'forget':
        return void this.#forget();
    }
  }

  #tell(event: LocalEvent): void {
    // What ends because the agent leaves has not ended by itself: on disk it still runs, so the next agent starts it again.
    if (this.#stop.signal.aborted) return;
    this.#local = reduce(this.#local, event, momentOf(this.#tools.clock));
    this.wake();
  }

  #waitUntil(until: number): void {
    const { clock } = this.#tools;
    this.#timer?.cancel();
    this.#timer = clock.after(Math.max(0, until - clock.now()), () => this.wake());
  }

  async #stopContainer({ container, graceMs, why }: Extract<Action, { do: 'stop' }>): Promise<void> {
    if (why !== 'unhealthy')
      this.#one.say('Normal', 'Killing', `Stopping container ${container}`, this.#container(container));
    try {
      await this.#runs.of(container)?.stop(graceMs);
    } catch (error) {
      this.#warn('a container did not stop, so its whole sandbox is removed')(error);
      await this.#removeSandbox();
    }
  }

  /** Two that ask for it at once wait for the same removal: told twice, it would also end the sandbox made after it. */
  #removeSandbox(): Promise<void> {
    this.#removal ??= (async () => {
      if (!(await this.#sandbox.remove(this.#stop.signal))) return;
      await this.#runs.abandonAll();
      this.#tell({ type: 'sandbox-removed' });
    })().finally(() => (this.#removal = undefined));
    return this.#removal;
  }

  async #delete(): Promise<void> {
    await this.#tools.reporter.flush(this.uid, flushMsMax);
    const gone = await confirmDeletion(this.#local, this.#tools, this.#stop.signal, () => !this.#desired);
    if (gone) this.want(undefined);
  }

  async #forget(): Promise<void> {
    const { reporter, addresses, assignments } = this.#tools;
    this.#forgotten = true;
    this.#timer?.cancel();
    this.#noteAgain?.cancel();
    this.#tools.diskTrouble.over(this.#name);
    reporter.drop(this.uid);
    await this.#runs.abandonAll();
    if (this.#local.podIP) addresses.free(this.#local.podIP);
    this.#sandbox.release();
    this.#onForget();
    await assignments
      .forget(this.uid)
      .catch(this.#warn('the folder of a pod that is gone could not be removed'));
  }

  #allocateAddress(): void {
    if (this.#local.podIP && this.#local.hostIP) return;
    const cidr = this.#tools.podCIDR();
    if (!cidr || this.#local.failed) return;
    const podIP = this.#local.podIP ?? this.#tools.addresses.allocate(cidr);
    this.#local = { ...this.#local, podIP, hostIP: hostAddressOf(cidr) };
  }

  async #save(): Promise<void> {
    if (this.#forgotten) return;
    this.#noted = this.#local;
    await this.#tools.assignments.save({
      pod: this.#pod,
      local: this.#local,
      env: this.#environment.known,
    });
    this.#tools.diskTrouble.over(this.#name);
  }

  #container(name: string): Container {
    return containerNamed(this.#pod, name)!;
  }

  #asOnePod(folder: string): OnePod {
    const pod = () => this.#pod;
    const local = () => this.#local;
    return {
      uid: this.uid,
      tools: this.#tools,
      folder,
      get pod() {
        return pod();
      },
      get local() {
        return local();
      },
      tell: (event) => this.#tell(event),
      say: (type, reason, message, container) =>
        this.#tools.events.record(aboutPod(this.#pod, container), type, reason, message),
    };
  }

  #warn(what: string): (error: unknown) => void {
    return (error) => this.#tools.log.warn(what, { pod: this.#name, error });
  }

  /** Nothing more is decided: the agent leaves, or the pod is forgotten. */
  get #over(): boolean {
    return this.#stop.signal.aborted || this.#forgotten;
  }

  get #name(): string {
    return `${this.#local.namespace}/${this.#local.name}`;
  }
}
