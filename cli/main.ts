#!/usr/bin/env node
/** The one binary. Runs itself under the packaged Node 24 where it was started by an older one. */
import { existsSync } from 'node:fs';
import * as nodeModule from 'node:module';
import { fileURLToPath } from 'node:url';
import { compileCacheFolder } from './compile-cache.ts';
import { runUnder } from './packaged-node.ts';

const nodeMajorMin = 24;

if (Number(process.versions.node.split('.')[0]) < nodeMajorMin) await runUnderPackagedNode();

// Node's own choice would be a folder in /tmp, where another user of this machine may have put code for us to run.
const compileCache = compileCacheFolder();
if (compileCache) nodeModule.enableCompileCache?.(compileCache);
// `kith gateway` and `kith agent` are long-lived: warnings about experimental parts of Node are not their user's concern.
process.removeAllListeners('warning');
const { followParent } = await import('../process/shutdown.ts');
followParent();
const { Errors, run } = await import('@oclif/core');
try {
  // What is written last needs no waiting for: Node ends when it is out, or when nobody reads it any more.
  await run(process.argv.slice(2), import.meta.url);
} catch (error) {
  const { lineForUnknown } = await import('./unknown-command.ts');
  const line = lineForUnknown(error as Error, process.argv.slice(2));
  if (!line) await Errors.handle(error as Error);
  process.stderr.write(`${line}\n`);
  process.exit(2);
}

async function runUnderPackagedNode(): Promise<never> {
  const platform = `${process.platform}-${process.arch}`;
  const packaged = ['../../node_modules', '../../..']
    .flatMap((folder) => [`${folder}/node-${platform}`, `${folder}/node-bin-${platform}`])
    .map((folder) => fileURLToPath(new URL(`${folder}/bin/node`, import.meta.url)))
    .find((path) => existsSync(path));
  if (!packaged) {
    process.stderr.write(
      `kith needs Node ${nodeMajorMin} or newer; this is ${process.versions.node}, and none is packaged for ${process.platform}-${process.arch}.\n` +
        `Try: install Node ${nodeMajorMin} from nodejs.org.\n`,
    );
    process.exit(1);
  }
  const ended = await runUnder(packaged, process.argv.slice(1));
  // A shell tells apart what ended by itself and what a signal ended.
  if (typeof ended === 'string') process.kill(process.pid, ended);
  process.exit(typeof ended === 'number' ? ended : 1);
}
