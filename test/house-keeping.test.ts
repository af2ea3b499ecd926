import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const bin = (name: string) => fileURLToPath(new URL(`../node_modules/.bin/${name}`, import.meta.url));

function run(command: string, ...args: string[]): { status: number | null; output: string } {
  const { status, stdout, stderr } = spawnSync(bin(command), args, { cwd: root, encoding: 'utf8' });
  return { status, output: `${stdout}${stderr}`.slice(-4000) };
}

/** Each is a way to time or chance that is no argument. */
const ambient = [
  `Date.now();`,
  `Date['now']();`,
  'Date[`now`]();',
  `Date['n' + 'ow']();`,
  `globalThis.Date.now();`,
  `globalThis['Date']['now']();`,
  `(globalThis as any).Date.now();`,
  `const { now } = Date; now();`,
  `const { now: read, ...rest } = Date; read(rest);`,
  `const { Date: D } = globalThis; D.now();`,
  `const D = Date; D.now();`,
  `[Date].map((each) => each.now());`,
  `class Later extends Date {} new Later();`,
  `Date();`,
  `new Date();`,
  `new globalThis.Date();`,
  `Math.random();`,
  `Math['random']();`,
  `const { random } = Math; random();`,
  `const everything = globalThis; everything.setTimeout(() => {}, 1);`,
  `setTimeout(() => {}, 1);`,
  `setInterval(() => {}, 1);`,
  `setImmediate(() => {});`,
  `const later = setTimeout; later(() => {}, 1);`,
  `globalThis.setTimeout(() => {}, 1);`,
  `globalThis['setTimeout'](() => {}, 1);`,
  `global.setTimeout(() => {}, 1);`,
  `import { setTimeout as sleep } from 'node:timers/promises'; await sleep(1);`,
  `await import('node:timers/promises');`,
  `export * from 'node:timers';`,
  `process.getBuiltinModule('node:timers').setTimeout(() => {}, 1);`,
  `performance.now();`,
  `globalThis.performance.now();`,
  `import { performance as p } from 'node:perf_hooks'; p.now();`,
  `process.hrtime.bigint();`,
  `process['hrtime']();`,
  `const { hrtime } = process; hrtime();`,
  `process.uptime();`,
  `import { hrtime as since } from 'node:process'; since();`,
  `import { uptime } from 'node:os'; uptime();`,
  `AbortSignal.timeout(1);`,
  `AbortSignal['timeout'](1);`,
  `crypto.randomUUID();`,
  `globalThis.crypto.getRandomValues(new Uint8Array(1));`,
  `import { randomBytes } from 'node:crypto'; randomBytes(1);`,
  `import { randomInt as draw } from 'crypto'; draw(1);`,
  `import * as all from 'node:crypto'; all.randomInt(1);`,
  `import all from 'node:crypto'; all.randomInt(1);`,
  `import { webcrypto } from 'node:crypto'; webcrypto.getRandomValues(new Uint8Array(1));`,
  `await import('node:crypto');`,
  `export { randomUUID } from 'node:crypto';`,
];
/** What looks like it, and is computed from what was given. */
const free = [
  `import type { Clock } from './clock.ts'; export const date = (clock: Clock): Date => clock.date();`,
  `export const parse = (text: string) => new Date(text).getTime() + Date.parse(text) + Date.UTC(2020);`,
  `export const isDate = (value: unknown) => value instanceof Date;`,
  `export type Timer = ReturnType<typeof setTimeout>;`,
  `export const wait = (setTimeout: () => void) => setTimeout();`,
  `import { request } from 'node:http'; request('http://localhost').setTimeout(1);`,
  `Math.max(1, 2);`,
  `import { createHash } from 'node:crypto'; createHash('sha256');`,
  `process.on('exit', () => {}); export const { env } = process;`,
  `new AbortController().abort();`,
];

/** Those of the programs that the linter finds ambient. */
function lint(programs: string[]): Set<string> {
  const folder = mkdtempSync(join(tmpdir(), 'kith-lint-'));
  try {
    for (const [index, program] of programs.entries()) writeFileSync(join(folder, `${index}.ts`), program);
    const { stdout } = spawnSync(
      bin('oxlint'),
      ['--quiet', '--format', 'json', '-c', join(root, '.oxlintrc.json'), folder],
      { cwd: root, encoding: 'utf8', maxBuffer: 2 ** 26 },
    );
    const { diagnostics } = JSON.parse(stdout) as { diagnostics: { code: string; filename: string }[] };
    const ours = diagnostics.filter(({ code }) => code.includes('no-ambient-time'));
    return new Set(ours.map(({ filename }) => programs[Number.parseInt(basename(filename), 10)]!));
  } finally {
    rmSync(folder, { recursive: true });
  }
}

describe('the sources', function () {
  this.timeout(120_000);

  it('have no error of types', () => {
    const { status, output } = run('tsc', '--noEmit');
    assert.equal(status, 0, output);
  });

  it('have nothing that the linter forbids', () => {
    const { status, output } = run('oxlint', '--quiet');
    assert.equal(status, 0, output);
  });

  it('would be refused if one read the clock, set a timer or drew chance outside process/, however it is spelt', () => {
    const found = lint([...ambient, ...free]);
    for (const line of ambient) assert.ok(found.has(line), `passes: ${line}`);
    for (const line of free) assert.ok(!found.has(line), `is refused: ${line}`);
  });

  it('are formatted', () => {
    const { status, output } = run('prettier', '--check', '.');
    assert.equal(status, 0, output);
  });
});

describe('the test files', function () {
  this.timeout(60_000);
  let folder: string;
  beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'kith-load-'))));
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  /** What is in the temporary folder once these files are loaded and none of their tests has run, nor any hook. */
  const leftBy = (...files: string[]): string[] => {
    const { status, stderr } = spawnSync(bin('mocha'), ['--dry-run', ...files], {
      cwd: root,
      encoding: 'utf8',
      env: { ...process.env, TMPDIR: folder },
    });
    assert.equal(status, 0, stderr);
    return readdirSync(folder);
  };

  it('make nothing when they are loaded: of a test that is not run nobody would remove it', () => {
    assert.deepEqual(leftBy('test/**/*.test.ts'), []);
  });

  it('would be caught if they did', () => {
    const file = join(folder, 'untidy.test.js');
    const make = `require('node:fs').mkdtempSync(require('node:os').tmpdir() + '/kith-untidy-')`;
    writeFileSync(file, `describe('untidy', () => { ${make}; it('tests', () => {}); });\n`);
    assert.deepEqual(
      leftBy(file).map((name) => name.replace(/[^-]*$/, '')),
      ['kith-untidy-', ''],
    );
  });
});
