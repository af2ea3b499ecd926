import assert from 'node:assert/strict';
import type { Server } from './answer.ts';
import { compare, leftOver, type Comparison } from './compare.ts';
import type { Difference } from './differences.ts';
import { startKith } from './kith.ts';
import { topics } from './script/topics.ts';

/** So many differences of a topic are shown; the rest are of the same kind more often than not. */
const shownMax = 25;

describe('Against the original: kith answers as the recorded kube-apiserver did', () => {
  let kith: Server & { stop(): Promise<void> };
  const comparisons: Comparison[] = [];
  before(async () => {
    kith = await startKith();
  });
  after(async () => {
    await kith.stop();
    const sum = (count: (each: Comparison) => number) =>
      comparisons.reduce((total, each) => total + count(each), 0);
    console.log(`    ${sum(({ equal }) => equal)} of ${sum(({ steps }) => steps)} equal`);
  });

  for (const topic of topics)
    it(topic.name, async () => {
      const comparison = await compare(kith, topic);
      comparisons.push(comparison);
      assert.deepEqual(comparison.stale, [], 'not recorded as they are now: npm run record:oracle');
      assert.equal(comparison.unknown.length, 0, shown(comparison.unknown));
    });

  it('no entry is left of what does not differ any more', function () {
    if (comparisons.length < topics.length) this.skip();
    assert.deepEqual(leftOver(comparisons), [], 'take these away from accepted.ts');
  });
});

function shown(differences: readonly Difference[]): string {
  const lines = differences
    .slice(0, shownMax)
    .map(
      ({ step, at, original, kith }) =>
        `${step}: ${at}\n  original ${brief(original)}\n  kith     ${brief(kith)}`,
    );
  return `${differences.length} differences that accepted.ts does not know:\n${lines.join('\n')}`;
}

function brief(value: unknown): string {
  const text = JSON.stringify(value) ?? 'nothing';
  return text.length > 600 ? `${text.slice(0, 600)}…` : text;
}
