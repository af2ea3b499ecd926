import { readFile, stat } from 'node:fs/promises';
import { builtinModules } from 'node:module';
import { dirname, join, resolve } from 'node:path';
import { build, type BuildFailure, type Message, type Plugin } from 'esbuild';
import { BuildError } from './build-error.ts';

/** The adapter beside this file: `.ts` in the sources, `.js` where kith is compiled. */
const adapter = import.meta.url.endsWith('.ts') ? './adapter.ts' : './adapter.js';

/** Where a folder's handler is looked for when its package.json does not say. */
const entryNames = [
  'index.js',
  'index.mjs',
  'index.ts',
  'server.js',
  'app.js',
  'src/index.js',
  'src/index.ts',
];

/**
 * One JavaScript module out of the user's handler, all it imports, and the adapter.
 * @throws BuildError with file, line and what to do
 */
export async function bundle(source: string): Promise<string> {
  const entry = await entryOf(source);
  try {
    const result = await build({
      stdin: {
        contents: `import handler from ${JSON.stringify(entry)};
import { incomingHandlerOf } from 'kith:adapter';
export const incomingHandler = incomingHandlerOf(handler);
`,
        resolveDir: dirname(entry),
        sourcefile: 'kith-entry.js',
      },
      bundle: true,
      write: false,
      format: 'esm',
      platform: 'neutral',
      mainFields: ['module', 'main'],
      conditions: ['workerd', 'worker', 'browser', 'import', 'default'],
      target: 'es2023',
      loader: { '.html': 'text', '.css': 'text', '.svg': 'text' },
      charset: 'utf8',
      external: ['wasi:*'],
      // Names in comments and errors must not depend on where the source happens to lie: same source, same digest.
      absWorkingDir: dirname(entry),
      logLevel: 'silent',
      plugins: [ownAdapter, refuseNode],
    });
    return result.outputFiles[0]!.text;
  } catch (error) {
    const errors = (error as Partial<BuildFailure>).errors;
    if (!errors) throw error;
    throw new BuildError(errors.map((message) => sentence(message, entry)).join('\n'));
  }
}

async function entryOf(source: string): Promise<string> {
  const path = resolve(source);
  const found = await stat(path).catch(() => undefined);
  if (!found)
    throw new BuildError(`${source}: no such file or folder. Name the folder that holds the handler.`);
  if (found.isFile()) return path;
  const main = await mainOf(path);
  for (const name of main ? [main] : entryNames) {
    const file = join(path, name);
    if ((await stat(file).catch(() => undefined))?.isFile()) return file;
  }
  throw new BuildError(
    main
      ? `${join(source, 'package.json')} names ${main} as main, but there is no such file.`
      : `${source}: found none of ${entryNames.join(', ')}. Add one, or say "main" in a package.json.`,
  );
}

async function mainOf(folder: string): Promise<string | undefined> {
  const text = await readFile(join(folder, 'package.json'), 'utf8').catch(() => undefined);
  if (text === undefined) return undefined;
  try {
    const { main } = JSON.parse(text) as { main?: unknown };
    return typeof main === 'string' ? main : undefined;
  } catch (error) {
    throw new BuildError(`${join(folder, 'package.json')}: ${(error as Error).message}`);
  }
}

/** Under a name of its own: its path, which differs from machine to machine, must not come into the script. */
const ownAdapter: Plugin = {
  name: 'own-adapter',
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^kith:adapter$/ }, () => ({ path: adapter, namespace: 'kith' }));
    onResolve({ filter: /^\.\//, namespace: 'kith' }, ({ path }) => ({ path, namespace: 'kith' }));
    onLoad({ filter: /.*/, namespace: 'kith' }, async ({ path }) => ({
      contents: await readFile(new URL(path, import.meta.url), 'utf8'),
      loader: path.endsWith('.ts') ? 'ts' : 'js',
    }));
  },
};

/** What stands in for a builtin of Node inside a component, where there is something. */
const instead: Record<string, string> = {
  http: 'export default { fetch(request, env) { return new Response("…") } }: kith listens, your module answers',
  https: 'export default { fetch(request, env) { … } }: kith listens, your module answers',
  fs: 'import the file as a module (.json and .txt are bundled), or put it in a ConfigMap and read the environment',
  'fs/promises':
    'import the file as a module (.json and .txt are bundled), or put it in a ConfigMap and read the environment',
  process: 'the second argument of fetch(request, env), or the global process.env',
  crypto: 'the global crypto (Web Crypto)',
  buffer: 'Uint8Array, TextEncoder and TextDecoder',
  url: 'the globals URL and URLSearchParams',
  util: 'the globals TextEncoder and TextDecoder',
  timers: 'the globals setTimeout and setInterval',
  'timers/promises': 'new Promise((resolve) => setTimeout(resolve, ms))',
  stream: 'the globals ReadableStream, WritableStream and TransformStream',
  os: 'the environment (downward API fields such as POD_NAME)',
};

/** A component has WASI, not Node: says so at the import instead of failing at run time. */
const refuseNode: Plugin = {
  name: 'refuse-node',
  setup({ onResolve, resolve: resolvePath }) {
    onResolve({ filter: /.*/ }, async ({ path, resolveDir, kind, pluginData }) => {
      const name = path.replace(/^node:/, '');
      if (pluginData === refuseNode || !builtinModules.includes(name)) return undefined;
      // An npm package may carry a builtin's name (events, buffer): then that one is meant.
      if (path === name) {
        const npmPackage = await resolvePath(path, { resolveDir, kind, pluginData: refuseNode });
        if (npmPackage.errors.length === 0) return npmPackage;
      }
      const hint = instead[name]
        ? ` Instead: ${instead[name]}.`
        : ' Instead: a package that needs only web standards.';
      return {
        errors: [
          {
            text: `"${path}" is a builtin of Node.js, and the app becomes a WASI component, which has none.${hint}`,
          },
        ],
      };
    });
  },
};

function sentence({ text, location, notes }: Message, entry: string): string {
  const missingDefault = /No matching export in "(.+)" for import "default"/.exec(text);
  if (missingDefault && location?.file === 'kith-entry.js')
    return `${entry}: has no default export. Add: export default { async fetch(request, env) { return new Response('hello') } }`;
  const where = location
    ? `${resolve(dirname(entry), location.file)}:${location.line}:${location.column + 1}: `
    : '';
  return [`${where}${text}`, ...notes.map((note) => `  ${note.text}`)].join('\n');
}
