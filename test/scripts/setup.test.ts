import assert from 'node:assert/strict';
import { mkdirSync, renameSync, rmSync } from 'node:fs';
import { until } from '../support/wait.ts';
import { killGroup, StandIn } from './stand-in.ts';

const first = ['// first', '// first', '// first'];
const second = ['// second', '// second', '// second'];

describe('set-up', () => {
  let tree: StandIn;
  beforeEach(() => (tree = new StandIn()));
  afterEach(() => tree.remove());

  /** Resolves with the process number of the n-th npm or compiler. */
  const began = (name: string, number = 1) =>
    until(`${name} number ${number}`, () => tree.begun(name)[number - 1]);

  async function upToDate() {
    assert.equal(await tree.setUp().ended, 0);
    assert.deepEqual(tree.built(), first);
  }

  describe('of two at once', () => {
    it('does the work once, and the second waits and says for whom', async () => {
      tree.hold('npm');
      const one = tree.setUp();
      await began('npm');
      const two = tree.setUp();
      const [, pid] = await two.line(/another set-up of this folder is under way \(process (\d+)\); waiting/);
      assert.equal(Number(pid), one.child.pid);
      tree.letGo('npm');
      assert.deepEqual(await Promise.all([one.ended, two.ended]), [0, 0]);
      assert.deepEqual(
        ['npm', 'compiler', 'manifest'].map((name) => tree.begun(name).length),
        [1, 1, 1],
      );
      assert.deepEqual(tree.built(), first);
      assert.ok(!tree.has('.kith/setup.lock'));
    });

    it('would run npm in both without the lock', async () => {
      tree.withoutLock();
      tree.hold('npm');
      tree.setUp();
      tree.setUp();
      await began('npm', 2);
    });

    it('takes no lock where nothing is to be done', async () => {
      await upToDate();
      rmSync(tree.path('.kith'), { recursive: true });
      await upToDate();
      assert.ok(!tree.has('.kith'));
      // The control: where something is, it does.
      tree.write('cli/main.ts', '// second');
      assert.equal(await tree.setUp().ended, 0);
      assert.ok(tree.has('.kith'));
    });
  });

  describe('that was killed', () => {
    it('lets the next ones in, of which one does the work', async () => {
      tree.hold('compiler');
      const killed = tree.setUp();
      await began('compiler');
      killGroup(killed.child.pid!);
      await killed.ended;
      assert.ok(tree.has('.kith/setup.lock'), 'the killed one left its lock');
      tree.letGo('compiler');
      const next = [tree.setUp(), tree.setUp(), tree.setUp()];
      assert.deepEqual(await Promise.all(next.map(({ ended }) => ended)), [0, 0, 0]);
      assert.equal(tree.begun('compiler').length, 2);
      assert.deepEqual(tree.built(), first);
      assert.deepEqual(tree.leftovers(), []);
    });

    it('holds up the next one as long as the npm that it started goes on', async () => {
      tree.hold('npm');
      const killed = tree.setUp();
      const npm = await began('npm');
      killed.child.kill('SIGKILL');
      await until('the end of the killed one', () => killed.child.signalCode);
      const next = tree.setUp();
      const [, pid] = await next.line(/was killed, but its npm is still at work \(process (\d+)\); waiting/);
      assert.equal(Number(pid), npm);
      assert.equal(tree.begun('npm').length, 1);
      tree.letGo('npm');
      assert.equal(await next.ended, 0);
      assert.deepEqual(tree.built(), first);
    });

    it('leaves the old build whole, and the next one clears up', async () => {
      await upToDate();
      tree.write('cli/main.ts', '// second');
      tree.hold('compiler');
      const killed = tree.setUp();
      await began('compiler', 2);
      await until('half a build', () => tree.leftovers().length > 0);
      killGroup(killed.child.pid!);
      await killed.ended;
      assert.deepEqual(tree.built(), first);
      assert.equal(tree.leftovers().length, 1);
      tree.letGo('compiler');
      assert.equal(await tree.setUp().ended, 0);
      assert.deepEqual(tree.built(), second);
      assert.deepEqual(tree.leftovers(), []);
    });

    it('between the two renames costs nothing: the old build is put back', async () => {
      await upToDate();
      renameSync(tree.path('dist'), tree.path('dist.old'));
      mkdirSync(tree.path('dist.new-1'));
      await upToDate();
      assert.equal(tree.begun('compiler').length, 1, 'it was current');
      assert.deepEqual(tree.leftovers(), []);
    });
  });

  describe('with sources that do not compile', () => {
    for (const [what, ...args] of [['set-up'], ['npm run build', '--build']] as const)
      it(`leaves the old build as it was (${what})`, async () => {
        await upToDate();
        tree.write('cli/main.ts', '// broken');
        const failing = tree.setUp(...args);
        assert.equal(await failing.ended, 1);
        assert.match(failing.text, /it is broken\n.*the build failed.*What was built before is as it was/s);
        assert.deepEqual(tree.built(), first);
        assert.deepEqual(tree.leftovers(), []);
        assert.ok(!tree.has('.kith/setup.lock'));
        // The control: a build that does compile takes the old one's place.
        tree.write('cli/main.ts', '// second');
        assert.equal(await tree.setUp(...args).ended, 0);
        assert.deepEqual(tree.built(), second);
      });
  });
});
