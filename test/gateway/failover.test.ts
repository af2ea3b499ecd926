import { readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import assert from 'node:assert/strict';
import { createServer } from 'node:net';
import { fileURLToPath } from 'node:url';
import { certificateText } from '../../swarm/certificate.ts';
import { createKeyPair, keyId } from '../../swarm/keys.ts';
import { until } from '../support/wait.ts';
import { node, service, slice } from './objects.ts';
import { startProgram, type Child } from './programs/child.ts';
import type { HostArguments } from './programs/host.ts';
import { World } from './world.ts';

const app = fileURLToPath(new URL('programs/app.ts', import.meta.url));

interface LiveHost {
  name: string;
  uid: string;
  child: Child;
  apps: number[];
}

/** What became of one request. `sentMs` and `tookMs` count from the host's end and from its sending. */
interface Shot {
  method: string;
  sentMs: number;
  tookMs: number;
  status: number;
  pod: string;
}

describe('a host that is lost without a word', function () {
  this.timeout(30_000);
  let world: World;
  let hosts: LiveHost[];

  async function start(quietAfterMs: number | undefined, delays: number[]): Promise<void> {
    world = await World.create(quietAfterMs === undefined ? {} : { quietAfterMs });
    // The pods of all hosts listen on this machine's loopback: each needs a port of its own, and a Service has one for all.
    hosts = await Promise.all(delays.map((delayMs, index) => startHost(`h${index}`, delayMs)));
    await until('the links', async () => (await ask('GET', 0)).status === 200);
    for (const { uid } of hosts) await until(`${uid} answers`, async () => (await ask('GET', 0)).pod === uid);
  }

  async function startHost(name: string, delayMs: number): Promise<LiveHost> {
    const seed = Buffer.alloc(32, name);
    const keyPair = createKeyPair(seed);
    const port = await freePort();
    const uid = `pod-${name}`;
    const args: HostArguments = {
      seed: seed.toString('hex'),
      certificate: certificateText(world.net.certify(keyPair, { role: 'node', name })),
      clusterKey: world.net.clusterKey,
      bootstrap: world.net.bootstrap,
      pods: [
        {
          uid,
          address: '10.244.0.2',
          port,
          command: [process.execPath, '--no-warnings', app, String(delayMs)],
        },
      ],
    };
    const child = await startProgram(new URL('programs/host.ts', import.meta.url), args);
    world.api.put(node(name, keyId(keyPair.publicKey)));
    world.api.put(service('web'));
    const one = slice('web', port, [{ uid, node: name }]);
    world.api.put({ ...one, metadata: { ...one.metadata, name: `web-${name}` } });
    return { name, uid, child, apps: child.words.map(Number) };
  }

  afterEach(async () => {
    for (const { child, apps } of hosts) {
      for (const pid of [...apps, child.process.pid!])
        try {
          process.kill(pid, 'SIGKILL');
        } catch {
          // It has gone before.
        }
      // A host that was killed has not cleaned up behind itself.
      for (const entry of readdirSync(tmpdir()))
        if (entry.startsWith(`kith-host-${child.process.pid}-`))
          rmSync(join(tmpdir(), entry), { recursive: true, force: true });
    }
    await world.close();
  });

  async function ask(method: string, since: number): Promise<Shot> {
    const sentAt = performance.now();
    const headers: Record<string, string> = method === 'POST' ? { 'content-length': '2' } : {};
    const answer = await world
      .ask('web', { method, headers, ...(method === 'POST' && { body: 'hi' }) })
      .catch(() => ({ status: 0, body: '' }));
    return {
      method,
      sentMs: sentAt - since,
      tookMs: performance.now() - sentAt,
      status: answer.status,
      pod: answer.body,
    };
  }

  /** Requests each 10 ms, GET and POST by turns, whatever has become of those before; `end` takes the host away at 300 ms. */
  async function shootWhile(end: () => void, forMs: number): Promise<Shot[]> {
    const startedAt = performance.now();
    const endAt = startedAt + 300;
    const shots: Promise<Shot>[] = [];
    let ended = false;
    await new Promise<void>((resolve) => {
      const timer = setInterval(() => {
        const now = performance.now();
        if (!ended && now >= endAt) {
          ended = true;
          end();
        }
        if (now > endAt + forMs) {
          clearInterval(timer);
          return resolve();
        }
        shots.push(ask(shots.length % 2 === 0 ? 'GET' : 'POST', endAt));
      }, 10);
    });
    return Promise.all(shots);
  }

  const failed = (shots: Shot[]) => shots.filter(({ status }) => status !== 200);
  const kill = (host: LiveHost) => () => {
    for (const pid of [host.child.process.pid!, ...host.apps]) process.kill(pid, 'SIGKILL');
  };

  for (const [what, signal] of [
    ['killed', 'SIGKILL'],
    ['suspended', 'SIGSTOP'],
  ] as const)
    it(`(${what}) costs no GET at all, nothing sent after its missed heartbeat, and is not waited for`, async () => {
      // The one that goes is the fastest: whoever looks at speed alone prefers it.
      await start(undefined, [0, 40, 40]);
      const [victim] = hosts;
      const shots = await shootWhile(
        signal === 'SIGKILL' ? kill(victim!) : () => process.kill(victim!.child.process.pid!, signal),
        4_000,
      );
      assert.ok(
        shots.some(({ pod, sentMs }) => sentMs < 0 && pod === victim!.uid),
        'it served before',
      );
      assert.deepEqual(failed(shots.filter(({ method }) => method === 'GET')), []);
      // A second until the heartbeat is missed, and its patience; the machine may be busy.
      const late = shots.filter(({ sentMs }) => sentMs > 2_500);
      assert.ok(late.length > 100);
      assert.deepEqual(failed(late), []);
      const slow = shots.filter(({ sentMs, tookMs }) => sentMs > 3_000 && tookMs > 1_000);
      assert.deepEqual(slow, []);
    });

  it('costs requests long after, where nobody looks at heartbeats (control)', async () => {
    await start(Infinity, [0, 40, 40]);
    const shots = await shootWhile(kill(hosts[0]!), 3_000);
    const late = shots.filter(({ sentMs }) => sentMs > 2_100);
    assert.ok(
      failed(late).length > 0 || late.some(({ tookMs }) => tookMs > 800),
      'without the avoidance requests must fail or wait',
    );
  });

  it('is avoided while it misses heartbeats, and used again soon when it was only slow', async () => {
    await start(undefined, [0, 0]);
    const [victim] = hosts;
    const { pid } = victim!.child.process;
    // Shorter than the silence that ends a link.
    const shots = await shootWhile(() => {
      process.kill(pid!, 'SIGSTOP');
      setTimeout(() => process.kill(pid!, 'SIGCONT'), 2_400);
    }, 2_700);
    assert.deepEqual(failed(shots), [], 'what waited was answered in the end');
    const avoiding = shots.filter(({ sentMs }) => sentMs > 1_900 && sentMs < 2_300);
    assert.ok(avoiding.length > 20);
    assert.ok(avoiding.every(({ pod, tookMs }) => pod !== victim!.uid && tookMs < 1_000));
    await until('it serves again', async () => (await ask('GET', 0)).pod === victim!.uid, 15_000);
  });
});

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const probe = createServer().listen(0, '127.0.0.1', () => {
      const { port } = probe.address() as { port: number };
      probe.close(() => resolve(port));
    });
  });
}
