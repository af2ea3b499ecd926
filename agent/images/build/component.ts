import { readFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { withFile } from '../../../process/folder.ts';
import { inTemporaryFolder } from '../../../process/temporary-folder.ts';
import { bundle } from './bundle.ts';
import { worldWit } from './world.ts';

/** `witWorld` (a WIT document instead of a path) is an option that the package's types leave out. */
type Componentize = (options: {
  sourcePath: string;
  witWorld: string;
  worldName: string;
}) => Promise<{ component: Uint8Array }>;

/**
 * Builds a WASI 0.2 HTTP component out of a JavaScript or TypeScript handler, offline.
 *
 * Takes about 3 s and 800 MB: for the command line only. The engine is StarlingMonkey (SpiderMonkey in WebAssembly): web
 * standards are there, except `Response.clone`; an instance has 9 MB of memory at first and up to 95 MB under load, as the
 * engine collects garbage late.
 * @param source a file, or a folder with package.json `main`, index.js, index.ts, …
 * @throws BuildError
 */
export async function buildComponent(source: string): Promise<Uint8Array> {
  return componentOf(await bundle(source));
}

/** The second half: a bundled script into a component. */
export async function componentOf(script: string): Promise<Uint8Array> {
  // Heavy (engine, component linker): loaded only when something is built.
  const engine: { componentize: unknown } = await import('@bytecodealliance/componentize-js');
  const componentize = engine.componentize as Componentize;
  return inTemporaryFolder('kith-build-', async (folder) => {
    const sourcePath = join(folder, 'app.js');
    await writeFile(sourcePath, script).catch((error: unknown) => {
      throw withFile(error, sourcePath);
    });
    const component = within(folder, () =>
      componentize({ sourcePath, witWorld: worldWit, worldName: 'app' }),
    );
    return (await component).component;
  });
}

/**
 * Calls `begin` with `folder` for the temporary folder: the builder makes one of its own there, which it leaves behind where it is
 * interrupted. It does so before it first waits, so that nobody else in this process meets the change.
 */
function within<T>(folder: string, begin: () => T): T {
  const before = process.env['TMPDIR'];
  process.env['TMPDIR'] = folder;
  try {
    return begin();
  } finally {
    if (before === undefined) delete process.env['TMPDIR'];
    else process.env['TMPDIR'] = before;
  }
}

/** What the component's bytes depend on besides the script: the engine and what it is bound to. */
export function engineVersion(): string {
  const path = new URL('../package.json', import.meta.resolve('@bytecodealliance/componentize-js'));
  const { name, version } = JSON.parse(readFileSync(path, 'utf8')) as { name: string; version: string };
  return `${name}@${version}\n${worldWit}`;
}
