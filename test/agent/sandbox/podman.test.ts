import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { text } from 'node:stream/consumers';
import type { ContainerSpec, Sandbox } from '../../../agent/sandbox/sandbox.ts';
import { isAlive, identify } from '../../../agent/sandbox/identity.ts';
import { boxImage, testPodman, type TestPodman } from '../../support/podman.ts';
import { until } from '../../support/wait.ts';

/** The driver alone, on real containers. */
describe('the podman sandbox', function () {
  this.timeout(60_000);
  let machine: TestPodman | undefined;
  let sandbox: Sandbox;
  const pod = (name: string) => ({
    uid: `uid-of-${name}`,
    namespace: 'default',
    name,
    directory: '/nowhere',
  });
  before(async function () {
    const found = await testPodman();
    if (typeof found === 'string') {
      if (process.env['CI'] === 'true') throw new Error(found);
      console.log(`      skipped: ${found}`);
      return this.skip();
    }
    machine = found;
    sandbox = await found.driver('/this/agent');
  });
  after(async () => {
    await sandbox?.close();
    await machine?.close();
  });

  const spec = async (
    command: string,
    more: Partial<ContainerSpec> = {},
  ): Promise<ContainerSpec & { said: () => string }> => {
    let said = '';
    return {
      name: 'app',
      image: (await sandbox.image!(boxImage))!,
      command: ['sh', '-c', command],
      env: {},
      ports: [8080],
      output: (stream, chunk) => (said += `${stream}: ${chunk.toString()}`),
      said: () => said,
      ...more,
    };
  };

  it('knows the images that podman has, and no others', async () => {
    assert.equal((await sandbox.image!(boxImage))?.kind, 'oci');
    assert.equal(await sandbox.image!('localhost/nothing:1'), undefined);
  });

  it('tells what a container prints to the last byte, and its exit code', async () => {
    const box = await sandbox.create(pod('short'));
    const short = await spec('echo "$GREETING"; echo err >&2; exit 37', { env: { GREETING: 'hello $HOME' } });
    const running = await box.start(short);
    assert.deepEqual(await running.exited, { code: 37, reason: 'Error' });
    assert.ok(short.said().includes('stdout: hello $HOME\n'));
    assert.ok(short.said().includes('stderr: err\n'));
    assert.equal(box.containers.size, 0);
    await box.remove();
    await box.remove();
  });

  it('lets the containers of a pod that shares its processes see each other, and those of others not', async () => {
    const start = async (sharesProcesses: boolean) => {
      const made = { ...pod(`shared-${sharesProcesses}`), sharesProcesses };
      const box = await sandbox.create(made);
      const one = await spec('sleep 1111', { name: 'one' });
      const two = await spec('while true; do ps; sleep 0.1; done', { name: 'two' });
      // At once, as the agent starts them.
      await Promise.all([box.start(one), box.start(two)]);
      await until('it has looked', () => two.said().includes('PID'));
      return { box, two };
    };
    const shared = await start(true);
    await until('it sees the other', () => shared.two.said().includes('sleep 1111'));
    const [first, other] = [...shared.box.containers.values()];
    await first!.stop(0);
    assert.equal((await other!.exited).code, 137, 'with the first one’s end all end');
    const again = await spec('while true; do echo again; sleep 0.1; done', { name: 'one' });
    await shared.box.start(again);
    await until('it runs anew', () => again.said().includes('again'));
    const alone = await start(false);
    await until('it has looked twice', () => alone.two.said().split('PID').length > 2);
    assert.doesNotMatch(alone.two.said(), /sleep 1111/);
    await Promise.all([shared.box.remove(), alone.box.remove()]);
  });

  it('says what podman says where a command is not there', async () => {
    const box = await sandbox.create(pod('broken'));
    await assert.rejects(
      box.start({ ...(await spec('')), command: ['/nothing'] }),
      /\/nothing.*no such file/,
    );
    await box.remove();
  });

  it('ends an app that ignores SIGTERM after its grace', async () => {
    const box = await sandbox.create(pod('stubborn'));
    const stubborn = await spec('trap "echo asked" TERM; while true; do sleep 0.1; done');
    const running = await box.start(stubborn);
    const exit = await running.stop(500);
    assert.equal(exit.code, 137, `${JSON.stringify(exit)} ${stubborn.said()}`);
    assert.match(stubborn.said(), /asked/);
    await box.remove();
  });

  it('tells how a command ended once all that it wrote is read, and keeps no process of podman’s for it', async () => {
    const box = await sandbox.create(pod('keeper'));
    const running = await box.start(await spec('sleep 1000'));
    const podmanId = running.id.replace('podman://', '');
    const keepers = () =>
      execFileSync('ps', ['-eo', 'args'], { encoding: 'utf8' })
        .split('\n')
        .filter((line) => line.includes('--exec-attach') && line.includes(podmanId)).length;
    const command = ['sh', '-c', 'head -c 3000000 /dev/zero; exit 37'];
    const session = await running.exec!(command, { stdin: false, tty: false });
    await until('there is one, the control', () => keepers() > 0);
    let bytes = 0;
    for await (const chunk of session.stdout as AsyncIterable<Buffer>) bytes += chunk.length;
    assert.equal(bytes, 3_000_000);
    assert.deepEqual(await session.exited, { code: 37, reason: 'Error' });
    await until('none is left', () => keepers() === 0);
    await box.remove();
  });

  it('holds an app to its memory', async function () {
    if (!sandbox.capabilities.enforces.memory) return this.skip();
    const box = await sandbox.create(pod('greedy'));
    const greedy = await spec('head -c 200000000 /dev/zero | tail -c 199999999 | wc -c', {
      memoryBytesMax: 32 * 1024 * 1024,
    });
    const running = await box.start(greedy);
    await running.exited;
    assert.doesNotMatch(greedy.said(), /199999999/);
    const modest = await box.start(await spec('echo fits', { memoryBytesMax: 32 * 1024 * 1024 }));
    assert.equal((await modest.exited).code, 0);
    await box.remove();
  });

  it('takes over what an earlier agent left, and leaves no container behind', async () => {
    const first = await machine!.driver('/another/agent');
    const before = await (
      await first.create(pod('lasting'))
    ).start(
      await spec(
        'mkdir /tmp/w; echo page > /tmp/w/index.html; httpd -p 8080 -h /tmp/w; while true; do echo tick; sleep 0.1; done',
      ),
    );
    const identity = identify(before.pid!)!;
    await first.close();
    assert.ok(isAlive(identity), 'it lives on without its agent');
    assert.deepEqual(await sandbox.recover(), [], 'it is not that of another agent');

    const second = await machine!.driver('/another/agent');
    const [box] = await second.recover();
    const running = box!.containers.get('app')!;
    assert.equal(running.id, before.id);
    let heard = '';
    running.attach!((_stream, chunk) => (heard += chunk.toString()));
    await until('its output goes on', () => heard.includes('tick'));
    const socket = await box!.connect(8080);
    socket.write('GET /index.html HTTP/1.0\r\n\r\n');
    assert.match(await text(socket), /page/);
    await assert.rejects(box!.connect(9999), /ECONNREFUSED/);
    await box!.remove();
    assert.ok(!isAlive(identity));
    await second.close();
    assert.equal((await machine!.podman('ps', '-aq')).trim(), '');
  });
});
