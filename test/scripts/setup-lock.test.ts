import assert from 'node:assert/strict';
import { StandIn } from './stand-in.ts';

describe('the lock of set-up', () => {
  let tree: StandIn;
  beforeEach(() => (tree = new StandIn()));
  afterEach(() => tree.remove());

  /** A program that wants the lock for at most so long. */
  const contender = (boundMs: number) =>
    tree.run([
      '--input-type=module',
      '--eval',
      `import { alone } from ${JSON.stringify(tree.path('scripts/setup/lock.mjs'))};
       await alone(${JSON.stringify(tree.folder)}, console.log, () => console.log('in'), { boundMs: ${boundMs} });`,
    ]);

  /** What set-up calls this very process. */
  async function ownName(): Promise<string> {
    const { nameOf } = (await import(tree.path('scripts/setup/processes.mjs'))) as {
      nameOf(pid: number): string;
    };
    return nameOf(process.pid);
  }

  it('is had at once where nobody has it', async () => {
    const one = contender(50);
    assert.equal(await one.ended, 0, one.text);
  });

  it('is given up after its bound, with the number of who has it', async () => {
    tree.write(`.kith/setup.lock/setup.${await ownName()}`, '');
    const waiting = contender(50);
    assert.equal(await waiting.ended, 1);
    assert.match(
      waiting.text,
      new RegExp(
        `another set-up of this folder is under way \\(process ${process.pid}\\) and has not ended .*try again`,
      ),
    );
  });

  for (const [whose, name] of [
    ['a process that has ended', '4194305-1'],
    ['a process whose number another has now', `${process.pid}-1`],
  ] as const)
    it(`of ${whose} is not waited for`, async () => {
      tree.write(`.kith/setup.lock/setup.${name}`, '');
      const next = contender(50);
      assert.equal(await next.ended, 0, next.text);
      assert.equal(next.text, 'in');
    });

  it('is held by one at a time, of many that find the lock of a killed one', async () => {
    tree.write('.kith/setup.lock/setup.4194305-1', '');
    const work = `
      import { alone } from ${JSON.stringify(tree.path('scripts/setup/lock.mjs'))};
      import { appendFileSync } from 'node:fs';
      for (let time = 0; time < 3; time++)
        await alone(${JSON.stringify(tree.folder)}, () => {}, async () => {
          appendFileSync('log', 'in\\n');
          await new Promise((resolve) => setTimeout(resolve, 2));
          appendFileSync('log', 'out\\n');
        });`;
    const many = Array.from({ length: 6 }, () => tree.run(['--input-type=module', '--eval', work]));
    const ends = await Promise.all(many.map(({ ended }) => ended));
    assert.deepEqual(ends, [0, 0, 0, 0, 0, 0], many.map(({ text }) => text).join('\n'));
    assert.equal(tree.read('log'), 'in\nout\n'.repeat(18));
  });
});
