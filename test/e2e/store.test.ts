import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  closeSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  symlinkSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { get, type IncomingMessage } from 'node:http';
import { join } from 'node:path';
import { findJail } from '../../agent/sandbox/jail/trial.ts';
import { systemClock } from '../../process/clock.ts';
import type { Running } from '../../scripts/demo/kith.ts';
import { until } from '../support/wait.ts';
import { Kubectl } from '../kubectl/support/kubectl.ts';
import { findVersions } from '../kubectl/support/versions.ts';
import { processesOf, refusal } from './support/refusal.ts';
import { SmallDisk } from './support/small-disk.ts';
import { appHost, helloManifest, helloSource, TestSwarm } from './support/swarm.ts';

const stopGraceMs = 20_000;
/** A restart would not mend it, so nobody restarts it. */
const lasting = 2;

const configMap = (name: string, text = 'kept') =>
  JSON.stringify({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name }, data: { text } });

describe('a damaged store', function () {
  this.timeout(60_000);
  const text = 'a-text-that-stands-in-one-record';
  let swarm: TestSwarm;
  let store: string;
  let said: string;
  let revision: string;
  let mend: () => void;
  before(async () => {
    swarm = new TestSwarm();
    store = join(swarm.folder, 'attic', 'controller', 'store');
    await swarm.hub();
    const up = await swarm.up();
    const file = join(swarm.folder, 'app.json');
    writeFileSync(file, configMap('before', text));
    await swarm.founder.run(['apply', '-f', file]);
    revision = JSON.parse(await swarm.founder.run(['get', 'configmap', 'before', '-o', 'json'])).metadata
      .resourceVersion;
    await up.stop(stopGraceMs);
  });
  after(() => swarm?.stop());

  /** Turns one letter of a record over, wherever its text stands in the file; the answer puts it back. */
  function damage(): () => void {
    const path = join(store, 'log.db');
    const content = readFileSync(path);
    const places: number[] = [];
    for (let at = content.indexOf(text); at >= 0; at = content.indexOf(text, at + 1)) places.push(at);
    assert.ok(places.length > 0);
    const turn = () => {
      const file = openSync(path, 'r+');
      try {
        for (const at of places) {
          content[at]! ^= 1;
          writeSync(file, content, at, 1, at);
        }
      } finally {
        closeSync(file);
      }
    };
    turn();
    return turn;
  }

  it('opens as long as it is whole, and then keeps a copy', async () => {
    const up = await swarm.up();
    await until('a copy is there', () =>
      readdirSync(join(store, 'backups')).some((name) => name.endsWith('.db')),
    );
    await up.stop(stopGraceMs);
  });

  it('is refused at once with its file, its first bad record and how to restore, and no byte of it is changed', async () => {
    mend = damage();
    const before = contentOf(store);
    const startedAt = performance.now();
    const refused = await refusal(swarm.founder, ['up']);
    said = refused.said;
    assert.notEqual(refused.code, 0);
    assert.ok(performance.now() - startedAt < 10_000, 'nobody waits for restarts that mend nothing');
    assert.match(
      said,
      new RegExp(
        `^Error \\(KITH_STORE_CORRUPT\\): kith controller: ${store}/log\\.db is damaged at revision ${revision}: `,
        'm',
      ),
    );
    assert.match(said, /Nothing was changed\.$/m);
    assert.match(said, /^Good copies, newest first:$/m);
    assert.doesNotMatch(said, /starting it again/);
    assert.deepEqual(contentOf(store), before);
    assert.deepEqual(processesOf(swarm.founder), []);
    assert.equal((await refusal(swarm.founder, ['controller'])).code, lasting);
    assert.deepEqual(contentOf(store), before);
  });

  it('with its bytes put back opens again: nothing but them was in the way', async () => {
    mend();
    const up = await swarm.up();
    await swarm.founder.run(['get', 'configmap', 'before']);
    await up.stop(stopGraceMs);
  });

  it('is restored by the commands that were printed, with the apps in it, and the damaged one stays for a look', async () => {
    damage();
    const before = contentOf(store);
    // The store was open since: what is printed is of now.
    ({ said } = await refusal(swarm.founder, ['up']));
    const commands = said.split('\n').filter((line) => /^ {2}(mv|mkdir|cp) /.test(line));
    assert.equal(commands.length, 3, said);
    execFileSync('sh', ['-euc', commands.join('\n')]);
    await swarm.up();
    assert.match(
      await swarm.founder.run(['get', 'configmap', 'before', '-o', 'yaml']),
      new RegExp(`text: ${text}`),
    );
    const ready = async () =>
      (await swarm.nodes())[0]?.status?.conditions?.find(({ type }) => type === 'Ready');
    await until('the host is there again', async () => (await ready())?.status === 'True');
    assert.deepEqual(contentOf(`${store}.damaged`), before);
  });
});

