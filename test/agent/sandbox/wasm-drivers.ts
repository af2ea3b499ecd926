import { execFileSync } from 'node:child_process';
import { cp, mkdir, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createSandboxes } from '../../../agent/sandbox/create.ts';
import { openJail } from '../../../agent/sandbox/jail/jail.ts';
import type { LocalImage } from '../../../agent/sandbox/sandbox.ts';
import { assembleRuntime } from '../../../agent/sandbox/wasm/runtime.ts';
import { TranspiledCache } from '../../../agent/sandbox/wasm/transpiled.ts';
import { systemClock } from '../../../process/clock.ts';
import { silentLog } from '../../../process/log.ts';
import { componentFrom } from '../../support/component.ts';
import type { Driver } from './contract.ts';

/** The fixture app as an image on this machine. */
export async function fixtureImage(): Promise<LocalImage> {
  const path = await componentFrom(new URL('./fixture/app.js', import.meta.url));
  return { reference: 'fixture:1', digest: 'sha256:fixture', kind: 'wasm', path };
}

/** Skips where bubblewrap is missing, but fails in continuous integration: a wall that nobody tests is none. */
export function requireBubblewrap(context: Mocha.Context): void {
  try {
    execFileSync('bwrap', ['--ro-bind', '/', '/', '--unshare-user', 'true'], { stdio: 'pipe' });
  } catch (error) {
    const hint = `bubblewrap does not work here (${String(error).split('\n')[0]}); apt-get install bubblewrap`;
    if (process.env['CI'] === 'true') throw new Error(hint, { cause: error });
    console.log(`      skipped: ${hint}`);
    context.skip();
  }
}

const cache = fileURLToPath(new URL('../../../node_modules/.cache/kith-test-transpiled', import.meta.url));

/** Puts the fixture app, transpiled once for all tests, where a sandbox in `dataFolder` looks for it. */
export async function withFixtureTranspiled(dataFolder: string): Promise<void> {
  const runtime = await assembleRuntime(cache);
  const transpiled = new TranspiledCache({ folder: cache, jail: openJail, runtime, clock: systemClock });
  const folder = await transpiled.get((await fixtureImage()).path);
  await cp(folder, join(dataFolder, 'wasm/transpiled', basename(folder)), { recursive: true });
}

let port = 8080;

function wasmDriver(name: string, bubblewrap: string | undefined): Driver {
  const command = bubblewrap === undefined ? {} : { bubblewrap };
  return {
    name,
    async open(dataFolder) {
      await withFixtureTranspiled(dataFolder);
      const [sandbox] = await createSandboxes({ dataFolder, clock: systemClock, log: silentLog, ...command });
      return sandbox!;
    },
    app: async () => ({ image: await fixtureImage() }),
    port: async () => port++,
    async forge(dataFolder, process) {
      const folder = join(dataFolder, 'wasm/pods/forged/app');
      await mkdir(folder, { recursive: true });
      const pod = { uid: 'forged', namespace: 'default', name: 'forged', directory: dataFolder };
      const record = { pod, container: 'app', digest: 'sha256:fixture', ports: [1], process };
      await writeFile(join(folder, 'container.json'), JSON.stringify(record));
    },
    agentOptions: command,
  };
}

export const jailedWasm: Driver = {
  ...wasmDriver('wasm in bubblewrap', undefined),
  require: requireBubblewrap,
};
/** As on a machine without bubblewrap. */
export const openWasm: Driver = wasmDriver('wasm without bubblewrap', '/nonexistent/bwrap');
