/** Stands in for `npm ci`: removes node_modules, and brings a compiler. */
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { step } from './step.mjs';

const compiler = new URL('compiler.mjs', import.meta.url).href;
await step(
  'npm',
  () => rmSync('node_modules', { recursive: true, force: true }),
  () => {
    mkdirSync('node_modules/typescript/bin', { recursive: true });
    writeFileSync('node_modules/typescript/bin/tsc', `import(${JSON.stringify(compiler)});\n`);
  },
);
