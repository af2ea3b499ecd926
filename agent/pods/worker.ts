import { join } from 'node:path';
import { mkdir } from 'node:fs/promises';
import type { Container, ObjectReference, Pod } from '../../api/types.ts';
import type { Timer } from '../../process/clock.ts';
import { chooseSandbox } from '../sandbox/choose.ts';
import type { ContainerSpec, LocalImage, PodSandbox, Sandbox } from '../sandbox/sandbox.ts';
import { hostAddressOf } from './addresses.ts';
import { backoffMs } from './backoff.ts';
import type { Assignment } from './assignments.ts';
import { ContainerRun, logFolderOf } from './container-run.ts';
import { initContainersOf, mainContainersOf } from './containers.ts';
import { containerSpec } from './container-spec.ts';
import { decidePod, type Action } from './decide.ts';
import { confirmDeletion } from './deletion.ts';
import { resolveEnv } from './env.ts';
import type { LocalEvent, LocalPod } from './local-pod.ts';
import { pullImage, pullPolicyOf } from './pull.ts';
import { begin, reduce } from './reduce.ts';
import { momentOf, type PodTools } from './tools.ts';
import { unsupported } from './unsupported.ts';

/** One situation never needs more rounds than this; more would be two decisions that undo each other. */
const roundsMax = 50;
/** The final status is worth this wait before the pod's object is deleted. */
const flushMsMax = 5_000;
const removeRetryMs = { first: 500, max: 30_000 };

/**
 * Looks after one pod: asks `decidePod` what to do, does it, tells what came of it, asks again. Everything it knows is in
 * `local`, which is on disk; everything that runs is in the sandbox.
 */
export class PodWorker {
  readonly uid: string;
  readonly #tools: PodTools;
  readonly #onForget: () => void;
  #pod: Pod;
  #desired: Pod | undefined;
  #local: LocalPod;
  /** The state that was last given to the disk. */
  #noted: LocalPod | undefined;
  #env: Record<string, Record<string, string>>;
  #sandbox: PodSandbox | undefined;
  #removed = Promise.withResolvers<void>();
  readonly #runs = new Map<string, ContainerRun>();
  readonly #images = new Map<string, LocalImage>();
  readonly #pulls = new Map<string, AbortController>();
  readonly #stop = new AbortController();
  #woken = false;
  #stopping = false;
  #forgotten = false;
  #timer: Timer | undefined;

  constructor(assignment: Assignment, tools: PodTools, onForget: () => void) {
    this.uid = assignment.local.uid;
    this.#pod = assignment.pod;
    this.#desired = assignment.pod;
    this.#local = assignment.local;
    this.#env = assignment.env;
    this.#tools = tools;
    this.#onForget = onForget;
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
    return this.#local.sandbox === 'live' ? this.#sandbox : undefined;
  }

  /** Settles when the sandbox of now goes: tunnels into it end. */
  get sandboxGone(): Promise<void> {
    return this.#removed.promise;
  }

  /** The run of a container whose log is still being written. */
  runOf(container: string): ContainerRun | undefined {
    return this.#runs.get(container);
  }

