import { readdirSync } from 'node:fs';
import { cpus, totalmem } from 'node:os';
import type { BenchRow } from './row.ts';
import { rowText } from './print.ts';

/** Files here that are not benches. */
const notBenches = new Set(['main.ts', 'row.ts', 'print.ts']);

const wanted = process.argv.slice(2);
const names = readdirSync(new URL('.', import.meta.url))
  .filter((name) => name.endsWith('.ts') && !notBenches.has(name))
  .map((name) => name.replace(/\.ts$/, ''))
  .filter((name) => wanted.length === 0 || wanted.includes(name));
if (names.length === 0) {
  console.error(`no bench is called ${wanted.join(', ')}`);
  process.exit(2);
}
console.log(
  `${cpus().length} × ${cpus()[0]?.model.trim()}, ${(totalmem() / 2 ** 30).toFixed(0)} GiB, Node ${process.versions.node}`,
);
let missed = 0;
for (const name of names) {
  console.log(`\n${name}`);
  const { run } = (await import(`./${name}.ts`)) as { run: () => Promise<BenchRow[]> };
  for (const row of await run()) {
    const { line, isMissed } = rowText(row);
    console.log(`  ${line}`);
    if (isMissed) missed += 1;
  }
}
console.log(missed > 0 ? `\n${missed} figures missed their goal` : '\nevery goal was reached');
process.exit(0);