describe('a full disk under the store', function () {
  this.timeout(60_000);
  /** kubectl repeats silently what is said to be soon over, for ten seconds. */
  const toldWithinMs = 5_000;
  /** Room for a cluster's first objects, the write-ahead log and its move. */
  const diskBytes = 6 * 2 ** 20;
  let swarm: TestSwarm | undefined;
  let disk: SmallDisk | undefined;
  let kubectl: Kubectl;
  let up: Running;
  const acknowledged: string[] = [];

  before(async function () {
    const program = findVersions().at(-1)?.path;
    const missing =
      program === undefined ? 'install kubectl (https://kubernetes.io/docs/tasks/tools)' : undefined;
    swarm = new TestSwarm();
    // A home of kith's, to which the store's disk belongs: a folder of anything else would be refused.
    mkdirSync(join(swarm.folder, 'attic', 'run'), { recursive: true, mode: 0o700 });
    const mounted = missing ?? SmallDisk.mount(join(swarm.folder, 'attic', 'controller', 'store'), diskBytes);
    if (typeof mounted === 'string') {
      console.log(`      skipped: ${mounted}`);
      return this.skip();
    }
    disk = mounted;
    await swarm.hub();
    up = await swarm.up();
    const home = join(swarm.folder, 'attic');
    kubectl = new Kubectl({ program: program!, folder: home, home, kubeconfig: join(home, 'kubeconfig') });
  });
  after(async () => {
    await kubectl?.stop();
    // Programs first: what they have open holds the disk. The folder goes last.
    try {
      if (up?.child.exitCode === null) await up.stop(stopGraceMs);
    } finally {
      disk?.unmount();
    }
    await swarm?.stop();
  });

  const write = async (name: string) => {
    const said = await kubectl.run('create -f -', { input: configMap(name, name.padEnd(4_000, '.')) });
    if (said.code === 0) acknowledged.push(name);
    return said;
  };
  const names = async () =>
    (await kubectl.kubectl('get configmaps -o name'))
      .split('\n')
      .map((line) => line.replace('configmap/', ''));

  it('refuses writes and says why and what to do, while reads go on', async () => {
    assert.equal((await write('with-room')).code, 0);
    const controller = swarm!.pid('controller');
    let tookMs = 0;
    disk!.fill();
    const refused = await until('a write is refused', async () => {
      const askedAt = performance.now();
      const said = await write(`filling-${acknowledged.length}`);
      tookMs = performance.now() - askedAt;
      return said.code !== 0 && said;
    });
    assert.match(
      refused.err,
      /The disk under \S+\/log\.db is full: the store is read-only, nothing acknowledged is lost/,
    );
    assert.match(refused.err, /Free some space; writes resume by themselves/);
    assert.ok(tookMs < toldWithinMs, `told after ${Math.round(tookMs)} ms`);
    const seen = await names();
    for (const name of acknowledged) assert.ok(seen.includes(name), name);
    assert.match((await kubectl.run('get --raw /readyz')).err, /the store takes no writes/);
    assert.equal(swarm!.pid('controller'), controller, 'the controller goes on');
  });

  it('takes writes again by itself once there is room, and has lost nothing that it acknowledged', async () => {
    const controller = swarm!.pid('controller');
    disk!.makeRoom();
    await until('a write is taken', async () => (await write('after')).code === 0);
    assert.equal(swarm!.pid('controller'), controller);
    const seen = await names();
    for (const name of acknowledged) assert.ok(seen.includes(name), name);
    assert.match(await kubectl.kubectl('get --raw /readyz'), /ok/);
  });

  it('and nothing of it is lost by a kill -9 and a start on a full disk that got room again', async () => {
    disk!.fill();
    await until('a write is refused', async () => (await write(`later-${acknowledged.length}`)).code !== 0);
    process.kill(up.child.pid!, 'SIGKILL');
    process.kill(swarm!.pid('controller'), 'SIGKILL');
    await up.ended;
    disk!.makeRoom();
    up = await swarm!.up();
    const seen = await names();
    for (const name of acknowledged) assert.ok(seen.includes(name), name);
    assert.equal((await write('at-last')).code, 0);
  });
});

