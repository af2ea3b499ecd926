/**
 * `node scripts/oracle/show.ts [TOPIC…]`: every difference between kith and the recordings that is not accepted, by step, and how many
 * there are behind each line of `test/oracle/open.ts`. For who works that list off.
 */
import { compare, leftOver, type Comparison } from '../../test/oracle/compare.ts';
import { startKith } from '../../test/oracle/kith.ts';
import { open } from '../../test/oracle/open.ts';
import { topics } from '../../test/oracle/script/topics.ts';

const named = process.argv.slice(2);
const kith = await startKith();
const comparisons: Comparison[] = [];
for (const topic of topics)
  if (named.length === 0 || named.includes(topic.name)) comparisons.push(await compare(kith, topic));
await kith.stop();

for (const { topic, steps, equal, stale, open: known, unknown } of comparisons) {
  console.log(
    `\n## ${topic}: ${equal} of ${steps} equal${stale.length > 0 ? `; stale: ${stale.join(', ')}` : ''}`,
  );
  for (const [mark, differences] of [
    ['?', unknown],
    [' ', known.map(({ difference }) => difference)],
  ] as const)
    for (const { step, at, original, kith: ours } of differences)
      console.log(
        `${mark} ${step.slice(topic.length + 1)}: ${at}\n    original ${brief(original)}\n    kith     ${brief(ours)}`,
      );
}
const fitted = comparisons.flatMap((each) => each.open);
console.log('\n## open.ts');
for (const entry of open) {
  const steps = fitted.filter((each) => each.entry === entry).map(({ difference }) => difference.step);
  console.log(`${steps.length} differences at ${new Set(steps).size} steps: ${entry.missing}`);
}
if (named.length === 0)
  for (const line of leftOver(comparisons)) console.log(`fits nothing any more: ${line}`);
const sum = (count: (each: Comparison) => number) =>
  comparisons.reduce((total, each) => total + count(each), 0);
console.log(`\n${sum(({ equal }) => equal)} of ${sum(({ steps }) => steps)} equal`);

function brief(value: unknown): string {
  const text = JSON.stringify(value) ?? 'nothing';
  return text.length > 800 ? `${text.slice(0, 800)}…` : text;
}
