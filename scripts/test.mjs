/**
 * `npm test`: every test file, several at a time. `--long` adds what takes minutes. Other arguments go to mocha
 * (`npm test -- --grep rollout`, or file names). Ends with a line `N passed, N failed, N skipped`.
 */
import { spawn } from 'node:child_process';
import { availableParallelism } from 'node:os';
import { readdirSync } from 'node:fs';
import { join, relative } from 'node:path';
import { environment, node24, root } from './setup.mjs';

const args = process.argv.slice(2);
const long = args.includes('--long');
const rest = args.filter((arg) => arg !== '--long');
const named = rest.filter((arg) => arg.endsWith('.ts'));
const options = rest.filter((arg) => !arg.endsWith('.ts'));

const all = readdirSync(join(root, 'test'), { recursive: true, withFileTypes: true })
  .filter((entry) => entry.isFile() && entry.name.endsWith('.test.ts'))
  .map((entry) => relative(root, join(entry.parentPath, entry.name)))
  .sort();
const files = named.length > 0 ? named : all;
const totals = { passed: 0, failed: 0, skipped: 0 };
const failures = [];

/** One mocha per file: files cannot disturb each other, and a crash is a failure of that file alone. */
function run(file) {
  return new Promise((resolve) => {
    const mocha = join(root, 'node_modules', 'mocha', 'bin', 'mocha.js');
    const child = spawn(
      node24(),
      [mocha, '--reporter', join(root, 'test', 'support', 'reporter.cjs'), '--spec', file, ...options],
      {
        cwd: root,
        env: { ...environment(), ...(long ? { KITH_TEST_LONG: '1' } : {}) },
        stdio: ['ignore', 'pipe', 'pipe'],
      },
    );
    let output = '';
    child.stdout.on('data', (chunk) => (output += chunk));
    child.stderr.on('data', (chunk) => (output += chunk));
    child.on('close', (code, signal) => {
      const counts = /^kith-counts (\d+) (\d+) (\d+)$/m.exec(output);
      const text = output.replace(/^kith-counts .*\n?/m, '');
      const [passed, failed, skipped] = counts ? counts.slice(1).map(Number) : [0, 1, 0];
      totals.passed += passed;
      totals.failed += failed;
      totals.skipped += skipped;
      if (!counts) failures.push(`${file}: ended with ${signal ?? `exit code ${code}`} before its tests did`);
      else if (code !== 0 && failed === 0) {
        totals.failed += 1;
        failures.push(`${file}: its tests passed, yet it ended with ${signal ?? `exit code ${code}`}`);
      }
      process.stdout.write(text);
      resolve();
    });
  });
}

async function runAll(some, atOnce) {
  const queue = [...some];
  await Promise.all(
    Array.from({ length: atOnce }, async () => {
      for (let file = queue.shift(); file; file = queue.shift()) await run(file);
    }),
  );
}

// What runs whole swarms on this machine is held to times that people feel: one at a time.
const isWhole = (file) => file.startsWith('test/e2e/');
await runAll(
  files.filter((file) => !isWhole(file)),
  Math.max(1, Math.min(availableParallelism(), 4)),
);
await runAll(files.filter(isWhole), 1);
for (const failure of failures) console.log(failure);
console.log(`${totals.passed} passed, ${totals.failed} failed, ${totals.skipped} skipped`);
process.exit(totals.failed > 0 || totals.passed === 0 ? 1 : 0);
