import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, normalize, relative } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));

/** Who may import whom (docs/architecture.md, "Folders and arrows"). A folder may always import itself. */
const mayImport: Record<string, string[]> = {
  api: [],
  process: ['api'],
  client: ['api', 'process'],
  swarm: ['api', 'process'],
  gateway: ['api', 'client', 'swarm', 'process'],
  agent: ['api', 'client', 'swarm', 'process', 'gateway'],
  controller: ['api', 'client', 'swarm', 'process'],
  cli: ['api', 'client', 'swarm', 'process'],
  sim: ['api', 'client', 'swarm', 'process', 'gateway', 'agent', 'controller'],
};

/** What the command line needs of a program: its main, loaded lazily, and three light modules. */
const cliMayAlso = new Map<RegExp, RegExp>([
  [
    /^cli\/(commands\/(controller|agent|gateway|hub|join)|run-host)\.ts$/,
    /^(controller|agent|gateway)\/main\.ts$/,
  ],
  [/^cli\/commands\/image\//, /^agent\/images\//],
  // The API on a joined machine's loopback, loaded where a kubeconfig was asked for.
  [/^cli\/forwarding\.ts$/, /^controller\/apiserver\/forwarder\.ts$/],
  [/^cli\/pin-images\.ts$/, /^agent\/images\/resolve-local\.ts$/],
  [/^cli\/(commands\/open|ui\/.*)\.tsx?$/, /^gateway\/host\.ts$/],
]);

/** Packages that one folder alone knows. */
const packageHome: Record<string, RegExp> = {
  hyperdht: /^swarm\//,
  hyperswarm: /^swarm\//,
  'blind-relay': /^swarm\//,
  '@hyperswarm/secret-stream': /^swarm\//,
  '@oclif/core': /^cli\//,
  ink: /^cli\/ui\//,
  react: /^cli\/ui\//,
  '@peculiar/x509': /^controller\/apiserver\//,
  '@bytecodealliance/jco-transpile': /^agent\/sandbox\/wasm\//,
  '@bytecodealliance/preview2-shim': /^agent\/sandbox\/wasm\//,
  '@bytecodealliance/componentize-js': /^agent\/images\/build\//,
  esbuild: /^agent\/images\/build\//,
  // The schema is generated out of it; at run time nobody loads it.
  '@kubernetes/client-node': /^$/,
};

interface Import {
  file: string;
  target: string;
  line: string;
}

function imports(): Import[] {
  return Object.keys(mayImport).flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile() && /\.tsx?$/.test(entry.name) && !entry.name.endsWith('.d.ts'))
      .flatMap((entry) => {
        const path = join(entry.parentPath, entry.name);
        const file = relative(root, path);
        const text = readFileSync(path, 'utf8');
        return [
          ...text.matchAll(
            /(?:^|\n)\s*(?:import|export)\b[^'"`;]*?from\s*'([^']+)'|\bimport\(\s*'([^']+)'\s*\)|(?:^|\n)import\s+'([^']+)'/g,
          ),
        ].map((match) => {
          const specifier = (match[1] ?? match[2] ?? match[3])!;
          const target = specifier.startsWith('.')
            ? relative(root, normalize(join(dirname(path), specifier)))
            : specifier;
          return { file, target, line: match[0].trim() };
        });
      }),
  );
}

/** What is wrong with one import; undefined if nothing. */
function judge({ file, target }: Import): string | undefined {
  const from = file.split('/')[0]!;
  const to = target.split('/')[0]!;
  if (to in mayImport) {
    if (to === from || mayImport[from]!.includes(to)) return undefined;
    if (from === 'cli' && [...cliMayAlso].some(([who, what]) => who.test(file) && what.test(target)))
      return undefined;
    return `${file} imports ${target}: ${from} may import ${mayImport[from]!.join(', ') || 'nothing of ours'}`;
  }
  const name = target.startsWith('@') ? target.split('/').slice(0, 2).join('/') : to;
  const home = packageHome[name];
  return home && !home.test(file) ? `${file} imports ${name}, which only ${home.source} may` : undefined;
}

describe('the import rules', () => {
  it('hold in every file', () => {
    const all = imports();
    assert.ok(all.length > 200, `only ${all.length} imports were found: the search is broken`);
    assert.deepEqual(
      all.flatMap((one) => judge(one) ?? []),
      [],
    );
  });

  it('would catch an arrow in the wrong direction, a program loaded by another, and a package out of its home', () => {
    for (const [file, target] of [
      ['api/pods.ts', 'process/clock.ts'],
      ['controller/main.ts', 'agent/agent.ts'],
      ['cli/commands/get.ts', 'controller/main.ts'],
      ['controller/members.ts', 'hyperdht'],
      ['agent/agent.ts', '@kubernetes/client-node'],
    ] as const)
      assert.ok(judge({ file, target, line: '' }), `${file} → ${target}`);
  });

  it('keep Node’s fetch out of every program: an import of node:http would load it (process/http.ts)', () => {
    const values = imports().filter(
      ({ target, line }) => /^(node:)?http$/.test(target) && !line.startsWith('import type'),
    );
    assert.deepEqual(values, []);
  });

  it('keep programs lazy: no command imports a main at its top', () => {
    const eager = imports().filter(
      ({ file, target, line }) =>
        file.startsWith('cli/') &&
        target.endsWith('/main.ts') &&
        !line.startsWith('import(') &&
        !line.startsWith('import type'),
    );
    assert.deepEqual(eager, []);
  });
});
