import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { fail } from './failure.mjs';

/** The folder of the checkout. */
export const root = fileURLToPath(new URL('../..', import.meta.url));

/** With what a set-up can begin; what npm then brings is `wantedNode`. */
export const oldestNode = 20;
const wantedNode = 24;

export const nodeMajor = Number(process.versions.node.split('.')[0]);

/** The Node 24 that npm installed; else this one, if it is new enough. */
export function node24() {
  const platform = `${process.platform}-${process.arch}`;
  const packaged = [`node-${platform}`, `node-bin-${platform}`]
    .map((name) => join(root, 'node_modules', name, 'bin', 'node'))
    .find((path) => existsSync(path));
  if (packaged) return packaged;
  if (nodeMajor >= wantedNode) return process.execPath;
  return fail(
    `there is no packaged Node ${wantedNode} for ${platform}, and this is Node ${process.versions.node}. ` +
      `Install Node ${wantedNode} or newer and try again.`,
  );
}

/** The environment in which our programs and tests run: Node 24 first in PATH. */
export function environment() {
  const path = [dirname(node24()), join(root, 'node_modules', '.bin'), process.env.PATH].join(':');
  return { ...process.env, PATH: path };
}
