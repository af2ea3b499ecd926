import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  closeSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import type { Running } from '../../scripts/demo/kith.ts';
import { until } from '../support/wait.ts';
import { Kubectl, missingKubectl } from './support/kubectl.ts';
import { processesOf, refusal } from './support/refusal.ts';
import { TestSwarm } from './support/swarm.ts';

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
  let store: string;
  let isMounted = false;
  let kubectl: Kubectl;
  let up: Running;
  const acknowledged: string[] = [];

  before(async function () {
    const missing = process.getuid!() === 0 ? missingKubectl() : 'run as root: a small disk is mounted';
    // A machine of continuous integration need not let its user mount; what it lets must work.
    if (missing && process.env['CI'] === 'true' && process.getuid!() === 0) throw new Error(missing);
    if (missing) {
      console.log(`      skipped: ${missing}`);
      return this.skip();
    }
    swarm = new TestSwarm();
    store = join(swarm.folder, 'attic', 'controller', 'store');
    mkdirSync(store, { recursive: true, mode: 0o700 });
    try {
      execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${diskBytes},mode=700`, 'kith-test', store], {
        stdio: ['ignore', 'ignore', 'pipe'],
      });
    } catch (error) {
      if (process.env['CI'] === 'true') throw error;
      console.log(`      skipped: a root that may mount (${(error as Error).message.trim()})`);
      return this.skip();
    }
    isMounted = true;
    await swarm.hub();
    up = await swarm.up();
    kubectl = new Kubectl(join(swarm.folder, 'attic'));
  });
  after(async () => {
    await kubectl?.stop();
    // Programs first: what they have open holds the disk. The folder goes last.
    try {
      if (up?.child.exitCode === null) await up.stop(stopGraceMs);
    } finally {
      if (isMounted) execFileSync('umount', [store]);
    }
    await swarm?.stop();
  });

  const filler = () => join(store, 'filler');
  const fill = () => {
    const file = openSync(filler(), 'w');
    try {
      for (const bytes of [65_536, 4_096]) for (;;) writeSync(file, Buffer.alloc(bytes));
    } catch (error) {
      assert.equal((error as NodeJS.ErrnoException).code, 'ENOSPC');
    } finally {
      closeSync(file);
    }
  };
  const write = async (name: string) => {
    const said = await kubectl.run(['create', '-f', '-'], configMap(name, name.padEnd(4_000, '.')));
    if (said.code === 0) acknowledged.push(name);
    return said;
  };
  const names = async () =>
    (await kubectl.must('get configmaps -o name')).split('\n').map((line) => line.replace('configmap/', ''));

  it('refuses writes and says why and what to do, while reads go on', async () => {
    assert.equal((await write('with-room')).code, 0);
    const controller = swarm!.pid('controller');
    let tookMs = 0;
    fill();
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
    assert.match((await kubectl.run(['get', '--raw', '/readyz'])).err, /the store takes no writes/);
    assert.equal(swarm!.pid('controller'), controller, 'the controller goes on');
  });

  it('takes writes again by itself once there is room, and has lost nothing that it acknowledged', async () => {
    const controller = swarm!.pid('controller');
    rmSync(filler());
    await until('a write is taken', async () => (await write('after')).code === 0);
    assert.equal(swarm!.pid('controller'), controller);
    const seen = await names();
    for (const name of acknowledged) assert.ok(seen.includes(name), name);
    assert.match(await kubectl.must('get --raw /readyz'), /ok/);
  });

  it('and nothing of it is lost by a kill -9 and a start on a full disk that got room again', async () => {
    fill();
    await until('a write is refused', async () => (await write(`later-${acknowledged.length}`)).code !== 0);
    process.kill(up.child.pid!, 'SIGKILL');
    process.kill(swarm!.pid('controller'), 'SIGKILL');
    await up.ended;
    rmSync(filler());
    up = await swarm!.up();
    const seen = await names();
    for (const name of acknowledged) assert.ok(seen.includes(name), name);
    assert.equal((await write('at-last')).code, 0);
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
