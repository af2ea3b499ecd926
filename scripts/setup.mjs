/**
 * Set-up that needs nothing but git, npm and any Node >= 20: dependencies by the lockfile (Node 24 is one of them), then the
 * build. Does nothing, in a few milliseconds, when both are current. `npm start` and `npm test` call it first.
 */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  cpSync,
  existsSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = fileURLToPath(new URL('..', import.meta.url));
const oldestNode = 20;
const wantedNode = 24;
const sources = ['api', 'client', 'swarm', 'process', 'controller', 'agent', 'gateway', 'cli', 'sim'];

/** Files that the compiler does not copy but programs read at run time. */
const isAsset = (name) => /\.(js|mjs|wit|json|sql|html|css)$/.test(name);

function fail(text) {
  console.error(`kith: ${text}`);
  process.exit(1);
}

/** The Node 24 that npm installed; else this one, if it is new enough. */
export function node24() {
  const platform = `${process.platform}-${process.arch}`;
  const packaged = [`node-${platform}`, `node-bin-${platform}`]
    .map((name) => join(root, 'node_modules', name, 'bin', 'node'))
    .find((path) => existsSync(path));
  if (packaged) return packaged;
  if (Number(process.versions.node.split('.')[0]) >= wantedNode) return process.execPath;
  return fail(
    `there is no packaged Node ${wantedNode} for ${process.platform}-${process.arch}, and this is Node ${process.versions.node}. ` +
      `Install Node ${wantedNode} or newer and try again.`,
  );
}

/** The environment in which our programs and tests run: Node 24 first in PATH. */
export function environment() {
  const path = [dirname(node24()), join(root, 'node_modules', '.bin'), process.env.PATH].join(':');
  return { ...process.env, PATH: path };
}

function installDependencies(say) {
  const stamp = join(root, 'node_modules', '.kith-lock');
  const hash = createHash('sha256')
    .update(readFileSync(join(root, 'package-lock.json')))
    .update(`${process.platform}-${process.arch}`)
    .digest('hex');
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === hash) return;
  say('installing dependencies (npm ci) …');
  const npm = spawnSync(
    'npm',
    ['ci', '--no-audit', '--no-fund', '--loglevel=error', '--include=dev', '--include=optional'],
    {
      cwd: root,
      stdio: ['ignore', 'ignore', 'inherit'],
    },
  );
  if (npm.error) fail(`npm did not start: ${npm.error.message}. Install npm and try again.`);
  if (npm.status !== 0)
    fail('npm ci failed; its message stands above. Check the network and the disk, then try again.');
  writeFileSync(stamp, hash);
}

function* files(folder) {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) yield* files(path);
    else yield path;
  }
}

function sourceFiles() {
  return sources
    .map((name) => join(root, name))
    .filter(existsSync)
    .flatMap((folder) => [...files(folder)]);
}

function build(say, force) {
  const stamp = join(root, 'dist', '.built');
  const all = [
    ...sourceFiles(),
    join(root, 'tsconfig.json'),
    join(root, 'tsconfig.build.json'),
    join(root, 'package-lock.json'),
  ];
  const print = createHash('sha256');
  for (const file of all) {
    const { mtimeMs, size } = statSync(file);
    print.update(`${relative(root, file)} ${mtimeMs} ${size}\n`);
  }
  const hash = print.digest('hex');
  if (!force && existsSync(stamp) && readFileSync(stamp, 'utf8') === hash) return;
  say('building …');
  rmSync(join(root, 'dist'), { recursive: true, force: true });
  rmSync(join(root, 'oclif.manifest.json'), { force: true });
  const tsc = spawnSync(
    node24(),
    [join(root, 'node_modules', 'typescript', 'bin', 'tsc'), '-p', 'tsconfig.build.json'],
    {
      cwd: root,
      stdio: 'inherit',
      env: environment(),
    },
  );
  if (tsc.status !== 0) fail('the build failed; the compiler names the places above.');
  for (const file of all.filter(
    (file) => isAsset(file) && sources.includes(relative(root, file).split('/')[0]),
  )) {
    const target = join(root, 'dist', relative(root, file));
    mkdirSync(dirname(target), { recursive: true });
    cpSync(file, target);
  }
  writeManifest();
  writeFileSync(stamp, hash);
}

/** What oclif would otherwise find out at each start by importing every command: 70 ms instead of 180, and less memory. */
function writeManifest() {
  const script = join(root, 'scripts', 'oclif-manifest.mjs');
  const { status } = spawnSync(node24(), [script], { cwd: root, stdio: 'inherit', env: environment() });
  if (status !== 0) fail('the list of commands could not be written; the message stands above.');
}

/** Makes dependencies and build current. `say` gets a line for each step that takes time. */
export function setUp({ say = (line) => console.error(`kith: ${line}`) } = {}) {
  if (Number(process.versions.node.split('.')[0]) < oldestNode)
    fail(`Node ${oldestNode} or newer is needed to start; this is ${process.versions.node}.`);
  installDependencies(say);
  build(say, false);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  // `npm run build` builds and no more: the developer decides when to install.
  if (process.argv.includes('--build')) build((line) => console.error(`kith: ${line}`), true);
  else setUp();
}
