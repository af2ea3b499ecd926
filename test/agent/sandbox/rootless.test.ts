import assert from 'node:assert/strict';
import { asOrdinaryUser, noOrdinaryUser } from '../../support/ordinary-user.ts';
import { testPodman } from '../../support/podman.ts';

const files = [
  'test/agent/sandbox/podman.test.ts',
  'test/controller/apiserver/streams/kubectl-podman.test.ts',
];

/** Most people do not run kith as root; tests often are. */
describe('the podman sandbox of an ordinary user', function () {
  this.timeout(180_000);

  it('passes what root’s passes: containers, and streams into them', async function () {
    const why = noOrdinaryUser() ?? (await withoutPodman());
    if (why !== undefined) {
      if (process.env['CI'] === 'true' && process.getuid?.() === 0) throw new Error(why);
      console.log(`      skipped: ${why}`);
      return this.skip();
    }
    const { code, said } = await asOrdinaryUser(
      [process.execPath, 'node_modules/mocha/bin/mocha.js', ...files],
      // What is not there is to fail there.
      { CI: 'true' },
    );
    assert.equal(code, 0, said);
    assert.match(said, /takes over what an earlier agent left/);
    assert.match(said, /leaves no process behind/);
  });
});

async function withoutPodman(): Promise<string | undefined> {
  const found = await testPodman();
  if (typeof found === 'string') return found;
  await found.close();
  return undefined;
}
