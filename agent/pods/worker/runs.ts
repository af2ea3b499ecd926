import type { Container, EphemeralContainer } from '../../../api/types.ts';
import type { ContainerSpec, PodSandbox } from '../../sandbox/sandbox.ts';
import { ContainerRun } from '../container-run.ts';
import { containerSpec } from '../container-spec.ts';
import { ContainerConfigError } from '../env.ts';
import { unsupported } from '../unsupported.ts';
import type { Environment } from './environment.ts';
import type { HeldSandbox } from './held-sandbox.ts';
import { type OnePod } from './one-pod.ts';
import { containersOf, isEphemeral, mainContainersOf } from '../pod-spec.ts';
import type { Pulls } from './pulls.ts';

/** What a run is made of. */
interface Sources {
  images: Pick<Pulls, 'imageOf'>;
  environment: Environment;
  sandbox: HeldSandbox;
  /** Puts the pod on disk. */
  save: () => Promise<void>;
}

/** The containers of one pod that run: started, looked after, stopped. */
export class Runs {
  readonly #one: OnePod;
  readonly #sources: Sources;
  readonly #runs = new Map<string, ContainerRun>();

  constructor(one: OnePod, sources: Sources) {
    this.#one = one;
    this.#sources = sources;
  }

  of(container: string): ContainerRun | undefined {
    return this.#runs.get(container);
  }

  /** Ends as `started`, as `start-held` (it cannot be tried yet) or as `exited` (it was tried). */
  async start(container: Container): Promise<void> {
    const { tell, say } = this.#one;
    const { name } = container;
    const sandbox = this.#sources.sandbox.now;
    const held = (reason: string, message: string) =>
      tell({ type: 'start-held', container: name, reason, message });
    const image = this.#sources.images.imageOf(name);
    if (!image || !sandbox) return held('ContainerCreating', 'its image is looked up again');
    let spec: ContainerSpec;
    let run: ContainerRun;
    try {
      const { capabilities } = this.#sources.sandbox.driverFor(image);
      const refusal = unsupported(this.#one.pod, container, capabilities);
      if (refusal) throw new ContainerConfigError(refusal);
      const env = await this.#sources.environment.of(container);
      run = this.#newRun(container, this.#starts(name) + 1);
      const { log } = run;
      spec = {
        ...containerSpec(container, image, env, (stream, chunk) => log.write(stream, chunk)),
        ...this.#joins(container, sandbox),
      };
      // On disk before it runs: whatever is started can be found again after a kill -9.
      await this.#sources.save();
    } catch (error) {
      const { reason = 'CreateContainerConfigError', message } = error as Error & { reason?: string };
      say('Warning', 'Failed', `Error: ${message}`, container);
      return held(reason, message);
    }
    try {
      const running = await sandbox.start(spec);
      say('Normal', 'Created', `Container created: ${name}`, container);
      tell({ type: 'started', container: name, id: running.id });
      say('Normal', 'Started', `Container started: ${name}`, container);
      this.#attend(container, run, sandbox);
    } catch (error) {
      await run.abandon();
      const message = (error as Error).message;
      say('Warning', 'Failed', `Error: ${message}`, container);
      tell({ type: 'exited', container: name, code: 128, reason: 'StartError', message });
    }
  }

  /** Takes over what lives in a sandbox that outlived the agent. */
  adopt(sandbox: PodSandbox): void {
    for (const container of containersOf(this.#one.pod)) {
      const { name } = container;
      if (!sandbox.containers.has(name) || this.#one.local.containers[name]?.state !== 'running') continue;
      this.#attend(container, this.#newRun(container, this.#starts(name)), sandbox);
    }
  }

  stopProbing(): void {
    for (const run of this.#runs.values()) run.stopProbing();
  }

  /** Asks all to end; one that does not is for the sandbox's removal to end. */
  async stopAll(graceMs: number): Promise<void> {
    await Promise.allSettled([...this.#runs.values()].map((run) => run.stop(graceMs)));
  }

  /** Lets go of them all: their sandbox is gone, or the agent leaves. */
  async abandonAll(): Promise<void> {
    await Promise.allSettled([...this.#runs.values()].map((run) => run.abandon()));
    this.#runs.clear();
  }

  #attend(container: Container, run: ContainerRun, sandbox: PodSandbox): void {
    const { tell, say, tools } = this.#one;
    const { name } = container;
    const running = sandbox.containers.get(name);
    if (!running) return tell({ type: 'exited', container: name, code: 137, reason: 'Error' });
    this.#runs.set(name, run);
    run.attend(
      running,
      sandbox,
      tools,
      {
        passed: (probe, passed) => tell({ type: 'probed', container: name, probe, passed }),
        failedOnce: (kind, message) =>
          say('Warning', 'Unhealthy', `${capital(kind)} probe failed: ${message}`, container),
        unhealthy: (kind, message, graceMs) => {
          say('Normal', 'Killing', `Container ${name} failed ${kind} probe, will be restarted`, container);
          tell({ type: 'unhealthy', container: name, message, graceMs });
        },
      },
      (exit) => {
        if (this.#runs.get(name) === run) this.#runs.delete(name);
        tell({ type: 'exited', container: name, ...exit });
        this.#sayBackOff(container);
      },
    );
  }

  /** What an ephemeral container looks into. @throws ContainerConfigError where that does not run */
  #joins(container: Container, sandbox: PodSandbox): Pick<ContainerSpec, 'joins'> {
    const { pod } = this.#one;
    if (!isEphemeral(container, pod)) return {};
    const { targetContainerName: target } = container as EphemeralContainer;
    if (target && !sandbox.containers.has(target))
      throw new ContainerConfigError(`target container "${target}" is not running; it is tried again`);
    const joined = target ?? mainContainersOf(pod).find(({ name }) => sandbox.containers.has(name))?.name;
    return joined === undefined ? {} : { joins: { container: joined, processes: target !== undefined } };
  }

  #sayBackOff(container: Container): void {
    const { uid, pod, local, say } = this.#one;
    const after = local.containers[container.name];
    if (after?.state !== 'exited' || after.crashDelayMs === 0 || pod.metadata?.deletionTimestamp) return;
    const full = `${local.name}_${local.namespace}(${uid})`;
    const message = `Back-off restarting failed container ${container.name} in pod ${full}`;
    say('Warning', 'BackOff', message, container);
  }

  #newRun(container: Container, count: number): ContainerRun {
    return new ContainerRun(container, this.#one.folder, count, this.#one.tools);
  }

  #starts(container: string): number {
    return this.#one.local.containers[container]?.starts ?? 0;
  }
}

function capital(word: string): string {
  return word.slice(0, 1).toUpperCase() + word.slice(1);
}
