import assert from 'node:assert/strict';
import { sayingSo } from '../../cli/looking.ts';
import { VirtualClock } from '../../process/virtual-clock.ts';

describe('who looks for a controller', () => {
  let clock: VirtualClock;
  let said: string[];
  let found: PromiseWithResolvers<string>;
  let waiting: Promise<string>;
  beforeEach(() => {
    clock = new VirtualClock();
    said = [];
    found = Promise.withResolvers();
    waiting = sayingSo(found.promise, { cluster: 'home', clock, say: (line) => said.push(line) });
  });

  it('says nothing where it is found soon', async () => {
    await clock.advance(2_900);
    found.resolve('attic');
    assert.equal(await waiting, 'attic');
    await clock.advance(300_000);
    assert.deepEqual(said, []);
  });

  it('says so after 3 s, then each minute, and no more once it is found', async () => {
    await clock.advance(3_000);
    assert.equal(said.length, 1);
    assert.match(said[0]!, /^Still looking for a controller of "home": it may be away/);
    await clock.advance(59_000);
    assert.equal(said.length, 1);
    await clock.advance(61_000);
    assert.equal(said.length, 3);
    found.resolve('attic');
    await waiting;
    await clock.advance(300_000);
    assert.equal(said.length, 3);
  });

  it('passes on that it failed', async () => {
    await clock.advance(3_000);
    found.reject(new Error('no network'));
    await assert.rejects(waiting, /no network/);
    await clock.advance(300_000);
    assert.equal(said.length, 1);
  });
});
