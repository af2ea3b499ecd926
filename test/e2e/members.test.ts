import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { chooseCaps } from '../../agent/node/caps.ts';
import { parseQuantity } from '../../api/quantity.ts';
import type { Quantity } from '../../api/types.ts';
import { holderOf } from '../../process/lock.ts';
import type { Kith, Running } from '../../scripts/demo/kith.ts';
import { isListening } from '../../scripts/demo/processes.ts';
import { until } from '../support/wait.ts';
import { processesOf, refusal } from './support/refusal.ts';
import { Screen } from './support/screen.ts';
import { TestSwarm } from './support/swarm.ts';

const stopGraceMs = 20_000;
/** What a leave may take that finds no controller: its bound, and the start and stop of programs around it. */
const refusedMsMax = 28_000;

describe('who joins and leaves', function () {
  this.timeout(90_000);
  this.bail(true);
  const swarm = new TestSwarm();
  const screens: Screen[] = [];
  let up: Running;
  const screen = (kith: Kith, args: string[]) => {
    const opened = new Screen(kith, args);
    screens.push(opened);
    return opened;
  };
  const homeOf = (name: string) => join(swarm.folder, name);
  const holder = (name: string) => holderOf(join(homeOf(name), 'run'), 'home');
  const membershipOf = (name: string) =>
    ['keys', 'agent', 'images', 'logs', 'gateway.json', 'cluster.json'].filter((file) =>
      existsSync(join(homeOf(name), file)),
    );

  before(async () => {
    await swarm.hub();
    up = await swarm.up();
  });
  after(async () => {
    for (const { child } of screens) child.kill('SIGKILL');
    await Promise.all(screens.map(({ ended }) => ended));
    await swarm.stop();
  });

  it('gets a line that says how far a host is trusted, and of a user nothing of the kind', async () => {
    for (const [args, words] of [
      [['--tier', 'friend', '--expires', '1h30m'], /^For one host of tier friend, until \d{4}-/],
      [['--role', 'user', '--expires', '90m'], /^For one user, until \d{4}-/],
    ] as const) {
      const invite = screen(swarm.founder, ['invite', ...args]);
      assert.equal(await invite.ended, 0, invite.err);
      assert.match(invite.err, words);
      assert.match(invite.out, /^kith join kith1[\w-]+\n$/);
    }
    for (const expires of ['30s', '8d', 'soon']) {
      const { code, said } = await refusal(swarm.founder, ['invite', '--expires', expires]);
      assert.equal(code, 2);
      assert.match(said, new RegExp(`^Error \\(KITH_BAD_ARGUMENT\\): --expires "${expires}" is no`));
    }
  });

  it('sees what is lent at the terminal, and nothing else: the log is a file of the home', async () => {
    const lend = ['--cpu', '500m', '--memory', '256Mi', '--disk', '1Gi'];
    const shed = screen(swarm.kith('shed'), ['join', await swarm.invite(), '--name', 'shed', ...lend]);
    await shed.shows(/For good: kith leave\.\n/);
    assert.match(shed.out, /^This machine is the host "shed" of the cluster "home"\.\nIt lends:\n/);
    for (const words of ['0.5 cores', '0.3 GiB memory', '1.0 GiB disk'])
      assert.match(shed.out, new RegExp(`^ *${words} .*set by the owner`, 'm'));
    assert.doesNotMatch(shed.err, / (info|debug) /);
    assert.match(
      readFileSync(`${homeOf('shed')}/logs/agent.log`, 'utf8'),
      /^\S+ info agent\/control: connected /m,
    );
  });

  it('offers what its owner lends, and a host whose owner named nothing offers a share of the machine', async () => {
    const offers = await until('the host is there', async () => {
      const nodes = new Map((await swarm.nodes()).map((node) => [node.metadata!.name, node]));
      const [shed, attic] = ['shed', 'attic'].map((name) => nodes.get(name)?.status?.allocatable);
      return shed && attic && { shed, attic };
    });
    const amounts = (offer: Record<string, Quantity>) => [
      parseQuantity(offer['cpu']!),
      parseQuantity(offer['memory']!),
      parseQuantity(offer['ephemeral-storage']!),
    ];
    assert.deepEqual(amounts(offers.shed), [0.5, 256 * 2 ** 20, 2 ** 30]);
    const shares = chooseCaps().caps;
    assert.deepEqual(amounts(offers.attic).slice(0, 2), [shares.cpuMillis / 1000, shares.memoryBytes]);
  });

  it('is gone as a host when kith leave is back: its program has ended, its files are removed', async () => {
    assert.ok(holder('shed'));
    const text = await swarm.kith('shed').run(['leave']);
    assert.equal(holder('shed'), undefined);
    assert.deepEqual(processesOf(swarm.kith('shed')), []);
    assert.match(text, /Left\. Removed from \S+: agent, keys, images, logs, lend\.json, cluster\.json\.\n$/);
    assert.deepEqual(membershipOf('shed'), []);
    assert.ok(!(await swarm.nodes()).some(({ metadata }) => metadata!.name === 'shed'));
  });

  it('is gone as a user too: what opened the apps is stopped first', async () => {
    const kith = swarm.kith('desk');
    const line = await swarm.invite('--role', 'user');
    const joined = await swarm.start('join-desk', kith, ['join', line, '--name', 'desk']);
    const port = Number((await joined.ready)['gatewayPort']);
    assert.ok(isListening(port));
    const text = await kith.run(['leave']);
    assert.ok(!isListening(port));
    assert.equal(await joined.ended, 'exit code 0');
    assert.match(text, /^What ran here is stopped\.\nLeft\. Removed from /);
    assert.deepEqual(membershipOf('desk'), []);
  });

  describe('while the controller is away', () => {
    let shed: Screen;

    before(async () => {
      for (const name of ['shed', 'loft']) {
        const host = await swarm.join(name);
        await host.stop(stopGraceMs);
      }
      await up.stop(stopGraceMs);
    });

    it('is told so, if only to wait', async () => {
      shed = screen(swarm.kith('shed'), ['join']);
      await shed.shows(/^Still looking for a controller of "home": it may be away, .*Ctrl-C stops\.$/m);
      assert.equal(shed.out, '');
    });

    it('stays a member, running or not, and is told how to leave all the same', async () => {
      const startedAt = performance.now();
      const refusals = await Promise.all(
        ['shed', 'loft'].map((name) => refusal(swarm.kith(name), ['leave'])),
      );
      assert.ok(performance.now() - startedAt < refusedMsMax);
      for (const { code, said } of refusals) {
        assert.equal(code, 1);
        assert.match(said, /^Error \(KITH_NOT_LEFT\): "(shed|loft)" is still a member: /m);
        assert.match(said, /^Try: kith leave again .* kith leave --force$/m);
      }
      for (const name of ['shed', 'loft']) assert.ok(membershipOf(name).includes('cluster.json'), name);
      assert.ok(holder('shed'), 'what ran goes on');
      assert.deepEqual(processesOf(swarm.kith('loft')), []);
    });

    it('leaves with --force, running or not, and says what the cluster will see', async () => {
      for (const name of ['shed', 'loft']) {
        const text = await swarm.kith(name).run(['leave', '--force']);
        assert.match(text, new RegExp(`NotReady or Unknown, until .* kubectl delete node ${name}\n$`));
        assert.deepEqual(membershipOf(name), []);
        assert.deepEqual(processesOf(swarm.kith(name)), []);
      }
      assert.equal(await shed.ended, 0);
    });

    it('is shown as not ready when the controller is back, until it is deleted', async () => {
      await swarm.up();
      const ready = async () =>
        (await swarm.nodes())
          .filter(({ status }) =>
            status?.conditions?.some(({ type, status: is }) => type === 'Ready' && is === 'True'),
          )
          .map(({ metadata }) => metadata!.name);
      await until('only attic is ready', async () => (await ready()).join() === 'attic');
      const text = await swarm.founder.run(['get', 'nodes', '--no-headers']);
      assert.match(text, /^loft +(NotReady|Unknown)/m);
      await swarm.founder.run(['delete', 'node', 'loft']);
      assert.doesNotMatch(await swarm.founder.run(['get', 'nodes']), /loft/);
    });
  });
});
