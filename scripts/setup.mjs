/**
 * Set-up that needs nothing but git, npm and any Node >= 20: dependencies by the lockfile (Node 24 is one of them), then the
 * build. Does nothing, in a few milliseconds, when both are current. `npm start` and `npm test` call it first; several may at
 * once, and one of them does the work.
 */
import { fileURLToPath } from 'node:url';
import { build, buildIsCurrent, clearLeftovers } from './setup/build.mjs';
import { dependenciesAreCurrent, installDependencies } from './setup/dependencies.mjs';
import { fail } from './setup/failure.mjs';
import { alone } from './setup/lock.mjs';
import { nodeMajor, oldestNode, root } from './setup/node.mjs';

export { environment, node24, root } from './setup/node.mjs';

const sayAloud = (line) => console.error(`kith: ${line}`);

/** Makes dependencies and build current; ends the process where that fails. `say` gets a line for each step that takes time. */
export async function setUp({ say = sayAloud } = {}) {
  if (nodeMajor < oldestNode)
    fail(`Node ${oldestNode} or newer is needed to start; this is ${process.versions.node}.`);
  if (dependenciesAreCurrent(root) && buildIsCurrent(root)) return;
  await alone(root, say, async (lock) => {
    // Whoever had the lock before us may have done it all.
    if (!dependenciesAreCurrent(root)) await installDependencies(root, lock, say);
    clearLeftovers(root);
    if (!buildIsCurrent(root)) await build(root, lock, say);
  });
}

/** `npm run build` builds and no more: the developer decides when to install. */
async function buildAnyway(say) {
  await alone(root, say, async (lock) => {
    clearLeftovers(root);
    await build(root, lock, say);
  });
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  if (process.argv.includes('--build')) await buildAnyway(sayAloud);
  else await setUp();
}