  logFolderOf(container: string): string {
    return logFolderOf(this.#folder, container);
  }

  /** The API's copy changed; undefined: it is gone from there. */
  want(desired: Pod | undefined): void {
    this.#desired = desired;
    if (desired) this.#pod = desired;
    this.wake();
  }

  /** Takes over a sandbox that outlived the agent. `local` must have been restored with it. */
  adopt(sandbox: PodSandbox): void {
    this.#sandbox = sandbox;
    for (const container of this.#containers()) {
      const running = sandbox.containers.get(container.name);
      if (!running || this.#local.containers[container.name]?.state !== 'running') continue;
      this.#attend(
        container,
        new ContainerRun(container, this.#folder, this.#starts(container.name), this.#tools),
        sandbox,
      );
    }
  }

  /** Decides and acts soon. Many wakes before that are one. */
  wake(): void {
    if (this.#woken || this.#forgotten || this.#stopping) return;
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
    this.#stopping = true;
    this.#timer?.cancel();
    this.#stop.abort(new Error('the agent stops'));
    for (const pull of this.#pulls.values()) pull.abort(new Error('the agent stops'));
    for (const run of this.#runs.values()) run.stopProbing();
    if (!options.keep && this.#sandbox) {
      const graceMs = Math.min(this.#local.graceMs, options.graceMsMax);
      await Promise.allSettled([...this.#runs.values()].map((run) => run.stop(graceMs)));
      await this.#sandbox.remove().catch(() => {});
      this.#removed.resolve();
    }
    await Promise.allSettled([...this.#runs.values()].map((run) => run.abandon()));
    await this.#save().catch(() => {});
  }

  #tick(): void {
    if (this.#stopping || this.#forgotten) return;
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
    if (this.#local !== this.#noted && !this.#forgotten)
      this.#save().catch((error: unknown) =>
        this.#tools.log.error('a pod could not be noted on disk; after a reboot it would be missing', {
          pod: this.#name,
          error,
        }),
      );
  }

  #perform(action: Action): void {
    switch (action.do) {
      case 'report':
        return this.#tools.reporter.report(this.#local, action.status, this.#pod.status);
      case 'fail':
        return this.#say('Warning', action.reason, action.message);
      case 'wait':
        this.#timer?.cancel();
        this.#timer = this.#tools.clock.after(Math.max(0, action.until - this.#tools.clock.now()), () =>
          this.wake(),
        );
        return;
      case 'cancel-pull':
        return this.#pulls.get(action.container)?.abort(new Error('the pod is ending'));
      case 'forget':
        return void this.#forget();
      case 'pull':
        return void this.#pull(this.#container(action.container));
      case 'create-sandbox':
        return void this.#createSandbox(action.container);
      case 'start':
        return void this.#start(this.#container(action.container));
      case 'stop':
        return void this.#stopContainer(action);
      case 'remove-sandbox':
        return void this.#removeSandbox();
      case 'delete':
        return void this.#delete();
    }
  }

  #tell(event: LocalEvent): void {
    // What ends because the agent leaves has not ended by itself: on disk it still runs, so the next agent starts it again.
    if (this.#stopping) return;
    this.#local = reduce(this.#local, event, momentOf(this.#tools.clock));
    this.wake();
  }

  async #pull(container: Container): Promise<void> {
    const { clock, images } = this.#tools;
    const name = container.name;
    const reference = container.image ?? '';
    const abort = new AbortController();
    this.#pulls.set(name, abort);
    const policy = pullPolicyOf(container);
    const startedAt = clock.now();
    let bytes = 0;
    try {
      if (policy === 'Always') this.#say('Normal', 'Pulling', `Pulling image "${reference}"`, container);
      const image = await pullImage(container, {
        images,
        before: this.#local.containers[name]?.image?.digest,
        signal: abort.signal,
        onBytes: (pulled) => {
          if (bytes === 0 && policy !== 'Always')
            this.#say('Normal', 'Pulling', `Pulling image "${reference}"`, container);
          bytes = pulled;
        },
      });
      this.#images.set(name, image);
      const took = Math.round(clock.now() - startedAt);
      this.#say(
        'Normal',
        'Pulled',
        bytes > 0
          ? `Successfully pulled image "${reference}" in ${took}ms. Image size: ${bytes} bytes.`
          : `Container image "${reference}" already present on machine`,
        container,
      );
      this.#tell({
        type: 'pulled',
        container: name,
        image: { reference: image.reference, digest: image.digest },
      });
    } catch (error) {
      if (abort.signal.aborted) return this.#tell({ type: 'pull-cancelled', container: name });
      const { reason = 'ErrImagePull', message } = error as Error & { reason?: string };
      this.#say('Warning', 'Failed', `Failed to pull image "${reference}": ${message}`, container);
      this.#tell({ type: 'pull-failed', container: name, reason, message });
    } finally {
      if (this.#pulls.get(name) === abort) this.#pulls.delete(name);
    }
  }

  async #createSandbox(first: string): Promise<void> {
    try {
      const driver = this.#driverFor(this.#images.get(first));
      if (!this.#local.podIP)
        throw new Error(
          'this node has no pod address to give: it waits for its range (spec.podCIDR), or all are taken',
        );
      const directory = join(this.#folder, 'sandbox');
      await mkdir(directory, { recursive: true, mode: 0o700 });
      this.#sandbox = await driver.create({
        uid: this.uid,
        namespace: this.#local.namespace,
        name: this.#local.name,
        directory,
      });
      this.#removed = Promise.withResolvers<void>();
      this.#tell({ type: 'sandbox-created' });
    } catch (error) {
      const message = (error as Error).message;
      this.#say('Warning', 'FailedCreatePodSandBox', `Failed to create pod sandbox: ${message}`);
      this.#tell({ type: 'sandbox-failed', message });
    }
  }

  async #start(container: Container): Promise<void> {
    const name = container.name;
    const image = this.#images.get(name);
    const sandbox = this.#sandbox;
    if (!image || !sandbox)
      return this.#tell({
        type: 'start-held',
        container: name,
        reason: 'ContainerCreating',
        message: 'its image is looked up again',
      });
    let spec: ContainerSpec;
    let run: ContainerRun;
    try {
      const refusal = unsupported(this.#pod, container, this.#driverFor(image).capabilities);
      if (refusal) throw Object.assign(new Error(refusal), { reason: 'CreateContainerConfigError' });
      const env = await this.#resolveEnv(container);
      run = new ContainerRun(container, this.#folder, this.#starts(name) + 1, this.#tools);
      const { log } = run;
      spec = containerSpec(container, image, env, (stream, chunk) => log.write(stream, chunk));
      // On disk before it runs: whatever is started can be found again after a kill -9.
      await this.#save();
    } catch (error) {
      const { reason = 'CreateContainerConfigError', message } = error as Error & { reason?: string };
      this.#say('Warning', 'Failed', `Error: ${message}`, container);
      return this.#tell({ type: 'start-held', container: name, reason, message });
    }
    try {
      const running = await sandbox.start(spec);
      this.#say('Normal', 'Created', `Container created: ${name}`, container);
      this.#tell({ type: 'started', container: name, id: running.id });
      this.#say('Normal', 'Started', `Container started: ${name}`, container);
      this.#attend(container, run, sandbox);
    } catch (error) {
      await run.abandon();
      const message = (error as Error).message;
      this.#say('Warning', 'Failed', `Error: ${message}`, container);
      this.#tell({ type: 'exited', container: name, code: 128, reason: 'StartError', message });
    }
  }

  #attend(container: Container, run: ContainerRun, sandbox: PodSandbox): void {
    const name = container.name;
    const running = sandbox.containers.get(name);
    if (!running) return this.#tell({ type: 'exited', container: name, code: 137, reason: 'Error' });
    this.#runs.set(name, run);
    run.attend(
      running,
      sandbox,
      this.#tools,
      {
        passed: (probe, passed) => this.#tell({ type: 'probed', container: name, probe, passed }),
        failedOnce: (kind, message) =>
          this.#say('Warning', 'Unhealthy', `${capital(kind)} probe failed: ${message}`, container),
        unhealthy: (kind, message, graceMs) => {
          const why = `Container ${name} failed ${kind} probe, will be restarted`;
          this.#say('Normal', 'Killing', why, container);
          this.#tell({ type: 'unhealthy', container: name, message, graceMs });
        },
      },
      (exit) => {
        if (this.#runs.get(name) === run) this.#runs.delete(name);
        this.#tell({ type: 'exited', container: name, ...exit });
        this.#sayBackOff(container);
      },
    );
  }

  async #stopContainer(action: Extract<Action, { do: 'stop' }>): Promise<void> {
    const run = this.#runs.get(action.container);
    if (action.why !== 'unhealthy')
      this.#say(
        'Normal',
        'Killing',
        `Stopping container ${action.container}`,
        this.#container(action.container),
      );
    try {
      await run?.stop(action.graceMs);
    } catch (error) {
      // The sandbox's removal is the stronger means, and it follows only when nothing lives: so end the container by it.
      this.#tools.log.warn('a container did not stop, removing its sandbox', { pod: this.#name, error });
      await this.#sandbox?.remove().catch(() => {});
      this.#removed.resolve();
      this.#tell({ type: 'sandbox-removed' });
    }
  }

  async #removeSandbox(): Promise<void> {
    for (let failures = 0; !this.#stop.signal.aborted;) {
      try {
        await this.#sandbox?.remove();
        this.#sandbox = undefined;
        this.#removed.resolve();
        await Promise.allSettled([...this.#runs.values()].map((run) => run.abandon()));
        this.#runs.clear();
        return this.#tell({ type: 'sandbox-removed' });
      } catch (error) {
        failures++;
        this.#tools.log.warn('a sandbox could not be removed, trying again', { pod: this.#name, error });
        await this.#tools.clock.sleep(backoffMs(removeRetryMs, failures), this.#stop.signal).catch(() => {});
      }
    }
  }

  async #delete(): Promise<void> {
    await this.#tools.reporter.flush(this.uid, flushMsMax);
    const gone = await confirmDeletion(this.#local, this.#tools, this.#stop.signal, () => !this.#desired);
    if (gone) this.want(undefined);
  }

  async #forget(): Promise<void> {
    this.#forgotten = true;
    this.#timer?.cancel();
    this.#tools.reporter.drop(this.uid);
    await Promise.allSettled([...this.#runs.values()].map((run) => run.abandon()));
    if (this.#local.podIP) this.#tools.addresses.free(this.#local.podIP);
    this.#removed.resolve();
    this.#onForget();
    await this.#tools.assignments.forget(this.uid).catch((error: unknown) =>
      this.#tools.log.warn('the folder of a pod that is gone could not be removed', {
        pod: this.#name,
        error,
      }),
    );
  }

  async #resolveEnv(container: Container): Promise<Record<string, string>> {
    const { nodeName, allocatable, envSources } = this.#tools;
    const facts = {
      nodeName,
      allocatable,
      podIP: this.#local.podIP ?? '',
      hostIP: this.#local.hostIP ?? '',
    };
    try {
      const env = await resolveEnv(this.#pod, container, facts, envSources);
      this.#env[container.name] = env;
      return env;
    } catch (error) {
      // With no controller in reach the container starts with what it had; a ConfigMap that is really gone holds it.
      const before = this.#env[container.name];
      if (before && (error as { reason?: string }).reason !== 'CreateContainerConfigError') return before;
      throw error;
    }
  }

  #allocateAddress(): void {
    if (this.#local.podIP && this.#local.hostIP) return;
    const cidr = this.#tools.podCIDR();
    if (!cidr || this.#local.failed) return;
    const podIP = this.#local.podIP ?? this.#tools.addresses.allocate(cidr);
    this.#local = { ...this.#local, podIP, hostIP: hostAddressOf(cidr) };
  }

  #driverFor(image: LocalImage | undefined): Sandbox {
    const { sandboxes, own } = this.#tools;
    return chooseSandbox(image?.kind ?? 'wasm', this.#pod.spec?.runtimeClassName, sandboxes, own);
  }

  #sayBackOff(container: Container): void {
    const local = this.#local.containers[container.name];
    if (local?.state !== 'exited' || local.crashDelayMs === 0 || this.#desired?.metadata?.deletionTimestamp)
      return;
    const full = `${this.#local.name}_${this.#local.namespace}(${this.uid})`;
    this.#say(
      'Warning',
      'BackOff',
      `Back-off restarting failed container ${container.name} in pod ${full}`,
      container,
    );
  }

  #say(type: 'Normal' | 'Warning', reason: string, message: string, container?: Container): void {
    const about: ObjectReference = {
      apiVersion: 'v1',
      kind: 'Pod',
      namespace: this.#local.namespace,
      name: this.#local.name,
      uid: this.uid,
    };
    if (container) {
      const init = initContainersOf(this.#pod).includes(container);
      about.fieldPath = `spec.${init ? 'initContainers' : 'containers'}{${container.name}}`;
    }
    this.#tools.events.record(about, type, reason, message);
  }

  #save(): Promise<void> {
    if (this.#forgotten) return Promise.resolve();
    this.#noted = this.#local;
    return this.#tools.assignments.save({ pod: this.#pod, local: this.#local, env: this.#env });
  }

  #containers(): Container[] {
    return [...initContainersOf(this.#pod), ...mainContainersOf(this.#pod)];
  }

  #container(name: string): Container {
    return this.#containers().find((container) => container.name === name)!;
  }

  #starts(container: string): number {
    return this.#local.containers[container]?.starts ?? 0;
  }

  get #folder(): string {
    return this.#tools.assignments.folderOf(this.uid);
  }

  get #name(): string {
    return `${this.#local.namespace}/${this.#local.name}`;
  }
}

function capital(word: string): string {
  return word.slice(0, 1).toUpperCase() + word.slice(1);
}
