import { join } from 'node:path';
import type { Container } from '../../api/types.ts';
import type { Exit, PodSandbox, RunningContainer } from '../sandbox/sandbox.ts';
import { ContainerLog } from './logs/container-log.ts';
import { checkThrough } from './probes/check.ts';
import { startProber, type ProbeListener } from './probes/prober.ts';
import type { PodTools } from './tools.ts';

/** Where a container's log files lie inside its pod's folder. */
export function logFolderOf(podFolder: string, container: string): string {
  return join(podFolder, 'logs', container);
}

/** One run of one container, from its start to its end: its process, its log, its probes. */
export class ContainerRun {
  readonly container: Container;
  readonly log: ContainerLog;
  #running: RunningContainer | undefined;
  #prober: { stop(): void } | undefined;
  #over = false;

  constructor(container: Container, podFolder: string, run: number, tools: PodTools) {
    this.container = container;
    this.log = new ContainerLog({
      folder: logFolderOf(podFolder, container.name),
      run,
      clock: tools.clock,
      log: tools.log,
      limits: tools.logLimits,
    });
  }

  /** Looks after a container that runs: probes it, and tells its end once. */
  attend(
    running: RunningContainer,
    sandbox: PodSandbox,
    tools: PodTools,
    listener: ProbeListener,
    onExit: (exit: Exit) => void,
  ): void {
    this.#running = running;
    // One that an earlier agent started prints into that one's log until it is told of ours.
    running.attach?.((stream, chunk) => this.log.write(stream, chunk));
    this.#prober = startProber(
      this.container,
      checkThrough(sandbox, this.container, tools.clock),
      tools.clock,
      listener,
    );
    const over = (exit: Exit) => {
      if (this.#over) return;
      this.#over = true;
      this.#prober?.stop();
      void this.log.end();
      onExit(exit);
    };
    running.exited.then(over, (error: unknown) =>
      over({ code: 137, reason: 'Error', message: (error as Error)?.message ?? String(error) }),
    );
  }

  /** Asks it to end. Its end is told through `attend`. */
  async stop(graceMs: number): Promise<void> {
    this.#prober?.stop();
    await this.#running?.stop(graceMs);
  }

  /** Lets go of a run whose sandbox was removed under it. */
  async abandon(): Promise<void> {
    this.#over = true;
    this.#prober?.stop();
    await this.log.end();
  }

  /** No more probes, while the run itself goes on: the agent leaves, or the pod is ending. */
  stopProbing(): void {
    this.#prober?.stop();
  }
}
