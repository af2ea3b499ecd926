/** Stands in for scripts/oclif-manifest.mjs: the list of commands is the source itself. */
import { copyFileSync } from 'node:fs';
import { step } from './step.mjs';

await step('manifest', () => copyFileSync('cli/main.ts', `${process.argv[2]}/oclif.manifest.json`));
