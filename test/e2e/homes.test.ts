import assert from 'node:assert/strict';
import { join } from 'node:path';
import { holderOf } from '../../process/lock.ts';
import type { Kith, Running } from '../../scripts/demo/kith.ts';
import { until } from '../support/wait.ts';
import { processesOf, refusal } from './support/refusal.ts';
import { Screen } from './support/screen.ts';
import { TestSwarm } from './support/swarm.ts';

const stopGraceMs = 20_000;

describe('the home folder of a member', function () {
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

  before(async () => {
    await swarm.hub();
    up = await swarm.up();
  });
  after(async () => {
    for (const { child } of screens) child.kill('SIGKILL');
    await Promise.all(screens.map(({ ended }) => ended));
    await swarm.stop();
  });

  it('keeps the name that was given at joining, and says so to who wishes another now', async () => {
    const said = async (home: string, args: string[]) => {
      const joined = screen(swarm.kith(home), ['join', ...args]);
      await joined.shows(/For good: kith leave\.\n/);
      await joined.stop();
      return joined;
    };
    await said('loft', [await swarm.invite(), '--name', 'loft']);
    const other = await said('loft', ['--name', 'garage']);
    assert.match(
      other.err,
      /^This machine is the host "loft" of the cluster "home" since it joined: --name garage changes nothing\./m,
    );
    assert.match(other.out, /^This machine is the host "loft"/);
    assert.doesNotMatch((await said('loft', [await swarm.invite(), '--name', 'loft'])).err, /--name/);
    // Its wish is another's name.
    const second = await said('second', [await swarm.invite(), '--name', 'loft']);
    assert.match(second.out, /^This machine is the host "loft-\S+"/);
    assert.doesNotMatch((await said('second', ['--name', 'loft'])).err, /--name/);
    assert.match((await said('second', ['--name', 'attic'])).err, /--name attic changes nothing/);
    for (const home of ['loft', 'second']) await swarm.kith(home).run(['leave']);
  });

  it('has one gateway, also one that was started by hand, which kith down and kith leave stop', async () => {
    const kith = swarm.kith('desk');
    const line = await swarm.invite('--role', 'user');
    await (await swarm.start('join-desk', kith, ['join', line, '--name', 'desk'])).stop(stopGraceMs);
    const byHand = () => {
      const gateway = screen(kith, ['gateway', '--port', '0']);
      return until('its lock', () => holderOf(join(homeOf('desk'), 'run'), 'gateway') && gateway);
    };
    const gateway = await byHand();
    for (const args of [['gateway', '--port', '0'], ['join']]) {
      const { said } = await refusal(kith, args);
      assert.match(
        said,
        new RegExp(`KITH_FOLDER_BUSY\\): .*process ${gateway.child.pid} \\(kith gateway\\)`),
      );
    }
    assert.match(await kith.run(['down']), /^stopped\./);
    assert.equal(await gateway.ended, 0);
    const again = await byHand();
    assert.match(await kith.run(['leave']), /^What ran here is stopped\.\nLeft\. /);
    assert.equal(await again.ended, 0);
    assert.deepEqual(processesOf(kith), []);
    const { said } = await refusal(swarm.founder, ['gateway', '--port', '0']);
    assert.match(said, /KITH_FOLDER_BUSY\): .*\(kith gateway\)/);
  });

  it('keeps kith up from starting a second gateway beside one that was started by hand', async () => {
    await up.stop(stopGraceMs);
    const gateway = screen(swarm.founder, ['gateway', '--port', '0']);
    await until('its lock', () => holderOf(join(homeOf('attic'), 'run'), 'gateway'));
    const { said } = await refusal(swarm.founder, ['up']);
    assert.match(said, new RegExp(`KITH_FOLDER_BUSY\\): .*process ${gateway.child.pid} \\(kith gateway\\)`));
    await gateway.stop();
  });
});
