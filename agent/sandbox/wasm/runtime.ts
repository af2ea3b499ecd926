import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { mkdir, rename, rm, stat, writeFile } from 'node:fs/promises';
import { stripTypeScriptTypes } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { temporaryName, withFile } from '../../../process/folder.ts';

/** The only shim that was looked through: ≤ 0.26.0 had a full escape by symlink. */
const shimVersion = '0.26.1';

/** Everything that our programs inside a sandbox read, in one folder that nothing else is in. */
export interface Runtime {
  folder: string;
  /** Changes with the transpiler and its settings: part of the key under which transpiled components are kept. */
  transpilerVersion: string;
}

/**
 * Gathers the sandbox's programs, the browser build of preview2-shim and the transpiler under `dataFolder`, once for each
 * version. As JavaScript even where we run from TypeScript: a sandbox should not carry the type stripper.
 */
export async function assembleRuntime(dataFolder: string): Promise<Runtime> {
  const shim = packageFolder('@bytecodealliance/preview2-shim', shimVersion);
  const transpiler = packageFolder('@bytecodealliance/jco-transpile');
  const files = new Map<string, Buffer>();
  files.set('package.json', Buffer.from('{"type":"module"}\n'));
  const own = new URL('./child/', import.meta.url);
  const extension = import.meta.url.endsWith('.ts') ? '.ts' : '.js';
  for (const name of readdirSync(own).filter((each) => each.endsWith(extension)))
    files.set(`${name.slice(0, -extension.length)}.js`, script(new URL(name, own), extension));
  for (const name of readdirSync(join(shim, 'dist/browser')).filter((each) => each.endsWith('.js')))
    files.set(`shim/${name}`, readFileSync(join(shim, 'dist/browser', name)));
  for (const part of ['.js', '.core.wasm', '.core2.wasm']) {
    const name = `js-component-bindgen-component${part}`;
    let bytes = readFileSync(join(transpiler, 'vendor', name));
    if (part === '.js')
      bytes = Buffer.from(
        bytes.toString().replaceAll(/'@bytecodealliance\/preview2-shim\/(\w+)'/g, "'../shim/$1.js'"),
      );
    files.set(part === '.js' ? 'transpiler/component.js' : `transpiler/${name}`, bytes);
  }
  const digest = (names: Iterable<string>) => {
    const hash = createHash('sha256');
    for (const name of names) hash.update(`${name}\0${files.get(name)!.length}\0`).update(files.get(name)!);
    return hash.digest('hex').slice(0, 16);
  };
  const names = [...files.keys()].toSorted();
  const folder = join(dataFolder, `runtime-${digest(names)}`);
  await putFolder(folder, files);
  return {
    folder,
    transpilerVersion: digest(names.filter((name) => name.startsWith('transpile'))),
  };
}

/** Writes all files, or none: whoever sees the folder sees it whole. */
export async function putFolder(folder: string, files: Map<string, Uint8Array>): Promise<void> {
  if (await exists(folder)) return;
  const temporary = temporaryName(folder);
  try {
    for (const [name, bytes] of files) {
      await mkdir(dirname(join(temporary, name)), { recursive: true });
      const path = join(temporary, name);
      await writeFile(path, bytes).catch((error: unknown) => {
        throw withFile(error, path);
      });
    }
    await rename(temporary, folder);
  } catch (error) {
    await rm(temporary, { recursive: true, force: true });
    if (!(await exists(folder))) throw error;
  }
}

const exists = (path: string): Promise<boolean> =>
  stat(path).then(
    () => true,
    () => false,
  );

function script(url: URL, extension: string): Buffer {
  const text = readFileSync(url, 'utf8');
  if (extension === '.js') return Buffer.from(text);
  return Buffer.from(stripTypeScriptTypes(text).replaceAll(/(from '\.\/[\w-]+)\.ts'/g, "$1.js'"));
}

function packageFolder(name: string, version?: string): string {
  let folder = dirname(fileURLToPath(import.meta.resolve(name)));
  for (;;) {
    const description = readPackage(join(folder, 'package.json'));
    if (description?.name === name) {
      if (version && description.version !== version)
        throw new Error(
          `${name} is ${description.version}, but only ${version} is known to hold. Run npm ci to get the locked one.`,
        );
      return folder;
    }
    if (dirname(folder) === folder) throw new Error(`${name} has no package.json above its entry point.`);
    folder = dirname(folder);
  }
}

function readPackage(path: string): { name?: string; version?: string } | undefined {
  try {
    return JSON.parse(readFileSync(path, 'utf8')) as { name?: string; version?: string };
  } catch {
    // Not every folder on the way up is a package.
    return undefined;
  }
}
