import assert from 'node:assert/strict';
import { request } from 'node:https';
import { readFileSync } from 'node:fs';
import { WebSocket } from 'ws';
import { until } from '../../../support/wait.ts';
import { execSandbox } from '../../../support/exec-sandbox.ts';
import { FakeSandbox } from '../../../support/fake-sandbox.ts';
import { kubectls, strangerToken, StreamCluster } from './cluster.ts';

const exec = '/api/v1/namespaces/default/pods/web/exec?command=sh&stdout=true';

describe('what exec, attach and port-forward refuse', function () {
  this.timeout(30_000);
  let cluster: StreamCluster;
  const sandbox = execSandbox();
  before(async () => {
    cluster = await StreamCluster.create(() => sandbox);
    await cluster.run('web');
    await cluster.api.client.create({
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: 'nowhere', namespace: 'default' },
      spec: { schedulingGates: [{ name: 'a/b' }], containers: [{ name: 'app', image: 'hello:1' }] },
    } as never);
  });
  after(() => cluster.close());

  /** The answer of a request that asks to leave HTTP; 101 is an answer too. */
  const ask = (path: string, headers: Record<string, string> = {}, method = 'GET') =>
    new Promise<{ status: number; body: { message?: string; reason?: string } }>((resolve, reject) => {
      const asking = request({
        method,
        host: '127.0.0.1',
        port: cluster.listener.port,
        path,
        rejectUnauthorized: false,
        headers: {
          authorization: 'Bearer token',
          connection: 'Upgrade',
          upgrade: 'websocket',
          'sec-websocket-version': '13',
          'sec-websocket-key': 'dGhlIHNhbXBsZSBub25jZQ==',
          'sec-websocket-protocol': 'v5.channel.k8s.io',
          ...headers,
        },
      });
      asking.once('error', reject);
      asking.once('upgrade', (response, socket) => {
        socket.destroy();
        resolve({ status: response.statusCode!, body: {} });
      });
      asking.once('response', (response) => {
        let text = '';
        response.on('data', (chunk: Buffer) => (text += chunk.toString()));
        response.once('end', () =>
          resolve({ status: response.statusCode!, body: JSON.parse(text) as object }),
        );
      });
      asking.end();
    });

  it('serves who may, and refuses who may not, before anything leaves HTTP', async () => {
    assert.equal((await ask(exec)).status, 101);
    const stranger = await ask(exec, { authorization: `Bearer ${strangerToken}` });
    assert.equal(stranger.status, 403);
    assert.match(
      stranger.body.message!,
      /pods "web" is forbidden: User "stranger" cannot get resource "pods\/exec"/,
    );
    const posted = await ask(exec, { authorization: `Bearer ${strangerToken}`, upgrade: 'SPDY/3.1' }, 'POST');
    assert.match(posted.body.message!, /cannot create resource "pods\/exec"/);
    assert.equal((await ask(exec, { authorization: 'Bearer wrong' })).status, 401);
    assert.equal((await ask(exec, { origin: 'https://evil.example' })).status, 403);
    assert.equal((await ask(exec, { host: 'evil.example' })).status, 403);
  });

  it('says in words what is wrong with a request', async () => {
    const message = async (path: string, headers?: Record<string, string>) =>
      (await ask(path, headers)).body.message;
    assert.equal(await message(exec.replace('web', 'none')), 'pods "none" not found');
    assert.match(
      (await message(exec.replace('web', 'nowhere')))!,
      /pod nowhere does not have a host assigned/,
    );
    assert.match((await message(`${exec}&container=other`))!, /container other is not valid for pod web/);
    assert.match((await message(exec.replace('&stdout=true', '')))!, /at least 1 of stdin, stdout, stderr/);
    assert.match((await message(exec.replace('command=sh&', '')))!, /name a command/);
    assert.match(
      (await message(exec, { 'sec-websocket-protocol': 'v9.channel.k8s.io' }))!,
      /requested protocol\(s\) are not supported: \[v9.channel.k8s.io\]; supports \[v5.channel.k8s.io v4/,
    );
    const plain = await cluster.api.ask('GET', exec);
    assert.deepEqual([plain.status, plain.json.message], [400, 'Upgrade request required']);
  });

  it('names the sandbox that runs no further commands', async function () {
    if (kubectls.length === 0) return this.skip();
    const other = await StreamCluster.create(() => new FakeSandbox());
    try {
      await other.run('web');
      const { code, err } = await other.kubectl(kubectls[0]!, ['exec', 'web', '--', 'sh']);
      assert.equal(code, 1);
      assert.match(err, /runs one program and no further commands: .*runtimeClassName: podman/);
      const attached = await other.kubectl(kubectls[0]!, ['attach', 'web']);
      assert.equal(attached.code, 1);
      assert.match(attached.err, /has no streams to attach to: kubectl logs -f web shows what it prints/);
    } finally {
      await other.close();
    }
  });

  it('ends a session in which nothing moves, and tells a host’s own limit', async function () {
    if (kubectls.length === 0) return this.skip();
    const own = execSandbox();
    const other = await StreamCluster.create(() => own, {
      streamLimits: { sessionIdleMsMax: 300, sessionsMax: 1, forwardsMax: 0 },
    });
    try {
      await other.run('web');
      const idle = other.kubectl(kubectls[0]!, ['exec', '-i', 'web', '--', 'sleep', '600']);
      await until('it runs', () => own.live.size === 1);
      const second = await other.kubectl(kubectls[0]!, ['exec', 'web', '--', 'true']);
      assert.match(second.err, /already serves 1 sessions of exec and attach; end one of them/);
      const { code, err } = await idle;
      assert.notEqual(code, 0);
      assert.match(err, /Internal error occurred: /);
      assert.equal(own.live.size, 0);
    } finally {
      await other.close();
    }
  });

  it('gives one identity so many sessions and no more, and again when some have ended', async () => {
    const open = () => {
      const socket = new WebSocket(
        `wss://127.0.0.1:${cluster.listener.port}/api/v1/namespaces/default/pods/web/exec?command=cat&stdin=true&stdout=true`,
        ['v5.channel.k8s.io'],
        {
          ca: readFileSync(cluster.kubeconfig),
          rejectUnauthorized: false,
          headers: { authorization: 'Bearer token' },
        },
      );
      const status = new Promise<number>((resolve) => {
        socket.once('open', () => resolve(101));
        socket.once('unexpected-response', (_request, response) => resolve(response.statusCode!));
        socket.on('error', () => {});
      });
      return { socket, status };
    };
    const sessions = Array.from({ length: 32 }, open);
    assert.deepEqual(new Set(await Promise.all(sessions.map(({ status }) => status))), new Set([101]));
    assert.equal(await open().status, 429);
    for (const { socket } of sessions) socket.terminate();
    await until('their commands have ended', () => sandbox.live.size === 0);
    const again = open();
    assert.equal(await again.status, 101);
    again.socket.terminate();
  });
});
