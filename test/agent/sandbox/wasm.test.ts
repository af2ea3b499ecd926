import assert from 'node:assert/strict';
import { copyFileSync, readFileSync, readlinkSync, writeFileSync } from 'node:fs';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { identify, isAlive } from '../../../agent/sandbox/identity.ts';
import { findJail } from '../../../agent/sandbox/jail/trial.ts';
import type { ContainerSpec, PodSandbox, RunningContainer } from '../../../agent/sandbox/sandbox.ts';
import { WasmSandbox } from '../../../agent/sandbox/wasm/driver.ts';
import { assembleRuntime } from '../../../agent/sandbox/wasm/runtime.ts';
import type { WatchdogLimits } from '../../../agent/sandbox/wasm/watchdog.ts';
import { systemClock } from '../../../process/clock.ts';
import { silentLog } from '../../../process/log.ts';
import { until } from '../../support/wait.ts';
import { ask, busy, get } from './contract.ts';
import { fixtureImage, requireBubblewrap, withFixtureTranspiled } from './wasm-drivers.ts';

const mebibyte = 1024 * 1024;
/** The watchdog of the real limits takes ten seconds to be sure. */
const quickWatchdog: Partial<WatchdogLimits> = { beatMs: 50, loopBeats: 8, loopCpuMs: 300 };
/** None for the sandbox: then Node alone is more than a small app may use. */
const noOverhead: Partial<WatchdogLimits> = { ...quickWatchdog, overheadBytes: 0 };
const port = 8080;

