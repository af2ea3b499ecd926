import assert from 'node:assert/strict';
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

const url = (path: string) => JSON.stringify(new URL(`../../${path}`, import.meta.url).href);

/** What takes its time to stop: says `up PID`, and `stopped` 500 ms after it was told to. */
const program = `
  import { onShutdown } from ${url('process/shutdown.ts')};
  onShutdown(async () => { await new Promise((r) => setTimeout(r, 500)); console.log('stopped'); return 7; });
  setInterval(() => {}, 1000);
  console.log('up ' + process.pid);`;

/** As `kith` does where it was started by an older Node. */
const launcher = `
  import { runUnder } from ${url('cli/packaged-node.ts')};
  const ended = await runUnder(process.execPath, ['--input-type=module', '-e', ${JSON.stringify(program)}]);
  console.log('ended ' + ended);
  process.exit(typeof ended === 'number' ? ended : 1);`;

describe('kith started by an older Node', () => {
  let started: ChildProcess;
  let output: string;
  let pid: number;

  beforeEach(async () => {
    started = spawn(process.execPath, ['--input-type=module', '-e', launcher], {
      cwd: fileURLToPath(new URL('../..', import.meta.url)),
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    output = '';
    await new Promise<void>((resolve) =>
      started.stdout!.on('data', (chunk) => {
        output += chunk;
        if (/up \d+\n/.test(output)) resolve();
      }),
    );
    pid = Number(/up (\d+)/.exec(output)![1]);
  });
  afterEach(() => {
    started.kill('SIGKILL');
    try {
      process.kill(pid, 'SIGKILL');
    } catch {
      // It has ended, as it should.
    }
  });

  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
    it(`ends with the command and not before, when it is told ${signal}`, async () => {
      started.kill(signal);
      const [code] = await once(started, 'close');
      assert.match(output, /stopped\nended 7\n$/);
      assert.equal(code, 7);
    });

  it('does not leave the command behind when it is killed', async () => {
    started.kill('SIGKILL');
    // The pipe closes when the last of the two has ended.
    await once(started, 'close');
    assert.match(output, /stopped\n$/);
  });
});
