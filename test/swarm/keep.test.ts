import assert from 'node:assert/strict';
import fc from 'fast-check';
import { silentLog } from '../../process/log.ts';
import { seededRandom } from '../../process/random.ts';
import { VirtualClock } from '../../process/virtual-clock.ts';
import { keepLink } from '../../swarm/keep.ts';
import type { Link, LinkEnd } from '../../swarm/swarm.ts';

/** Peers that answer a dial after a while, or do not. */
function world(seed: number) {
  const clock = new VirtualClock();
  const up = new Set<string>();
  const dials: { key: string; at: number }[] = [];
  const living = new Map<Link, (end: LinkEnd) => void>();
  const dial = async (key: string, signal: AbortSignal): Promise<Link> => {
    dials.push({ key, at: clock.now() });
    await clock.sleep(up.has(key) ? 20 : 3_000, signal);
    if (!up.has(key)) throw new Error(`${key} did not answer`);
    let end!: (end: LinkEnd) => void;
    const closed = new Promise<LinkEnd>((resolve) => (end = resolve));
    const certificate = {
      cluster: '',
      key,
      role: 'controller' as const,
      name: key,
      owner: '',
      epoch: 1,
      notAfter: 0,
    };
    const link: Link = {
      purpose: 'control',
      peer: { key, certificate },
      dialled: true,
      session: undefined,
      lastHeardAt: () => clock.now(),
      roundTripMs: () => 1,
      closed,
      close: async () => end({ reason: 'goodbye', detail: 'closed on this side' }),
    };
    living.set(link, end);
    void closed.then(() => living.delete(link));
    return link;
  };
  const keep = (keys: string[]) =>
    keepLink({ keys: () => keys, dial, clock, random: seededRandom(seed), log: silentLog });
  return { clock, up, dials, living, keep };
}

describe('the dial loop', () => {
  it('is back within 5 s of the peer, whenever that returns', async () => {
    await fc.assert(
      fc.asyncProperty(fc.nat(), fc.integer({ min: 0, max: 600_000 }), async (seed, awayMs) => {
        const { clock, up, keep } = world(seed);
        const kept = keep(['a']);
        await clock.advance(awayMs);
        up.add('a');
        await clock.advance(5_000);
        assert.equal(kept.current?.peer.key, 'a');
        await kept.stop();
      }),
      { numRuns: 30 },
    );
  });

  it('spreads its attempts: never two within 50 ms, not at the same times with another seed', async () => {
    const times = await Promise.all(
      [1, 2].map(async (seed) => {
        const { clock, dials, keep } = world(seed);
        const kept = keep(['a']);
        await clock.advance(60_000);
        await kept.stop();
        return dials.map(({ at }) => at);
      }),
    );
    for (const [index, at] of times[0]!.entries()) assert.ok(index === 0 || at - times[0]![index - 1]! >= 50);
    assert.ok(times[0]!.length < 60);
    assert.notDeepEqual(times[0], times[1]);
  });

  it('takes the first of several that answers, and leaves the others', async () => {
    const { clock, up, living, keep } = world(1);
    up.add('b').add('c');
    const kept = keep(['a', 'b', 'c']);
    await clock.advance(5_000);
    assert.equal(kept.current?.peer.key, 'b');
    assert.equal(living.size, 1);
    await kept.stop();
    assert.equal(living.size, 0);
  });

  it('says what is wrong while there is no link, and tells listeners of each change', async () => {
    const { clock, up, living, keep } = world(1);
    const seen: (string | undefined)[] = [];
    const kept = keep(['a']);
    const off = kept.onChange((link) => seen.push(link?.peer.key));
    await clock.advance(4_000);
    assert.match(String(kept.lastError), /a did not answer/);
    up.add('a');
    const live = kept.live();
    await clock.advance(5_000);
    assert.equal((await live).peer.key, 'a');
    assert.ok(!kept.lastError);
    [...living.values()][0]!({ reason: 'silence', detail: 'nothing was heard of a for 3 s' });
    await clock.advance(1);
    assert.match(String(kept.lastError), /silence/);
    await clock.advance(5_000);
    off();
    await kept.stop();
    assert.deepEqual(seen, ['a', undefined, 'a']);
  });

  it('stops: no more attempts, and waiters are told', async () => {
    const { clock, dials, keep } = world(1);
    const kept = keep(['a']);
    await clock.advance(1_000);
    const live = kept.live();
    const told = assert.rejects(live, /no longer kept/);
    await kept.stop();
    await told;
    const before = dials.length;
    await clock.advance(60_000);
    assert.equal(dials.length, before);
    await assert.rejects(keep(['a']).live(AbortSignal.abort(new Error('enough'))), /enough/);
  });
});
