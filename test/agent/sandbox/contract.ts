import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { request, type IncomingMessage } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { identify, isAlive, type ProcessIdentity } from '../../../agent/sandbox/identity.ts';
import type { ContainerSpec, PodSandbox, RunningContainer, Sandbox } from '../../../agent/sandbox/sandbox.ts';
import { until } from '../../support/wait.ts';

/** What the contract needs to know of a driver. */
export interface Driver {
  name: string;
  /** Calls `this.skip()` or throws where the machine lacks something. */
  require?: (context: Mocha.Context) => void | Promise<void>;
  open(dataFolder: string): Promise<Sandbox>;
  /** What makes one fixture app run; the app serves the routes of `fixture/server.js` on `port`. */
  app(port: number): Promise<Pick<ContainerSpec, 'image' | 'command'>>;
  /** Ports that nobody else uses. */
  port(): Promise<number>;
  /** Writes a record that says: container `app` of pod `forged` is `process`. */
  forge(dataFolder: string, process: ProcessIdentity): Promise<void>;
  /** For the agent that is killed: passed to `fixture/agent.ts`. */
  agentOptions?: Record<string, unknown>;
}

const agentScript = fileURLToPath(new URL('./fixture/agent.ts', import.meta.url));

/** What every sandbox promises. Each test makes its pods in a data folder of its own and leaves no process behind. */
export function sandboxContract(driver: Driver): void {
  describe(`the sandbox contract, by ${driver.name}`, () => {
    let dataFolder: string;
    let sandbox: Sandbox;
    let pods: PodSandbox[];
    let said: { stdout: string; stderr: string };

    before(async function () {
      this.timeout(60_000);
      await driver.require?.(this);
      await driver.app(1);
    });
    beforeEach(async () => {
      dataFolder = await mkdtemp(join(tmpdir(), 'kith-sandbox-'));
      sandbox = await driver.open(dataFolder);
      pods = [];
      said = { stdout: '', stderr: '' };
    });
    afterEach(async () => {
      await Promise.all(pods.map((pod) => pod.remove()));
      await sandbox?.close();
      await rm(dataFolder, { recursive: true, force: true });
    });

    const podSpec = (uid = 'uid-1') => ({
      uid,
      namespace: 'default',
      name: `pod-${uid}`,
      directory: dataFolder,
    });
    const pod = async (uid?: string) => {
      const made = await sandbox.create(podSpec(uid));
      pods.push(made);
      return made;
    };
    const spec = async (
      name: string,
      port: number,
      more: Partial<ContainerSpec> = {},
    ): Promise<ContainerSpec> => ({
      name,
      env: {},
      ports: [port],
      output: (stream, chunk) => (said[stream] += chunk.toString()),
      ...(await driver.app(port)),
      ...more,
    });
    const started = async (more?: Partial<ContainerSpec>) => {
      const port = await driver.port();
      const made = await pod();
      const container = await made.start(await spec('app', port, more));
      await answering(made, port);
      return { pod: made, port, container };
    };

    it('runs several containers in a pod, each reached by its own port', async () => {
      const [first, second] = [await driver.port(), await driver.port()];
      const made = await pod();
      const one = await made.start(await spec('one', first, { env: { WHO: 'one' } }));
      const two = await made.start(await spec('two', second, { env: { WHO: 'two' } }));
      assert.deepEqual([...made.containers.keys()], ['one', 'two']);
      assert.notEqual(one.id, two.id);
      assert.notEqual(one.pid, two.pid);
      assert.match(one.id, /^\w+:\/\/[0-9a-f]{64}$/);
      for (const [port, who] of [
        [first, 'one'],
        [second, 'two'],
      ] as const) {
        await answering(made, port);
        assert.equal(JSON.parse(await get(made, port, '/env')).WHO, who);
      }
    });

    it('refuses a second container of the same name', async () => {
      const { pod: made, port } = await started();
      await assert.rejects(made.start(await spec('app', port)), /app runs already/);
    });

    it('rejects a connection to a port that no container declares, and names the port', async () => {
      const { pod: made } = await started();
      await assert.rejects(made.connect(9), /port 9\b.*declare/);
    });

    it('gives the app its own environment and nothing of the host', async () => {
      process.env['KITH_TEST_HOST_SECRET'] = 'x';
      try {
        const { pod: made, port } = await started({ env: { GREETING: 'hello, wörld', EMPTY: '' } });
        assert.deepEqual(JSON.parse(await get(made, port, '/env')), { GREETING: 'hello, wörld', EMPTY: '' });
      } finally {
        delete process.env['KITH_TEST_HOST_SECRET'];
      }
    });

    it('passes on what the app writes, by stream', async () => {
      const { pod: made, port } = await started();
      await get(made, port, '/log?out=to-out&err=to-err');
      await until('both lines', () => said.stdout === 'to-out\n' && said.stderr === 'to-err\n');
    });

    it('streams both ways on a connection: the first piece comes back before the second is sent', async () => {
      const { pod: made, port } = await started();
      const socket = await made.connect(port);
      let heard = '';
      socket.on('data', (chunk: Buffer) => (heard += chunk.toString('latin1')));
      socket.write(
        'POST /echo HTTP/1.1\r\nhost: app\r\ntransfer-encoding: chunked\r\nconnection: close\r\n\r\n',
      );
      socket.write('5\r\nfirst\r\n');
      await until('the first piece', () => heard.includes('first'));
      assert.ok(!heard.includes('second'));
      socket.write('6\r\nsecond\r\n0\r\n\r\n');
      await until(
        'the second piece and the end',
        () => heard.includes('second') && heard.includes('\r\n0\r\n\r\n'),
      );
      socket.destroy();
    });

    it('streams an answer as it is made', async () => {
      const { pod: made, port } = await started();
      const socket = await made.connect(port);
      socket.write('GET /drip HTTP/1.1\r\nhost: app\r\nconnection: close\r\n\r\n');
      let heard = '';
      socket.on('data', (chunk: Buffer) => (heard += chunk.toString('latin1')));
      await until('the first word', () => heard.includes('one'));
      assert.ok(!heard.includes('three'));
      await until('the last word', () => heard.includes('three'));
    });

    it('passes on any protocol, and a half-closed connection, where it offers TCP', async function () {
      if (sandbox.capabilities.ports !== 'tcp') return this.skip();
      const { pod: made, port } = await started();
      const socket = await made.connect(port);
      socket.write('GET / HTTP/1.1\r\nhost: app\r\nconnection: upgrade\r\nupgrade: echo\r\n\r\n');
      let heard = '';
      socket.on('data', (chunk: Buffer) => (heard += chunk.toString('latin1')));
      await until('the upgrade', () => heard.includes('101'));
      socket.end('raw bytes');
      await until('words after our end', () => heard.endsWith('raw bytes and goodbye'));
    });

    it('keeps a connection for many requests', async () => {
      const { pod: made, port } = await started();
      const socket = await made.connect(port);
      let heard = '';
      socket.on('data', (chunk: Buffer) => (heard += chunk.toString('latin1')));
      for (const path of ['/a', '/b', '/c']) {
        socket.write(`GET ${path} HTTP/1.1\r\nhost: app\r\n\r\n`);
        await until(path, () => heard.includes(`hello GET ${path}`));
      }
      socket.destroy();
    });

    it('stops an app within its grace, and says that it completed', async () => {
      const { container, pod: made } = await started();
      const identity = identify(container.pid!)!;
      const exit = await container.stop(5000);
      assert.deepEqual({ code: exit.code, reason: exit.reason }, { code: 0, reason: 'Completed' });
      assert.deepEqual(await container.exited, exit);
      await until('the process to be gone', () => !isAlive(identity));
      assert.equal(made.containers.size, 0);
    });

    it('kills an app that does not end within its grace', async () => {
      const { container, pod: made, port } = await started();
      get(made, port, '/loop').catch(() => {});
      await busy(container);
      const exit = await container.stop(100);
      assert.equal(exit.code, 137);
      assert.equal(exit.reason, 'Error');
    });

    it('starts a container again after it has ended', async () => {
      const { container, pod: made, port } = await started();
      await container.stop(0);
      const again = await made.start(await spec('app', port));
      assert.notEqual(again.pid, container.pid);
      await answering(made, port);
    });

    it('reports an app that is killed from outside', async () => {
      const { container } = await started();
      process.kill(container.pid!, 'SIGKILL');
      const exit = await container.exited;
      assert.equal(exit.code, 137);
      assert.equal(exit.reason, 'Error');
    });

    it('tells the truth about what it can', async () => {
      const { container } = await started();
      const { capabilities } = sandbox;
      assert.equal(typeof container.exec === 'function', capabilities.exec);
      assert.equal(typeof container.stats === 'function', capabilities.stats);
      if (container.stats) {
        const { cpuMillisTotal, memoryBytes } = await container.stats();
        assert.ok(
          cpuMillisTotal > 0 && memoryBytes > 1024 * 1024,
          `${cpuMillisTotal} ms, ${memoryBytes} bytes`,
        );
      }
    });

    it('frees everything on remove, and does nothing the second time', async () => {
      const { container, pod: made } = await started();
      const identity = identify(container.pid!)!;
      await made.remove();
      assert.ok(!isAlive(identity));
      await made.remove();
      const left = (await readdir(dataFolder, { recursive: true })).filter((name) => name.includes('uid-1'));
      assert.deepEqual(left, []);
      assert.deepEqual(await sandbox.recover(), []);
    });

    for (const delayMs of [0, 10, 40, 80])
      it(`leaves nothing of a container that was still starting when its pod was removed after ${delayMs} ms`, async () => {
        const uid = `uid-${randomUUID()}`;
        const made = await pod(uid);
        const starting = made.start(await spec('app', await driver.port())).catch(() => {});
        await new Promise((resolve) => setTimeout(resolve, delayMs));
        await made.remove();
        await starting;
        await until('no process of it is left', () => processesOf(uid, dataFolder).length === 0, 3_000);
        assert.deepEqual(
          (await readdir(dataFolder, { recursive: true })).filter((name) => name.includes(uid)),
          [],
        );
      });

    it('adopts what lives on after its agent was killed, and goes on with its log', async () => {
      const port = await driver.port();
      const { output: _, ...container } = await spec('app', port, { env: { KEPT: 'yes' } });
      const options = { driver: sandbox.name, dataFolder, pod: podSpec(), container, ...driver.agentOptions };
      const agent = spawn(process.execPath, ['--no-warnings', agentScript, JSON.stringify(options)], {
        stdio: ['ignore', 'pipe', 'inherit'],
      });
      const [line] = (await once(agent.stdout, 'data')) as [Buffer];
      const { pid } = JSON.parse(line.toString()) as { pid: number };
      agent.kill('SIGKILL');
      await once(agent, 'exit');

      const recovered = await sandbox.recover();
      pods.push(...recovered);
      assert.deepEqual(
        recovered.map(({ uid, containers }) => [uid, [...containers.values()].map((each) => each.pid)]),
        [['uid-1', [pid]]],
      );
      const [made] = recovered as [PodSandbox];
      await answering(made, port);
      assert.equal(JSON.parse(await get(made, port, '/env')).KEPT, 'yes');
      const adopted = made.containers.get('app')!;
      if (driver.name.startsWith('wasm')) {
        adopted.attach!((stream, chunk) => (said[stream] += chunk.toString()));
        await get(made, port, '/log?out=still-here&err=x');
        await until('the line', () => said.stdout.includes('still-here'));
      }
      const identity = identify(pid)!;
      await adopted.stop(5000);
      assert.ok(!isAlive(identity));
      assert.deepEqual(await sandbox.recover(), []);
    });

    it('never ends a process that merely has the number of one of ours', async () => {
      const bystander = spawn('sleep', ['60'], { stdio: 'ignore', detached: true });
      const identity = identify(bystander.pid!)!;
      try {
        await driver.forge(dataFolder, { ...identity, startTime: String(Number(identity.startTime) - 1) });
        assert.deepEqual(await sandbox.recover(), []);
        await new Promise((resolve) => setTimeout(resolve, 50));
        assert.ok(isAlive(identity));
        // The control: by its right start time it is ours, and ended.
        await driver.forge(dataFolder, identity);
        for (const found of await sandbox.recover()) await found.remove();
        await until('the end of the process', () => !isAlive(identity));
      } finally {
        bystander.kill('SIGKILL');
      }
    });
  });
}

