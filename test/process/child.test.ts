import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { superviseChild, type ChildFailed, type SupervisedChild } from '../../process/child.ts';
import { systemClock } from '../../process/clock.ts';
import { silentLog } from '../../process/log.ts';
import { seededRandom } from '../../process/random.ts';

const tools = { clock: systemClock, random: seededRandom(1), log: silentLog };
const script = (code: string) => ({ command: process.execPath, args: ['--input-type=module', '-e', code] });
const serving = `process.send({ ready: { pid: process.pid } }); process.on('disconnect', () => process.exit(0)); setInterval(() => {}, 1e6);`;

async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await new Promise((resolve) => setTimeout(resolve, 10));
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

describe('a supervised child', () => {
  let child: SupervisedChild | undefined;
  afterEach(() => child?.stop(1000));

  it('tells when it serves, and is started again when it dies', async () => {
    child = superviseChild({ name: 'one', ...tools, ...script(serving) });
    const { pid } = (await child.ready(10_000)) as { pid: number };
    process.kill(pid, 'SIGKILL');
    await until(() => child!.pid !== undefined && child!.pid !== pid);
    assert.ok(child.pid);
  });

  it('that cannot start now ends at once, and one that has served is started again until it can', async () => {
    const code = 'process.exitCode = 75; console.error("Error (KITH_X): not now");';
    const finals: ChildFailed[] = [];
    child = superviseChild({
      name: 'new',
      ...tools,
      ...script(code),
      onFinal: (failed) => finals.push(failed),
    });
    await assert.rejects(child.ready(10_000), /new ended with exit code 75.*not now/);
    assert.equal(finals.length, 1);
    let ends = 0;
    const served = superviseChild({
      name: 'served',
      ...tools,
      ...script(`process.send({ ready: {} }); ${code} process.disconnect();`),
      onLine: () => (ends += 1),
      onFinal: (failed) => finals.push(failed),
    });
    try {
      await served.ready(10_000);
      await until(() => ends >= 2);
      assert.equal(finals.length, 1);
    } finally {
      await served.stop(1000);
    }
  });

  it('runs on when it is retired, and is not started again when it then dies', async () => {
    child = superviseChild({ name: 'retired', ...tools, ...script(serving) });
    const { pid } = (await child.ready(10_000)) as { pid: number };
    child.retire();
    assert.ok(isAlive(pid));
    process.kill(pid, 'SIGKILL');
    await until(() => child!.pid === undefined);
    // The control, and the measure of time: one that is not retired comes back twice, the second time after a longer pause.
    const other = superviseChild({ name: 'other', ...tools, ...script(serving) });
    try {
      await other.ready(10_000);
      for (let death = 1; death <= 2; death++) {
        const before = other.pid!;
        process.kill(before, 'SIGKILL');
        await until(() => other.pid !== undefined && other.pid !== before);
      }
    } finally {
      await other.stop(1000);
    }
    assert.equal(child.pid, undefined);
  });

  it('is not started again after an exit code that a restart would not mend', async () => {
    let final: ChildFailed | undefined;
    child = superviseChild({
      name: 'two',
      ...tools,
      ...script(`console.error('Error: port 1 is busy'); console.error('Try: another'); process.exit(2);`),
      onFinal: (failed) => (final = failed),
    });
    await assert.rejects(child.ready(10_000), /exit code 2\. Its last words: Error: port 1 is busy/);
    assert.deepEqual(final?.lastLines, ['Error: port 1 is busy', 'Try: another']);
    assert.equal(child.pid, undefined);
  });

  it('is tried again where the system refuses to start it at this moment', async () => {
    let refusals = 0;
    const args = ['--input-type=module', '-e', serving];
    child = superviseChild({
      name: 'refused',
      ...tools,
      // A word with a null byte is refused by spawn itself, as is a program that is being replaced.
      get command() {
        return refusals++ === 0 ? '\0' : process.execPath;
      },
      args,
    });
    await child.ready(10_000);
    assert.equal(refusals, 2);
  });

  it('is tried again where this process may open no more files', async () => {
    const module = (name: string) =>
      JSON.stringify(new URL(`../../process/${name}.ts`, import.meta.url).href);
    // Takes every file there is, and lets them go when it hears of the refusal.
    const supervisor = spawn(
      'sh',
      [
        '-c',
        'ulimit -n 64 && exec "$0" --input-type=module -e "$1"',
        process.execPath,
        `import { closeSync, openSync } from 'node:fs';
         const { superviseChild } = await import(${module('child')}); const { systemClock: clock } = await import(${module('clock')});
         const { systemRandom: random } = await import(${module('random')}); const { silentLog } = await import(${module('log')});
         const refusals = []; const taken = [];
         const log = { ...silentLog, warn: (message, { why }) => { refusals.push(why); taken.splice(0).forEach((file) => closeSync(file)); } };
         try { for (;;) taken.push(openSync('/dev/null')); } catch {}
         const child = superviseChild({ name: 'x', clock, random, log, command: process.execPath, args: ['--input-type=module', '-e', ${JSON.stringify(serving)}] });
         await child.ready(10000); console.log(refusals.join()); await child.stop(1000); process.exit(0);`,
      ],
      { stdio: ['ignore', 'pipe', 'pipe'] },
    );
    let said = '';
    for (const stream of [supervisor.stdout, supervisor.stderr]) stream.on('data', (text) => (said += text));
    const [code] = (await once(supervisor, 'close')) as [number | null];
    assert.equal(code, 0, said);
    assert.match(said, /^spawn .* EMFILE\n$/);
  });

  it('that does not serve in time is reported with its last words', async () => {
    child = superviseChild({
      name: 'three',
      ...tools,
      ...script(`console.log('thinking'); setInterval(() => {}, 1e6);`),
    });
    await assert.rejects(child.ready(500), /three was not ready after/);
  });

  it('that ignores SIGTERM is killed after its grace', async () => {
    child = superviseChild({
      name: 'four',
      ...tools,
      ...script(`process.on('SIGTERM', () => {}); ${serving}`),
    });
    const { pid } = (await child.ready(10_000)) as { pid: number };
    await child.stop(100);
    assert.equal(isAlive(pid), false);
  });

  it('ends by itself when its supervisor is killed', async () => {
    const module = (name: string) =>
      JSON.stringify(new URL(`../../process/${name}.ts`, import.meta.url).href);
    const supervisor = spawn(
      process.execPath,
      [
        '--input-type=module',
        '-e',
        `const { superviseChild } = await import(${module('child')}); const { systemClock: clock } = await import(${module('clock')});
         const { systemRandom: random } = await import(${module('random')}); const { silentLog: log } = await import(${module('log')});
         const child = superviseChild({ name: 'x', clock, random, log, command: process.execPath, args: ['--input-type=module', '-e', ${JSON.stringify(serving)}] });
         console.log((await child.ready(10000)).pid);`,
      ],
      { stdio: ['ignore', 'pipe', 'inherit'] },
    );
    const [line] = (await once(createInterface({ input: supervisor.stdout }), 'line')) as [string];
    const pid = Number(line);
    assert.ok(isAlive(pid));
    supervisor.kill('SIGKILL');
    await until(() => !isAlive(pid));
  });
});
