/**
 * `node scripts/oracle/show.ts [TOPIC…]`: every difference between kith and the recordings that is not accepted, by step.
 */
import { compare, leftOver, type Comparison } from '../../test/oracle/compare.ts';
import { startKith } from '../../test/oracle/kith.ts';
import { topics } from '../../test/oracle/script/topics.ts';

const named = process.argv.slice(2);
const kith = await startKith();
const comparisons: Comparison[] = [];
for (const topic of topics)
  if (named.length === 0 || named.includes(topic.name)) comparisons.push(await compare(kith, topic));
await kith.stop();

for (const { topic, steps, equal, stale, unknown } of comparisons) {
  console.log(
    `\n## ${topic}: ${equal} of ${steps} equal${stale.length > 0 ? `; stale: ${stale.join(', ')}` : ''}`,
  );
  for (const { step, at, original, kith: ours } of unknown)
    console.log(
      `${step.slice(topic.length + 1)}: ${at}\n    original ${brief(original)}\n    kith     ${brief(ours)}`,
    );
}
if (named.length === 0)
  for (const line of leftOver(comparisons))
    console.log(`accepted.ts has what fits nothing any more: ${line}`);
const sum = (count: (each: Comparison) => number) =>
  comparisons.reduce((total, each) => total + count(each), 0);
console.log(`\n${sum(({ equal }) => equal)} of ${sum(({ steps }) => steps)} equal`);

function brief(value: unknown): string {
  const text = JSON.stringify(value) ?? 'nothing';
  return text.length > 800 ? `${text.slice(0, 800)}…` : text;
}
