/** `npm start`: set-up, then the demonstration swarm (scripts/demo/), under Node 24. `-- --check` runs it as a test. */
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { environment, node24, root, setUp } from './setup.mjs';

const startedAt = Date.now();
setUp();
const child = spawn(
  node24(),
  [
    '--disable-warning=ExperimentalWarning',
    join(root, 'scripts', 'demo', 'main.ts'),
    ...process.argv.slice(2),
  ],
  { stdio: 'inherit', env: { ...environment(), KITH_SETUP_MS: String(Date.now() - startedAt) } },
);
// The terminal sends ^C to the whole group: the child ends in its own order, and we with it.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'])
  process.on(signal, () => signal !== 'SIGINT' && child.kill(signal));
child.on('exit', (code, signal) => process.exit(signal ? 1 : (code ?? 1)));
