import assert from 'node:assert/strict';
import fc from 'fast-check';
import { judge, silenceMs, type Observation, type Verdict } from '../../../controller/nodes/verdict.ts';

const attentive = { lagMs: 0 };
const host = (name: string, lastHeardMsAgo: number, rest: Partial<Observation> = {}): Observation => ({
  name,
  previous: 'Ready',
  lastHeardMsAgo,
  goodbye: false,
  ...rest,
});
/** The verdict on the first of these; the others are well unless a test says otherwise. */
const verdictOn = (
  seen: Observation,
  others = [host('b', 100), host('c', 900)],
  observer = attentive,
): Verdict => judge([seen, ...others], observer).get(seen.name)!.verdict;

describe('liveness verdict', () => {
  it('suspects a host after three seconds of silence, and not before', () => {
    assert.equal(verdictOn(host('a', 2_999)), 'Ready');
    assert.equal(verdictOn(host('a', 3_000)), 'Suspect');
  });

  it('gives a host up after eight seconds', () => {
    assert.equal(verdictOn(host('a', 7_999, { previous: 'Suspect' })), 'Suspect');
    assert.equal(verdictOn(host('a', 8_000, { previous: 'Suspect' })), 'Unknown');
  });

  it('does not suspect a host that a helper reaches, as long as it does', () => {
    assert.equal(verdictOn(host('a', 14_000, { reachedMsAgo: 500 })), 'Ready');
    assert.equal(verdictOn(host('a', 14_000, { reachedMsAgo: 3_000 })), 'Suspect');
  });

  it('gives up a host that it has not heard itself for fifteen seconds, whoever else reaches it', () => {
    assert.equal(verdictOn(host('a', 14_999, { reachedMsAgo: 10 })), 'Ready');
    assert.equal(verdictOn(host('a', 15_000, { reachedMsAgo: 10 })), 'Unknown');
  });

  it('believes a goodbye at once, however fresh the last beat', () => {
    assert.equal(verdictOn(host('a', 10, { goodbye: true })), 'Goodbye');
  });

  it('takes a host back as soon as it is heard', () => {
    for (const previous of ['Suspect', 'Unknown', 'Goodbye'] as const) {
      assert.equal(verdictOn(host('a', 50, { previous })), 'Ready');
    }
  });

  it('does not soften an Unknown to a Suspect without having heard anything', () => {
    assert.equal(verdictOn(host('a', 4_000, { previous: 'Unknown' })), 'Unknown');
  });

  it('accuses nobody while it lags itself, but still believes returns and goodbyes', () => {
    const late = { lagMs: 251 };
    assert.equal(verdictOn(host('a', 5_000), undefined, late), 'Ready');
    assert.equal(verdictOn(host('a', 9_000, { previous: 'Suspect' }), undefined, late), 'Suspect');
    assert.equal(verdictOn(host('a', 50, { previous: 'Suspect' }), undefined, late), 'Ready');
    assert.equal(verdictOn(host('a', 50, { goodbye: true }), undefined, late), 'Goodbye');
    assert.equal(verdictOn(host('a', 5_000), undefined, { lagMs: 250 }), 'Suspect');
  });

  it('doubts its own link when more than half fall silent together', () => {
    assert.equal(verdictOn(host('a', 3_000), [host('b', 2_100), host('c', 100)]), 'Ready');
    assert.equal(verdictOn(host('a', 3_000), [host('b', 1_000), host('c', 100)]), 'Suspect');
  });

  it('counts only those who lived until then: hosts gone for long are no part of "most"', () => {
    const longGone = ['x', 'y', 'z'].map((name) => host(name, 900_000, { previous: 'Unknown' }));
    assert.equal(verdictOn(host('a', 3_000), [host('b', 100), ...longGone]), 'Suspect');
    assert.equal(verdictOn(host('a', 3_000), [host('b', 3_000), ...longGone]), 'Ready');
  });

  it('two hosts that die more than ten seconds apart did not die together', () => {
    assert.equal(
      verdictOn(host('a', 3_000), [host('b', 13_100, { previous: 'Unknown' }), host('c', 1)]),
      'Suspect',
    );
    assert.equal(
      verdictOn(host('a', 3_000), [host('b', 12_900, { previous: 'Unknown' }), host('c', 1)]),
      'Ready',
    );
  });

  it('stops doubting after a minute if anybody is heard, and never if nobody is', () => {
    assert.equal(verdictOn(host('a', 60_000), [host('b', 60_100), host('c', 100)]), 'Unknown');
    assert.equal(verdictOn(host('a', 60_000), [host('b', 60_100), host('c', 60_200)]), 'Ready');
  });

  it('goodbyes do not make the rest look like most', () => {
    const leaving = [host('b', 100, { goodbye: true }), host('c', 100, { goodbye: true })];
    assert.equal(verdictOn(host('a', 3_000), [...leaving, host('d', 1)]), 'Suspect');
  });

  it('never accuses a host that was heard within three seconds, or reached while it may be, nor more than half at once', () => {
    const anyHost = fc.record({
      lastHeardMsAgo: fc.nat(30_000),
      reachedMsAgo: fc.option(fc.nat(30_000), { nil: undefined }),
      goodbye: fc.boolean(),
    });
    fc.assert(
      fc.property(fc.array(anyHost, { minLength: 1, maxLength: 9 }), fc.nat(600), (hosts, lagMs) => {
        const seen = hosts.map((each, index) => host(`h${index}`, each.lastHeardMsAgo, each));
        const judged = judge(seen, { lagMs });
        const accused = seen.filter(({ name }) => ['Suspect', 'Unknown'].includes(judged.get(name)!.verdict));
        for (const { lastHeardMsAgo, reachedMsAgo = Infinity, goodbye } of accused) {
          const reached = lastHeardMsAgo < 15_000 && reachedMsAgo < 3_000;
          assert.ok(lastHeardMsAgo >= 3_000 && !reached && !goodbye);
        }
        if (lagMs > 250) assert.equal(accused.length, 0);
        const silences = accused.map(silenceMs);
        const together = Math.max(...silences) - Math.min(...silences) <= 10_000;
        if (together) assert.ok(accused.length * 2 <= hosts.filter(({ goodbye }) => !goodbye).length);
      }),
    );
  });
});
