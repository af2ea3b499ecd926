import { join } from 'node:path';
import type { Clock } from '../../process/clock.ts';
import { makePrivateFolder } from '../../process/folder.ts';
import type { Log } from '../../process/log.ts';
import type { ServiceNetwork } from '../network/service-network.ts';
import { findJail } from './jail/trial.ts';
import type { PodmanCommand } from './podman/service.ts';
import type { Sandbox } from './sandbox.ts';
import { WasmSandbox } from './wasm/driver.ts';
import { assembleRuntime } from './wasm/runtime.ts';

/**
 * The sandboxes that this host offers, best first; what it cannot offer is said in the log. Everything that they keep is under
 * `dataFolder`, which must be this agent's alone. Takes 0.1 s, of which half is the trial of bubblewrap, or 0.5 s with podman.
 */
export async function createSandboxes(options: {
  dataFolder: string;
  clock: Clock;
  log: Log;
  /** bubblewrap's command, for machines that keep it elsewhere. @default 'bwrap' */
  bubblewrap?: string;
  /** @default podman with its own settings */
  podman?: Partial<PodmanCommand>;
  /** @default containers reach nothing but themselves */
  network?: Pick<ServiceNetwork, 'join'>;
}): Promise<Sandbox[]> {
  const { clock, log } = options;
  const dataFolder = makePrivateFolder(join(options.dataFolder, 'wasm'));
  // Each is a trial run: at the same time, since podman's takes half a second.
  const [{ jail, why }, podman] = await Promise.all([
    findJail({
      folder: dataFolder,
      clock,
      ...(options.bubblewrap === undefined ? {} : { command: options.bubblewrap }),
    }),
    createPodman(options),
  ]);
  if (why !== undefined)
    log.warn('no operating-system sandbox: only the owner’s own apps will run here', { why });
  const runtime = await assembleRuntime(dataFolder);
  const wasm = new WasmSandbox({ dataFolder, jail, runtime, clock, log });
  return podman ? [wasm, podman] : [wasm];
}

/** podman's driver, where it is installed and a container comes up; else undefined, and the log says why. */
export async function createPodman(options: {
  dataFolder: string;
  clock: Clock;
  log: Log;
  podman?: Partial<PodmanCommand>;
  network?: Pick<ServiceNetwork, 'join'>;
}): Promise<Sandbox | undefined> {
  const { dataFolder, clock, log, network } = options;
  const command: PodmanCommand = { program: 'podman', options: [], env: {}, ...options.podman };
  // Loaded where there is something to load it for.
  const { tryPodman } = await import('./podman/trial.ts');
  const trial = await tryPodman(command);
  if ('why' in trial) {
    log.info('no podman: only wasm components run here', { why: trial.why });
    return undefined;
  }
  const { PodmanSandbox } = await import('./podman/driver.ts');
  return new PodmanSandbox({
    dataFolder,
    command,
    enforces: trial.enforces,
    clock,
    log,
    ...(network && { network }),
  });
}
