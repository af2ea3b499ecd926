import { readFileSync } from 'node:fs';
import { mkdir, rm, rmdir } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import type { Clock } from '../../../process/clock.ts';
import type { Log } from '../../../process/log.ts';
import { identify, isAlive, signal } from '../identity.ts';
import { pidIn, type Jail } from '../jail/jail.ts';
import type { Capabilities, PodSandbox, PodSandboxSpec, Sandbox } from '../sandbox.ts';
import { jailFile, labelOf } from './launch.ts';
import { WasmPod } from './pod.ts';
import { readRecords } from './record.ts';
import type { Runtime } from './runtime.ts';
import { TranspiledCache } from './transpiled.ts';
import { watchdogLimits, type WatchdogLimits } from './watchdog.ts';

/** Runs WASI 0.2 `wasi:http/incoming-handler` components, each in a jailed Node of its own. */
export class WasmSandbox implements Sandbox {
  readonly name = 'wasm';
  readonly capabilities: Capabilities;
  readonly #folder: string;
  readonly #jail: Jail;
  readonly #runtime: Runtime;
  readonly #cache: TranspiledCache;
  readonly #clock: Clock;
  readonly #log: Log;
  readonly #watchdog: WatchdogLimits;
  readonly #pods = new Map<string, WasmPod>();

  constructor(options: {
    dataFolder: string;
    jail: Jail;
    runtime: Runtime;
    clock: Clock;
    log: Log;
    watchdog?: Partial<WatchdogLimits>;
  }) {
    const { dataFolder, jail, runtime, clock, log } = options;
    this.#folder = join(dataFolder, 'pods');
    this.#jail = jail;
    this.#runtime = runtime;
    this.#clock = clock;
    this.#log = log;
    this.#watchdog = { ...watchdogLimits, ...options.watchdog };
    this.#cache = new TranspiledCache({ folder: join(dataFolder, 'transpiled'), jail, runtime, clock });
    this.capabilities = {
      exec: false,
      stats: process.platform === 'linux',
      ports: 'http',
      sharedLoopback: false,
      isolation: jail.isolation,
      // By a watchdog on resident memory and V8's own caps, not by a cgroup.
      enforces: { memory: process.platform === 'linux', cpu: false },
    };
  }

  async create(spec: PodSandboxSpec): Promise<PodSandbox> {
    const pod = this.#pod(spec);
    await mkdir(pod.folder, { recursive: true, mode: 0o700 });
    return pod;
  }

  async recover(): Promise<PodSandbox[]> {
    const recovered = new Set<WasmPod>();
    await this.#cache.tidy();
    for (const { folder, record } of await readRecords(this.#folder)) {
      if (record?.process && isAlive(record.process)) {
        const pod = this.#pod(record.pod);
        recovered.add(pod);
        try {
          await pod.adopt(record, folder);
          continue;
        } catch (error) {
          this.#log.warn('a container of an earlier run cannot be adopted and is ended', {
            pod: record.pod.name,
            container: record.container,
            why: error,
          });
          signal(record.process, 'SIGKILL');
        }
      }
      endUnrecorded(folder);
      await rm(folder, { recursive: true, force: true });
      // Other containers of the pod may be in it still.
      await rmdir(dirname(folder)).catch(() => {});
    }
    return [...recovered];
  }

  async close(): Promise<void> {
    for (const pod of this.#pods.values()) pod.leave();
    this.#pods.clear();
  }

  #pod(spec: PodSandboxSpec): WasmPod {
    const known = this.#pods.get(spec.uid);
    if (known) return known;
    const pod = new WasmPod(spec, join(this.#folder, spec.uid), {
      jail: this.#jail,
      runtime: this.#runtime,
      cache: this.#cache,
      clock: this.#clock,
      watchdog: this.#watchdog,
      forget: () => this.#pods.delete(spec.uid),
    });
    this.#pods.set(spec.uid, pod);
    return pod;
  }
}

/** The agent died between starting a process and noting it. The label in its arguments tells it from a process that has its pid now. */
function endUnrecorded(folder: string): void {
  try {
    const pid = pidIn(readFileSync(join(folder, jailFile), 'utf8'));
    const identity = pid === undefined ? undefined : identify(pid);
    const words = identity && readFileSync(`/proc/${identity.pid}/cmdline`, 'utf8').split('\0');
    if (words?.includes(labelOf(basename(dirname(folder)), basename(folder)))) signal(identity!, 'SIGKILL');
  } catch {
    // No such file or process: nothing to end.
  }
}