describe('a full disk under the whole home', function () {
  this.timeout(120_000);
  /** Room for a cluster, the files of its sandboxes and one image, transpiled too. */
  const diskBytes = 96 * 2 ** 20;
  /** Nobody waits for restarts that find the same. */
  const toldWithinMs = 10_000;
  const notNow = 75;
  let swarm: TestSwarm | undefined;
  let disk: SmallDisk | undefined;
  let home: string;
  let up: Running | undefined;
  const refusedUp = async () => {
    const startedAt = performance.now();
    const refused = await refusal(swarm!.founder, ['up', '--name', 'attic', '--bootstrap', swarm!.bootstrap]);
    assert.ok(performance.now() - startedAt < toldWithinMs, refused.said);
    assert.equal(refused.code, notNow, refused.said);
    assert.deepEqual(processesOf(swarm!.founder), []);
    return refused.said;
  };
  const tellsOfDisk = (said: string) => {
    assert.match(
      said,
      new RegExp(`^Error \\(KITH_DISK_FULL\\): .*the disk is full: ${home}/\\S+ could not be written`, 'm'),
    );
    assert.match(said, new RegExp(`\\d+ KB of 100\\.7 MB are free in ${home}`));
    assert.match(said, /^Try: free some space, then the same command again$/m);
    assert.doesNotMatch(said, /please report it|KITH_FAULT/);
  };
  const answers = async () => {
    const { statusCode } = await new Promise<IncomingMessage>((resolve, reject) =>
      get(
        {
          host: '127.0.0.1',
          port: swarm!.gatewayPort,
          headers: { host: `${appHost}:${swarm!.gatewayPort}` },
        },
        (answer) => {
          answer.resume();
          resolve(answer);
        },
      ).once('error', reject),
    );
    return statusCode === 200;
  };

  before(async function () {
    swarm = new TestSwarm();
    home = join(swarm.folder, 'attic');
    const mounted = SmallDisk.mount(`${home}-disk`, diskBytes);
    if (typeof mounted === 'string') {
      console.log(`      skipped: ${mounted}`);
      return this.skip();
    }
    disk = mounted;
    // Not the disk's root: what fills it would be a stranger's file in the home.
    mkdirSync(`${home}-disk/home`, { mode: 0o700 });
    symlinkSync(`${home}-disk/home`, home);
    await swarm.hub();
  });
  after(async () => {
    try {
      if (up?.child.exitCode === null) await up.stop(stopGraceMs);
      // The logs go with the disk.
      if (disk) swarm?.assertNoCrash();
    } finally {
      disk?.unmount();
    }
    await swarm?.stop();
  });

  it('ends a first start with the file, the folder, what is free and what to do', async () => {
    disk!.fill();
    tellsOfDisk(await refusedUp());
  });

  it('starts once there is room: nothing half made is in the way', async () => {
    disk!.makeRoom();
    up = await swarm!.up();
  });

  it('never costs apps their walls: a jail that cannot be tried out is no machine without one', async () => {
    disk!.fill();
    const found = () => findJail({ folder: join(home, 'jail'), clock: systemClock });
    await assert.rejects(found, { code: 'ENOSPC' });
    disk!.makeRoom();
    await found();
  });

  it('ends kith image build with the same words, which builds once there is room', async () => {
    disk!.fill();
    const refused = await refusal(swarm!.founder, ['image', 'build', helloSource]);
    tellsOfDisk(refused.said);
    disk!.makeRoom();
    await swarm!.buildHello();
    await swarm!.founder.run(['apply', '-f', helloManifest]);
    await swarm!.readyPods(3);
    assert.ok(await answers());
  });

  it('leaves what serves at work, and what dies meanwhile is tried until there is room', async () => {
    disk!.fill();
    const pods = (await swarm!.pods()).map(({ metadata }) => metadata!.uid).toSorted();
    for (const name of ['controller', 'agent']) process.kill(swarm!.pid(name), 'SIGKILL');
    await until('the controller was tried again and refused', () =>
      swarm!
        .logs()
        .get('up')!
        .some((line) => /controller ended, starting it again.*exit code 75.*KITH_DISK_FULL/.test(line)),
    );
    assert.equal(up!.child.exitCode, null);
    disk!.makeRoom();
    await until(
      'the controller serves again',
      () => swarm!.founder.run(['get', 'nodes']).then(() => true),
      40_000,
    );
    assert.deepEqual((await swarm!.readyPods(3)).map(({ metadata }) => metadata!.uid).toSorted(), pods);
    assert.ok(await answers());
    await swarm!.founder.run(['delete', 'configmap', 'hello']);
    await swarm!.founder.run(['apply', '-f', helloManifest]);
  });

  it('ends a later start too, and nothing that was kept is lost by it', async () => {
    await up!.stop(stopGraceMs);
    // A little that is left is soon gone too: other writes come first, and SQLite has another word for it.
    for (const left of [0, 12 * 1024]) {
      disk!.fill(left);
      tellsOfDisk(await refusedUp());
      disk!.makeRoom();
    }
    up = await swarm!.up();
    await swarm!.readyPods(3);
    assert.ok(await until('the app answers', answers));
  });
});

/** Every file of a folder with its hash; the lock is the one who looks. */
function contentOf(folder: string): Record<string, string> {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && !/^store\.(lock|pid)/.test(entry.name))
    .map((entry) => join(entry.parentPath, entry.name));
  return Object.fromEntries(
    files
      .toSorted()
      .map((path) => [
        path.slice(folder.length),
        createHash('sha256').update(readFileSync(path)).digest('hex'),
      ]),
  );
}