describe('the wasm sandbox', () => {
  let dataFolder: string;
  let sandbox: WasmSandbox;
  let pod: PodSandbox;
  let said: string;

  const open = async (watchdog?: Partial<WatchdogLimits>) => {
    const folder = join(dataFolder, 'wasm');
    const { jail } = await findJail({ folder, clock: systemClock });
    const runtime = await assembleRuntime(folder);
    const more = watchdog ? { watchdog } : {};
    return new WasmSandbox({
      dataFolder: folder,
      jail,
      runtime,
      clock: systemClock,
      log: silentLog,
      ...more,
    });
  };
  const start = async (more: Partial<ContainerSpec> = {}): Promise<RunningContainer> =>
    pod.start({
      name: 'app',
      image: await fixtureImage(),
      env: {},
      ports: [port],
      output: (_stream, chunk) => (said += chunk.toString()),
      ...more,
    });

  before(function () {
    requireBubblewrap(this);
  });
  beforeEach(async () => {
    dataFolder = await mkdtemp(join(tmpdir(), 'kith-wasm-'));
    await withFixtureTranspiled(dataFolder);
    sandbox = await open(quickWatchdog);
    pod = await sandbox.create({ uid: 'u', namespace: 'default', name: 'p', directory: dataFolder });
    said = '';
  });
  afterEach(async () => {
    await pod?.remove();
    await sandbox?.close();
    await rm(dataFolder, { recursive: true, force: true });
  });

  describe('walls', () => {
    it('holds the app in its own network, mount, user, PID, IPC and UTS namespaces', async () => {
      const { pid } = await start();
      for (const kind of ['net', 'mnt', 'user', 'pid', 'ipc', 'uts'])
        assert.notEqual(readlinkSync(`/proc/${pid}/ns/${kind}`), readlinkSync(`/proc/self/ns/${kind}`), kind);
      assert.equal(sandbox.capabilities.isolation, 'os');
    });

    it('leaves it no capability, no new privileges, a system-call filter and an empty environment', async () => {
      const { pid } = await start({ env: { SECRET: 'in memory only' } });
      const status = readFileSync(`/proc/${pid}/status`, 'utf8');
      assert.match(status, /^CapEff:\t0{16}$/m);
      assert.match(status, /^CapBnd:\t0{16}$/m);
      assert.match(status, /^NoNewPrivs:\t1$/m);
      assert.match(status, /^Seccomp:\t2$/m);
      assert.doesNotMatch(readFileSync(`/proc/${pid}/environ`, 'utf8'), /PATH|HOME|SECRET/);
      assert.doesNotMatch(readFileSync(`/proc/${pid}/cmdline`, 'utf8'), /in memory only/);
    });

    it('shows it no file but Node, its libraries, our programs and the component', async () => {
      const { pid } = await start();
      const mounts = readFileSync(`/proc/${pid}/mountinfo`, 'utf8').trim().split('\n');
      const places = mounts.map((line) => line.split(' ')[4]!);
      for (const place of places) assert.match(place, /^\/($|kith\/(node|runtime|app)$|(usr\/)?lib)/);
      for (const line of mounts) assert.match(line.split(' ')[5]!, /\bro\b/, line);
    });

    it('leaves nothing of it on disk but sockets and a record without secrets', async () => {
      await start({ env: { SECRET: 'in memory only' } });
      const folder = join(dataFolder, 'wasm/pods/u/app');
      const names = (await readdir(folder)).toSorted();
      assert.deepEqual(names, ['app.sock', 'container.json', 'control.sock', 'jail.json']);
      assert.doesNotMatch(readFileSync(join(folder, 'container.json'), 'utf8'), /in memory only/);
    });

    it('refuses the app every request of its own; the same request from outside succeeds', async () => {
      let asked = 0;
      const server = createServer((_request, response) => response.end(String(++asked)));
      await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
      try {
        await start();
        const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
        assert.match(await get(pod, port, `/ask?url=${encodeURIComponent(url)}`), /^refused/);
        assert.equal(asked, 0);
        assert.equal((await fetch(url)).status, 200);
        assert.equal(asked, 1);
      } finally {
        server.close();
        server.closeAllConnections();
      }
    });
  });

  describe('requests', () => {
    it('reach the app with method, path, headers and body, and its answer comes back with its length', async () => {
      await start();
      const echoed = await ask(pod, port, '/echo', { method: 'PUT', body: 'héllo' });
      assert.equal(echoed.body, 'héllo');
      const plain = await ask(pod, port, '/some/path?x=1', { method: 'DELETE' });
      assert.equal(plain.body, 'hello DELETE /some/path');
      assert.equal(plain.headers['content-length'], String(plain.body.length));
      const headers = await ask(pod, port, '/headers', { headers: { 'X-One': 'a', 'x-two': 'b' } });
      const heard = JSON.parse(headers.body) as Record<string, string>;
      assert.deepEqual([heard['x-one'], heard['x-two']], ['a', 'b']);
    });

    it('with bodies far larger than any buffer arrive whole in both directions', async () => {
      await start();
      const body = 'x'.repeat(3 * mebibyte);
      assert.equal((await ask(pod, port, '/echo', { method: 'POST', body })).body.length, body.length);
      assert.equal((await get(pod, port, '/big?kib=3000')).length, 3000 * 1024);
    });

    it('are served side by side while the app waits', async () => {
      await start();
      const begun = performance.now();
      const waits = Array.from({ length: 4 }, () => get(pod, port, '/wait?ms=400'));
      await Promise.all(waits);
      assert.ok(performance.now() - begun < 4 * 400, 'they waited one after the other');
    });

    it('that make the app throw are answered 500, its log says why, and the next is served', async () => {
      await start();
      assert.equal((await ask(pod, port, '/throw')).status, 500);
      await until('its words', () => said.includes('on purpose'));
      assert.equal(await get(pod, port, '/'), 'hello GET /');
    });

    it('that dig without end are answered 500, and the next is served', async () => {
      await start();
      assert.equal((await ask(pod, port, '/deep')).status, 500);
      assert.equal(await get(pod, port, '/'), 'hello GET /');
    });

    it('that are broken off in the middle leave the app serving', async () => {
      await start();
      const socket = await pod.connect(port);
      socket.write('POST /echo HTTP/1.1\r\nhost: app\r\ncontent-length: 1000\r\n\r\nhalf');
      await new Promise((resolve) => setTimeout(resolve, 20));
      socket.destroy();
      assert.equal(await get(pod, port, '/'), 'hello GET /');
    });

    it('that are no HTTP are refused', async () => {
      await start();
      const socket = await pod.connect(port);
      socket.write('EHLO\r\n\r\n');
      let heard = '';
      for await (const chunk of socket) heard += String(chunk);
      assert.match(heard, /^HTTP\/1\.1 400/);
    });
  });

  describe('limits', () => {
    it('end an endless loop from outside and say what it was; a busy app that pauses lives on', async () => {
      const container = await start();
      get(pod, port, '/loop').catch(() => {});
      await busy(container);
      const exit = await container.exited;
      assert.deepEqual([exit.code, exit.reason], [137, 'Error']);
      assert.match(exit.message!, /endless loop/);

      const again = await start();
      for (let i = 0; i < 60; i++) await get(pod, port, '/big?kib=500');
      assert.equal(pod.containers.get('app'), again);
    });

    it('end an app that holds more than its memory, as OOMKilled; with enough it lives', async () => {
      sandbox = await open(noOverhead);
      pod = await sandbox.create({ uid: 'u', namespace: 'default', name: 'p', directory: dataFolder });
      await assert.rejects(
        // It is ended while it starts or soon after, as the machine's speed has it.
        start({ memoryBytesMax: 30 * mebibyte }).then(async ({ exited }) => {
          const exit = await exited;
          throw new Error(`${exit.reason}: ${exit.message}`);
        }),
        /OOMKilled: The app used \d+ MiB memory; it may use 30 MiB/,
      );

      const enough = await start({ memoryBytesMax: 256 * mebibyte });
      await get(pod, port, '/take?mib=20');
      await new Promise((resolve) => setTimeout(resolve, 200));
      assert.equal(pod.containers.get('app'), enough);
    });

    it('hold one copy’s own memory: what is too much fails inside the app, and the next request is served', async () => {
      await start({ memoryBytesMax: 64 * mebibyte });
      assert.equal((await ask(pod, port, '/take?mib=100')).status, 500);
      assert.equal(await get(pod, port, '/'), 'hello GET /');
      await pod.containers.get('app')!.stop(0);
      // The control: with more memory the same request succeeds.
      await start({ memoryBytesMax: 512 * mebibyte });
      assert.equal((await ask(pod, port, '/take?mib=100')).status, 200);
    });
  });

  it('hands over to a fresh copy when a component’s memory is nearly full, and fails no request', async () => {
    await start({ memoryBytesMax: 64 * mebibyte });
    let taken = 0;
    await until('the hand-over', async () => {
      assert.equal((await ask(pod, port, '/take?mib=3')).status, 200);
      taken += 3;
      return said.includes('a fresh copy takes over');
    });
    assert.ok(taken >= 30, `after ${taken} MiB already`);
    assert.equal(await get(pod, port, '/'), 'hello GET /');
  });

  describe('images', () => {
    const broken = async (bytes: string | Buffer) => {
      const path = join(dataFolder, 'broken.wasm');
      writeFileSync(path, bytes);
      return { ...(await fixtureImage()), path };
    };

    it('that are no component are refused in words, and leave nothing behind', async () => {
      await assert.rejects(start({ image: await broken('no wasm at all') }), /cannot be transpiled/);
      assert.equal((await readdir(join(dataFolder, 'wasm/transpiled'))).length, 1);
      assert.equal(pod.containers.size, 0);
    });

    it('of another kind are refused by name', async () => {
      const image = { ...(await fixtureImage()), kind: 'oci' as const };
      await assert.rejects(start({ image }), /fixture:1.*kind oci/);
    });

    it('are run as they are: a command is refused by name', async () => {
      await assert.rejects(start({ command: ['sh'] }), /leave out command and args/);
    });

    it('are transpiled once, however many start at the same time', async () => {
      const fresh = join(dataFolder, 'copy.wasm');
      copyFileSync((await fixtureImage()).path, fresh);
      writeFileSync(fresh, Buffer.from([0, 1, 0]), { flag: 'a' });
      const image = { ...(await fixtureImage()), path: fresh };
      await Promise.all([start({ name: 'a', ports: [1], image }), start({ name: 'b', ports: [2], image })]);
      assert.equal((await readdir(join(dataFolder, 'wasm/transpiled'))).length, 2);
    });
  });

  it('lets its pods live on when it is closed, and finds them again', async () => {
    const { pid } = await start();
    const identity = identify(pid!)!;
    await sandbox.close();
    assert.ok(isAlive(identity));
    sandbox = await open();
    [pod] = (await sandbox.recover()) as [PodSandbox];
    assert.equal(await get(pod, port, '/'), 'hello GET /');
  });

  it('ends a process that was started but not yet noted when its agent died', async () => {
    const { pid } = await start();
    const identity = identify(pid!)!;
    await sandbox.close();
    await rm(join(dataFolder, 'wasm/pods/u/app/container.json'));
    sandbox = await open();
    assert.deepEqual(await sandbox.recover(), []);
    await until('its end', () => !isAlive(identity));
  });
});
