/** Stands in for the compiler: one half of the output at its beginning, one at its end. Source with `broken` in it is refused. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { step } from './step.mjs';

const out = process.argv[process.argv.indexOf('--outDir') + 1];
const source = readFileSync('cli/main.ts', 'utf8');
await step(
  'compiler',
  () => {
    mkdirSync(join(out, 'cli'), { recursive: true });
    writeFileSync(join(out, 'cli/main.js'), source);
    if (!source.includes('broken')) return;
    console.error('cli/main.ts(1,1): it is broken');
    process.exit(1);
  },
  () => writeFileSync(join(out, 'cli/second.js'), source),
);
