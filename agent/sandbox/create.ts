import { join } from 'node:path';
import type { Clock } from '../../process/clock.ts';
import { makePrivateFolder } from '../../process/folder.ts';
import type { Log } from '../../process/log.ts';
import { findJail } from './jail/trial.ts';
import type { Sandbox } from './sandbox.ts';
import { WasmSandbox } from './wasm/driver.ts';
import { assembleRuntime } from './wasm/runtime.ts';

/**
 * The sandboxes that this host offers, best first; what it cannot offer is said in the log. Everything that they keep is under
 * `dataFolder`, which must be this agent's alone. Takes 0.1 s, of which half is the trial of bubblewrap.
 */
export async function createSandboxes(options: {
  dataFolder: string;
  clock: Clock;
  log: Log;
  /** bubblewrap's command, for machines that keep it elsewhere. @default 'bwrap' */
  bubblewrap?: string;
}): Promise<Sandbox[]> {
  const { clock, log } = options;
  const dataFolder = makePrivateFolder(join(options.dataFolder, 'wasm'));
  const { jail, why } = await findJail({
    folder: dataFolder,
    clock,
    ...(options.bubblewrap === undefined ? {} : { command: options.bubblewrap }),
  });
  if (why !== undefined)
    log.warn('no operating-system sandbox: only the owner’s own apps will run here', { why });
  const runtime = await assembleRuntime(dataFolder);
  return [new WasmSandbox({ dataFolder, jail, runtime, clock, log })];
}
