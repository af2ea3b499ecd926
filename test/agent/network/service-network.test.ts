import assert from 'node:assert/strict';
import { execFile, spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { connect } from 'node:net';
import { promisify } from 'node:util';
import { serviceConnectionsPerContainerMax, ServiceNetwork } from '../../../agent/network/service-network.ts';
import type { Node } from '../../../api/types.ts';
import type { KubeObject } from '../../../client/client.ts';
import { systemClock } from '../../../process/clock.ts';
import { silentLog } from '../../../process/log.ts';
import { systemRandom } from '../../../process/random.ts';
import { FakeApi } from '../../support/fake-api.ts';
import { tcpPort } from '../../support/fake-sandbox.ts';
import { until } from '../../support/wait.ts';

const run = promisify(execFile);
const address = '10.96.3.4';

/** Why no wire can be laid here; undefined where one can. */
function missing(): string | undefined {
  if (spawnSync('ip', ['-V']).status !== 0) return 'install iproute2 to run these';
  if (spawnSync('unshare', ['--net', 'true']).status !== 0) return 'only root lays wires: run these as root';
  return undefined;
}

/** Wires and the door as they are; a process in a network namespace of its own stands for each container, a socket for the pod. */
describe('the network of Services', function () {
  this.timeout(30_000);
  const containers: ChildProcess[] = [];
  let api: FakeApi;
  let echo: Awaited<ReturnType<typeof tcpPort>>;
  let network: ServiceNetwork;

  before(function () {
    const why = missing();
    if (why === undefined) return;
    if (process.env['CI'] === 'true') throw new Error(why);
    console.log(`      skipped: ${why}`);
    this.skip();
  });
  beforeEach(async () => {
    echo = await tcpPort();
    api = new FakeApi();
    for (const object of objects) api.put(object);
    network = new ServiceNetwork({
      client: api,
      clock: systemClock,
      random: systemRandom,
      log: silentLog,
      open: async ({ podUid, port }) => {
        assert.deepEqual([podUid, port], ['pod-1', 8080]);
        const socket = connect({ port: echo.port, host: '127.0.0.1', allowHalfOpen: true });
        await once(socket, 'connect');
        return socket;
      },
    });
  });
  afterEach(async () => {
    await network.close();
    for (const each of containers.splice(0)) {
      each.kill('SIGKILL');
      await once(each, 'exit');
    }
    await echo.close();
  });

  async function container(): Promise<number> {
    const child = spawn('unshare', ['--net', 'sleep', '100']);
    containers.push(child);
    const pid = child.pid!;
    const own = readNetwork(process.pid);
    await until(
      'its own network',
      () => readNetwork(pid) !== own && readFileSync(`/proc/${pid}/comm`, 'utf8') === 'sleep\n',
    );
    return pid;
  }

  /** What a program in there says. */
  const inside = (pid: number, program: string) =>
    run('nsenter', ['-t', String(pid), '-n', process.execPath, '-e', program], { timeout: 10_000 }).then(
      ({ stdout }) => stdout.trim(),
    );
  const ask = (pid: number, host = address) =>
    inside(
      pid,
      `const s = require('net').connect(80, '${host}', () => s.end('hello'));
       s.on('data', (d) => process.stdout.write(d)).on('error', (e) => console.log(e.code));`,
    );

  it('leads from a container to a ready pod of the Service, with half-close', async () => {
    const pid = await container();
    await network.join(pid, 'shop');
    assert.equal(await until('an answer', async () => (await ask(pid)) === 'hello'), true);
  });

  it('knows other namespaces by nothing but a reset', async () => {
    const [own, other] = [await container(), await container()];
    await network.join(own, 'shop');
    await network.join(other, 'elsewhere');
    await until('the own one is answered', async () => (await ask(own)) === 'hello');
    assert.equal(await ask(other), 'ECONNRESET');
  });

  it('ends with the container: its address is free again, and its Services are no longer followed', async () => {
    const pid = await container();
    const leave = await network.join(pid, 'shop');
    await until('an answer', async () => (await ask(pid)) === 'hello');
    leave();
    await until('nothing answers', async () => (await ask(pid)).startsWith('E'));
    const next = await container();
    await network.join(next, 'shop');
    const { stdout } = await run('nsenter', ['-t', String(next), '-n', 'ip', '-4', 'addr', 'show', 'eth0']);
    assert.match(stdout, /169\.254\.1\.0\/32/);
  });

  it('lays the wires anew when its door has ended', async () => {
    const pid = await container();
    await network.join(pid, 'shop');
    await until('an answer', async () => (await ask(pid)) === 'hello');
    const [door] = doors();
    process.kill(door!, 'SIGKILL');
    await until(
      'an answer through another door',
      async () => !doors().includes(door!) && (await ask(pid)) === 'hello',
      15_000,
    );
  });

  it('opens so many connections for one container, and the next when one has ended', async () => {
    const pid = await container();
    await network.join(pid, 'shop');
    await until('an answer', async () => (await ask(pid)) === 'hello');
    const said = await inside(
      pid,
      `const net = require('net');
       const open = () => new Promise((done) => {
         const s = net.connect(80, '${address}', () => s.write('x'));
         s.once('data', () => done(s)).once('error', (e) => done(e.code));
       });
       (async () => {
         const all = [];
         for (let i = 0; i < ${serviceConnectionsPerContainerMax}; i++) all.push(await open());
         const good = all.filter((each) => typeof each === 'object').length;
         const beyond = await open();
         all[0].destroy();
         let again;
         for (let i = 0; i < 100 && typeof again !== 'object'; i++) again = await open();
         console.log(good, beyond, typeof again);
         process.exit(0);
       })();`,
    );
    assert.equal(said, `${serviceConnectionsPerContainerMax} ECONNRESET object`);
  });
});

const readNetwork = (pid: number) => readFileSync(`/proc/${pid}/net/dev`, 'utf8');

/** The doors that this process has. */
function doors(): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((pid) => {
      try {
        const [, parent] = /\) \S (\d+) /.exec(readFileSync(`/proc/${pid}/stat`, 'utf8'))!;
        return (
          Number(parent) === process.pid && /child\/door/.test(readFileSync(`/proc/${pid}/cmdline`, 'utf8'))
        );
      } catch {
        // It has gone while we looked.
        return false;
      }
    });
}

const objects: KubeObject[] = [
  { apiVersion: 'v1', kind: 'Node', metadata: { name: 'attic' } } satisfies Node,
  {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name: 'web', namespace: 'shop' },
    spec: { clusterIP: address, ports: [{ name: 'http', port: 80 }] },
  } as KubeObject,
  {
    apiVersion: 'discovery.k8s.io/v1',
    kind: 'EndpointSlice',
    metadata: { name: 'web-1', namespace: 'shop', labels: { 'kubernetes.io/service-name': 'web' } },
    addressType: 'IPv4',
    ports: [{ name: 'http', port: 8080 }],
    endpoints: [
      {
        addresses: ['10.244.0.9'],
        conditions: { ready: false },
        nodeName: 'attic',
        targetRef: { uid: 'pod-2' },
      },
      {
        addresses: ['10.244.0.2'],
        conditions: { ready: true },
        nodeName: 'attic',
        targetRef: { uid: 'pod-1' },
      },
    ],
  } as KubeObject,
];
