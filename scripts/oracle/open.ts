/**
 * `node scripts/oracle/open.ts`: takes out of `test/oracle/open.ts` what has become equal. With `--add`, what differs and stands in neither
 * list joins it too, a topic's steps in an entry of their own: for when the script has grown. Who adds says what is missing.
 */
import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { format, resolveConfig } from 'prettier';
import { compare, type Comparison } from '../../test/oracle/compare.ts';
import type { Open } from '../../test/oracle/exception.ts';
import { startKith } from '../../test/oracle/kith.ts';
import { open } from '../../test/oracle/open.ts';
import { topics } from '../../test/oracle/script/topics.ts';

const path = fileURLToPath(new URL('../../test/oracle/open.ts', import.meta.url));
const kith = await startKith();
const comparisons: Comparison[] = [];
for (const topic of topics) comparisons.push(await compare(kith, topic));
await kith.stop();
const stale = comparisons.filter((each) => each.stale.length > 0).map(({ topic }) => topic);
if (stale.length > 0) {
  console.error(`Record first (npm run record:oracle): ${stale.join(', ')}.`);
  process.exit(1);
}

const fitted = comparisons.flatMap((each) => each.open);
const kept = open.flatMap((entry): Open[] => {
  const steps = unique(
    fitted.filter((each) => each.entry === entry).map(({ difference }) => difference.step),
  );
  if (steps.length === 0) return [];
  return [entry.steps ? { ...entry, steps } : entry];
});
if (process.argv.includes('--add'))
  for (const { topic, unknown } of comparisons) {
    if (unknown.length === 0) continue;
    const steps = unique(unknown.map(({ step }) => step));
    const known = kept.find((each) => each.steps?.[0]?.startsWith(`${topic}/`) && each.at === undefined);
    if (known) known.steps = unique([...known.steps!, ...steps]);
    else kept.push({ missing: `not looked into yet: ${topic}`, steps });
  }

const text = `import type { Open } from './exception.ts';

/**
 * Where kith answers otherwise than Kubernetes and should not, by step. Whoever mends one takes its line away
 * (\`node scripts/oracle/open.ts\` does): a step that does not differ any more fails the test. \`node scripts/oracle/show.ts TOPIC\` tells the
 * differences. This is no place for what is so on purpose (\`accepted.ts\`).
 */
export const open: readonly Open[] = ${JSON.stringify(kept)};
`;
writeFileSync(path, await format(text, { ...(await resolveConfig(path)), filepath: path }));
console.log(`${kept.length} entries, ${unique(kept.flatMap((each) => each.steps ?? [])).length} steps`);

function unique(items: readonly string[]): string[] {
  return [...new Set(items)];
}
