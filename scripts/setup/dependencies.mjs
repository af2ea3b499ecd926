import { createHash } from 'node:crypto';
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { run } from './command.mjs';
import { fail } from './failure.mjs';

/** Says for which lockfile and platform node_modules is complete. npm ci removes it with all the rest. */
const stampOf = (root) => join(root, 'node_modules', '.kith-lock');

function wanted(root) {
  return createHash('sha256')
    .update(readFileSync(join(root, 'package-lock.json')))
    .update(`${process.platform}-${process.arch}`)
    .digest('hex');
}

export function dependenciesAreCurrent(root) {
  return existsSync(stampOf(root)) && readFileSync(stampOf(root), 'utf8') === wanted(root);
}

/** Exactly what the lockfile says, Node 24 among it. */
export async function installDependencies(root, lock, say) {
  say('installing dependencies (npm ci) …');
  const hash = wanted(root);
  // Before npm begins: were it killed in the middle, an old lockfile checked out again would fit the old stamp.
  rmSync(stampOf(root), { force: true });
  const { status, error } = await run(
    lock,
    'npm',
    'npm',
    ['ci', '--no-audit', '--no-fund', '--loglevel=error', '--include=dev', '--include=optional'],
    { cwd: root, stdio: ['ignore', 'ignore', 'inherit'] },
  );
  if (error) fail(`npm did not start: ${error.message}. Install npm and try again.`);
  if (status !== 0)
    fail('npm ci failed; its message stands above. Check the network and the disk, then try again.');
  writeFileSync(stampOf(root), hash);
}
