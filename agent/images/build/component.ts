import { readFileSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { withFile } from '../../../process/folder.ts';
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
  const folder = await mkdtemp(join(tmpdir(), 'kith-build-'));
  try {
    const sourcePath = join(folder, 'app.js');
    await writeFile(sourcePath, script).catch((error: unknown) => {
      throw withFile(error, sourcePath);
    });
    return (await componentize({ sourcePath, witWorld: worldWit, worldName: 'app' })).component;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** What the component's bytes depend on besides the script: the engine and what it is bound to. */
export function engineVersion(): string {
  const path = new URL('../package.json', import.meta.resolve('@bytecodealliance/componentize-js'));
  const { name, version } = JSON.parse(readFileSync(path, 'utf8')) as { name: string; version: string };
  return `${name}@${version}\n${worldWit}`;
}
