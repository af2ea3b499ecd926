/** `npm start`: set-up, then the demonstration swarm (scripts/demo/), under Node 24. `-- --check` runs it as a test. */
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { environment, node24, root, setUp } from './setup.mjs';

const startedAt = Date.now();
await setUp();
const child = spawn(
  node24(),
  [
    '--disable-warning=ExperimentalWarning',
    join(root, 'scripts', 'demo', 'main.ts'),
    ...process.argv.slice(2),
  ],
  {
    stdio: ['inherit', 'inherit', 'inherit', 'ipc'],
    env: { ...environment(), KITH_SETUP_MS: String(Date.now() - startedAt) },
  },
);
// The child ends what it started, in its own order, and we end with it. A terminal's ^C reaches both; being told twice does no harm.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
child.on('exit', (code, signal) => process.exit(signal ? 1 : (code ?? 1)));
