/** `npm run record:oracle [-- TOPIC…]`: set-up, then `scripts/oracle/record.ts` under Node 24. */
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { environment, node24, root, setUp } from './setup.mjs';

await setUp();
const child = spawn(
  node24(),
  [
    '--disable-warning=ExperimentalWarning',
    join(root, 'scripts', 'oracle', 'record.ts'),
    ...process.argv.slice(2),
  ],
  { stdio: 'inherit', env: environment(), cwd: root },
);
child.on('exit', (code, signal) => process.exit(signal ? 1 : (code ?? 1)));