/** Resolves when the app answers. */
export function answering(pod: PodSandbox, port: number): Promise<string> {
  return until('an answer', () => get(pod, port, '/'));
}

/** A GET through the sandbox; rejects unless the answer is whole. */
export async function get(pod: PodSandbox, port: number, path: string): Promise<string> {
  return (await ask(pod, port, path)).body;
}

export async function ask(
  pod: PodSandbox,
  port: number,
  path: string,
  options: { method?: string; headers?: Record<string, string>; body?: string } = {},
): Promise<{ status: number; headers: IncomingMessage['headers']; body: string }> {
  const socket = await pod.connect(port);
  return new Promise((resolve, reject) => {
    const { body, ...rest } = options;
    const asked = request({ path, host: 'app', ...rest, createConnection: () => socket }, (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (part: string) => (text += part));
      response.on('end', () => {
        socket.destroy();
        resolve({ status: response.statusCode!, headers: response.headers, body: text });
      });
      response.on('error', reject);
    });
    asked.on('error', reject);
    asked.end(body);
  });
}

/** Resolves when the container uses a whole core. */
export async function busy(container: RunningContainer): Promise<void> {
  const begun = (await container.stats!()).cpuMillisTotal;
  await until('the loop to run', async () => (await container.stats!()).cpuMillisTotal > begun + 100);
}

/** Live processes that name this pod, or work in this folder; where there is no /proc, none can be seen. */
function processesOf(uid: string, folder: string): string[] {
  if (process.platform !== 'linux') return [];
  return readdirSync('/proc').filter((name) => {
    if (!/^\d+$/.test(name) || Number(name) === process.pid) return false;
    try {
      return (
        readFileSync(`/proc/${name}/cmdline`, 'utf8').includes(uid) ||
        readlinkSync(`/proc/${name}/cwd`) === folder
      );
    } catch {
      return false;
    }
  });
}
