import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createServer, type AddressInfo, type Server } from 'node:net';
import { join } from 'node:path';
import { openStore } from '../../controller/store/open-store.ts';
import { sqliteLog } from '../../controller/store/sqlite/sqlite-log.ts';
import { systemClock } from '../../process/clock.ts';
import { silentLog } from '../../process/log.ts';
import type { Kith, Running } from '../../scripts/demo/kith.ts';
import { isListening } from '../../scripts/demo/processes.ts';
import type { InviteRecord } from '../../swarm/door.ts';
import { formatInvite, parseInvite } from '../../swarm/invite.ts';
import { createKeyPair, keyId } from '../../swarm/keys.ts';
import { processesOf, refusal } from './support/refusal.ts';
import { TestSwarm } from './support/swarm.ts';

const stopGraceMs = 20_000;
/** Wrong input: a restart would not mend it, so nobody restarts it. */
const wrongInput = 2;

describe('faults that people meet', function () {
  this.timeout(60_000);
  let swarm: TestSwarm;
  before(async () => {
    swarm = new TestSwarm();
    await swarm.hub();
  });
  after(() => swarm?.stop());

  const startUp = (kith: Kith, name: string, ...args: string[]): Promise<Running> =>
    swarm.start(`up-${name}`, kith, [
      'up',
      '--name',
      name,
      '--cluster',
      name,
      '--bootstrap',
      swarm.bootstrap,
      ...args,
    ]);

  describe('an invite', () => {
    let expired: string;
    before(async () => {
      const up = await swarm.up();
      expired = await swarm.invite();
      await up.stop(stopGraceMs);
      // A day passes: the record of this very invite ages in the controller's store.
      const store = await openStore({
        driver: sqliteLog(join(swarm.folder, 'attic', 'controller', 'store')),
        clock: systemClock,
        log: silentLog,
      });
      const key = `/kith/invites/${parseInvite(expired).id}`;
      const record = store.get(key)!.value as InviteRecord;
      await store.put(key, () => ({ ...record, expiresAt: record.expiresAt - 25 * 3_600_000 }));
      await store.close();
      await swarm.up();
    });

    /** A machine that is no member yet tries the line. */
    const tryOn = (name: string, line: string) => refusal(swarm.kith(name), ['join', line, '--name', name]);

    it('that is good lets a host in, once: to another machine it says that it was used', async () => {
      const line = await swarm.invite();
      const host = await swarm.start('join-cellar', swarm.kith('cellar'), ['join', line, '--name', 'cellar']);
      assert.equal((await host.ready)['node'], 'cellar');
      const { code, said } = await tryOn('thief', line);
      assert.equal(code, 1);
      assert.match(said, /^Error \(KITH_INVITE_USED\): the invite was used already, by another key/);
      assert.match(said, /^Try: ask the founder for a new line: kith invite$/m);
      await host.stop(stopGraceMs);
      // The one it was for needs no new one: the line brings it back.
      const again = await swarm.start('join-cellar', swarm.kith('cellar'), ['join', line]);
      await again.stop(stopGraceMs);
    });

    it('that has expired says so, and since when', async () => {
      const { code, said } = await tryOn('late', expired);
      assert.equal(code, 1);
      assert.match(said, /^Error \(KITH_INVITE_EXPIRED\): the invite expired at \d{4}-\d\d-\d\dT\S+Z/);
      assert.match(said, /^Try: ask the founder for a new line: kith invite$/m);
    });

    it('whose end is missing says that it is truncated, wherever it was cut', async () => {
      const line = await swarm.invite();
      for (const length of [4, 20, line.length - 1]) {
        const { code, said } = await tryOn('cut', line.slice(0, length));
        assert.equal(code, wrongInput);
        assert.match(said, /^Error \(KITH_INVITE_TRUNCATED\): the invite is truncated: its end is missing/);
        assert.match(said, /^Try: copy the whole line again$/m);
      }
    });

    it('with one letter changed says that it is garbled; what never was one, that it is none', async () => {
      const line = await swarm.invite();
      const at = line.length >> 1;
      const other = line[at] === 'A' ? 'B' : 'A';
      const garbled = await tryOn('typo', line.slice(0, at) + other + line.slice(at + 1));
      assert.equal(garbled.code, wrongInput);
      assert.match(garbled.said, /^Error \(KITH_INVITE_GARBLED\): the invite is garbled/);
      const none = await tryOn('typo', 'hello');
      assert.equal(none.code, wrongInput);
      assert.match(
        none.said,
        /^Error \(KITH_INVITE_NOT_AN_INVITE\): this is not an invite: one begins with kith1/,
      );
    });

    it('of another cluster is foreign to this one; one with another secret, or of nobody, lets nobody in', async () => {
      const invite = parseInvite(await swarm.invite());
      const foreign = { ...invite, cluster: keyId(createKeyPair().publicKey) };
      const refused = await tryOn('stranger', formatInvite(foreign));
      assert.equal(refused.code, 1);
      assert.match(
        refused.said,
        /^Error \(KITH_INVITE_FOREIGN\): the invite is for another cluster \([0-9a-f]{8}…\)/,
      );
      const guessed = await tryOn('stranger', formatInvite({ ...invite, secret: 'ab'.repeat(20) }));
      assert.match(guessed.said, /^Error \(KITH_INVITE_WRONG_PROOF\)/);
      const invented = await tryOn('stranger', formatInvite({ ...invite, id: '0123456789abcdef' }));
      assert.match(invented.said, /^Error \(KITH_INVITE_UNKNOWN\)/);
      // With what was changed put back, the same machine is let in: nothing but that was in the way.
      const host = await swarm.start('join-stranger', swarm.kith('stranger'), ['join', formatInvite(invite)]);
      await host.stop(stopGraceMs);
      const elsewhere = await refusal(swarm.kith('stranger'), [
        'join',
        formatInvite({ ...foreign, clusterName: 'oak' }),
      ]);
      assert.equal(elsewhere.code, wrongInput);
      assert.match(
        elsewhere.said,
        /^Error \(KITH_OTHER_CLUSTER\): .* belongs to the cluster "home", the invite to "oak"/,
      );
    });

    it('that was refused left nobody behind in the cluster', async () => {
      const names = (await swarm.nodes()).map(({ metadata }) => metadata!.name);
      for (const name of ['thief', 'late', 'cut', 'typo']) {
        assert.ok(!names.includes(name), names.join(', '));
        assert.deepEqual(processesOf(swarm.kith(name)), []);
      }
      assert.ok(names.includes('cellar'), names.join(', '));
    });
  });

  describe('a port that another program has', () => {
    let kith: Kith;
    let taken: Server | undefined;
    before(() => (kith = swarm.kith('porch')));
    after(() => taken?.close());

    const take = (port = 0) =>
      new Promise<number>((resolve, reject) => {
        taken = createServer();
        taken.once('error', reject);
        taken.listen(port, '127.0.0.1', () => resolve((taken!.address() as AddressInfo).port));
      });
    const giveBack = () => new Promise<void>((resolve) => taken!.close(() => resolve()));
    const portsOf = () =>
      (
        JSON.parse(readFileSync(join(swarm.folder, 'porch', 'cluster.json'), 'utf8')) as {
          ports: { api: number; gateway: number };
        }
      ).ports;
    const up = ['up', '--name', 'porch', '--cluster', 'porch'];

    for (const use of ['api', 'gateway'] as const)
      it(`named for the ${use} is refused with its number and another to try, and nothing keeps running`, async () => {
        const port = await take();
        const bootstrap = ['--bootstrap', swarm.bootstrap];
        const { code, said } = await refusal(kith, [...up, ...bootstrap, `--${use}-port`, String(port)]);
        assert.equal(code, wrongInput);
        assert.match(
          said,
          new RegExp(`^Error \\(KITH_PORT_BUSY\\): port ${port} of 127\\.0\\.0\\.1 is in use by another`),
        );
        assert.match(said, new RegExp(`^Try: stop that program, or kith up --${use}-port \\d+$`, 'm'));
        assert.deepEqual(processesOf(kith), []);
        await giveBack();
      });

    it('that is free again is taken, and one that the cluster had before is not left without a word', async () => {
      const first = await startUp(kith, 'porch');
      await first.stop(stopGraceMs);
      const before = portsOf();
      await take(before.gateway);
      const { code, said } = await refusal(kith, ['up']);
      assert.equal(code, wrongInput);
      assert.match(said, new RegExp(`port ${before.gateway} .* this cluster's gateway had it before`));
      assert.deepEqual(processesOf(kith), []);
      assert.deepEqual(portsOf(), before, 'the URL is not given up');
      await giveBack();
      const again = await startUp(kith, 'porch');
      assert.equal(Number((await again.ready)['gatewayPort']), before.gateway);
      assert.ok(isListening(before.gateway));
      await again.stop(stopGraceMs);
    });
  });

  describe('a home that runs already', () => {
    let kith: Kith;
    let first: Running;
    before(async () => {
      kith = swarm.kith('yard');
      first = await startUp(kith, 'yard');
    });

    it('is refused to a second kith up, by the name of the one that has it', async () => {
      const running = processesOf(kith);
      const { code, said } = await refusal(kith, ['up']);
      assert.notEqual(code, 0);
      assert.match(
        said,
        new RegExp(`^Error \\(KITH_FOLDER_BUSY\\): \\S+ is in use by .*\\b${first.child.pid}\\b`),
      );
      assert.match(said, /Stop that one first \(kith down\), or choose another folder with KITH_HOME/);
      const ids = (entries: typeof running) => entries.map(({ pid }) => pid).toSorted();
      assert.deepEqual(
        ids(processesOf(kith)),
        ids(running),
        'the first goes on, and the second left nothing',
      );
      await kith.run(['get', 'nodes']);
    });

    it('is refused to a second controller on its data, by the name of the one that has it', async () => {
      const holder = swarm.pid('controller', 'yard');
      const { code, said } = await refusal(kith, ['controller']);
      assert.notEqual(code, 0);
      assert.match(
        said,
        new RegExp(`^Error \\(KITH_STORE_BUSY\\): \\S+/controller/store is in use by .*\\b${holder}\\b`),
      );
      await kith.run(['get', 'nodes']);
    });

    it('is free as soon as the first has ended, however it did', async () => {
      process.kill(first.child.pid!, 'SIGKILL');
      await first.ended;
      const second = await startUp(kith, 'yard');
      await second.stop(stopGraceMs);
    });
  });
});
