import assert from 'node:assert/strict';
import { rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { join } from 'node:path';
import type { Pod } from '../../api/types.ts';
import type { KubeObject, ObjectRef } from '../../client/client.ts';
import { directoryOf, httpPort } from '../../gateway/directory.ts';
import type { FakeApi } from '../support/fake-api.ts';
import { until } from '../support/wait.ts';
import { node, service, slice } from './objects.ts';
import { appPort, World } from './world.ts';

const html = { accept: 'text/html' };
const attack = '<script>alert(1)</script>"\'&';

/** A pod of the app `name` that waits for its image, with these words. */
const sadPod = (name: string, message: string): Pod => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name: `${name}-1`, namespace: 'default', labels: { app: name } },
  spec: { containers: [{ name: 'app' }] },
  status: {
    phase: 'Pending',
    containerStatuses: [
      {
        name: 'app',
        image: 'x',
        imageID: '',
        ready: false,
        restartCount: 0,
        state: { waiting: { reason: 'ImagePullBackOff', message } },
      },
    ],
  },
});

describe('the directory of apps', () => {
  const key = 'a'.repeat(64);

  it('holds ready endpoints on known hosts, and counts those that may become ready', () => {
    const directory = directoryOf(
      [service('web', { annotations: { 'kith.home.arpa/open-to': ' bob,, ann ' } })],
      [
        slice('web', 80, [
          { uid: 'a', node: 'n' },
          { uid: 'b', node: 'n', ready: false },
          { uid: 'c', node: 'n', ready: false, terminating: true },
          { uid: 'd', node: 'elsewhere' },
          { uid: 'a', node: 'n' },
        ]),
        slice('stranger', 80, [{ uid: 'e', node: 'n' }]),
      ],
      [node('n', key), { kind: 'Node', metadata: { name: 'elsewhere' }, spec: { providerID: 'aws://x' } }],
    );
    assert.deepEqual(Object.keys(directory), ['default/web']);
    const web = directory['default/web']!;
    assert.deepEqual(
      web.endpoints.map(({ podUid }) => podUid),
      ['a'],
    );
    assert.equal(web.waiting, 2);
    assert.deepEqual(web.openTo, ['bob', 'ann']);
  });

  it('takes the port that a browser means', () => {
    const ports = [
      { name: 'metrics', port: 9000 },
      { name: 'dns', port: 80, protocol: 'UDP' },
      { name: 'http', port: 8080 },
    ];
    assert.equal(httpPort(ports)?.port, 8080);
    assert.equal(httpPort([{ name: 'x', port: 1 }, { port: 80 }])?.port, 80);
    assert.equal(httpPort([ports[1]!]), undefined);
    assert.equal(httpPort([]), undefined);
  });
});

describe('the gateway’s own pages', () => {
  let world: World;
  before(async () => {
    world = await World.create();
    await world.app('hello', (_req, res) => res.end('hi'));
  });
  after(() => world.close());
  const root = () => ({ host: `localhost:${world.gateway.port}` });

  it('list the apps, for people and for programs, and run nothing', async () => {
    const page = await world.ask('', { ...root(), headers: html });
    assert.match(page.body, new RegExp(`href="http://hello.default.kith.localhost:${world.gateway.port}/"`));
    assert.match(String(page.headers['content-security-policy']), /default-src 'none'/);
    const list = await world.ask('', { ...root(), headers: { accept: 'application/json' } });
    assert.equal(JSON.parse(list.body)[0].service, 'hello');
    assert.equal((await world.ask('', { ...root(), method: 'POST' })).status, 405);
    assert.equal((await world.ask('', { ...root(), path: '/x' })).status, 404);
    assert.equal(list.headers['access-control-allow-origin'], undefined);
  });

  it('explain an app without a ready replica by what its pods say, and none of it is taken for HTML', async () => {
    world.api.put(sadPod('sad', attack));
    await world.serve('sad', [{ uid: 'sad-1', node: 'host-of-hello', ready: false }]);
    const page = await world.ask('sad', { headers: html });
    assert.equal(page.status, 503);
    assert.match(page.body, /sad has no ready replica/);
    assert.match(page.body, /sad-1: app: ImagePullBackOff: &lt;script&gt;alert\(1\)/);
    assert.ok(!page.body.includes('<script>'));
    assert.match(String(page.headers['retry-after']), /1/);
    const line = await world.ask('sad');
    assert.match(String(line.headers['content-type']), /text\/plain/);
    assert.match(line.body, /^kith: no replica is ready; sad-1: app: ImagePullBackOff/);
    const missing = await world.ask('nothing', { headers: html });
    assert.equal(missing.status, 404);
  });

  it('list beside an app without a ready replica why, and none of it is taken for HTML', async () => {
    world.api.put(sadPod('gloomy', attack));
    await world.serve('gloomy', [{ uid: 'gloomy-1', node: 'host-of-hello', ready: false }]);
    const { body } = await world.ask('', { ...root(), headers: html });
    const row = (name: string) =>
      body.split('<tr>').find((each) => each.includes(`http://${name}.default.`)) ?? '';
    assert.match(
      row('gloomy'),
      /no replica is ready<\/span> <small>1 not ready<\/small><br><small>gloomy-1: app: ImagePullBackOff: &lt;script&gt;alert\(1\)&lt;\/script&gt;&quot;&#39;&amp;<\/small>/,
    );
    assert.ok(!body.includes('<script>'));
    assert.match(row('hello'), /● 1 ready<\/span><\/td>/);
  });

  it('list why no app of many is ready with few questions at once, and each only once in a while', async () => {
    const names = Array.from({ length: 12 }, (_, index) => `lost-${index}`);
    const asked: string[] = [];
    let now = 0;
    let atOnceMax = 0;
    const get = world.api.get.bind(world.api);
    world.api.get = async <T extends KubeObject>(ref: ObjectRef): Promise<T> => {
      asked.push(ref.name);
      atOnceMax = Math.max(atOnceMax, ++now);
      await new Promise((resolve) => setTimeout(resolve, 5));
      return get<T>(ref).finally(() => now--);
    };
    for (const name of names) await world.serve(name, []);
    await world.serve('secret', [], { annotations: { 'kith.home.arpa/open-to': 'bob' } });
    const pages = await Promise.all([1, 2, 3].map(() => world.ask('', { ...root(), headers: html })));
    for (const { body } of pages)
      assert.equal(body.match(/No pod has the labels app=lost-\d+:/g)?.length, 12);
    const lost = asked.filter((name) => name.startsWith('lost-'));
    assert.deepEqual(lost.toSorted(), names.toSorted());
    // Three pages at once, five each; they wait for the same answers.
    assert.ok(atOnceMax <= 5, `${atOnceMax} at once`);
    assert.ok(!asked.includes('hello'), 'it is ready');
    assert.ok(!asked.includes('secret'), 'it is not open to this gateway');
    delete (world.api as Partial<FakeApi>).get;
  });

  it('do not wait for a controller that is slow to say why', async () => {
    world.api.get = () => new Promise(() => {});
    for (const name of ['slow', 'slower']) await world.serve(name, []);
    const { status, body } = await world.ask('', { ...root(), headers: html });
    assert.equal(status, 200);
    assert.match(body, /slow\.default\.kith/);
    delete (world.api as Partial<FakeApi>).get;
    assert.match((await world.ask('gloomy')).body, /ImagePullBackOff/);
  });

  it('say which replica did not answer', async () => {
    await world.rawApp('mute', (socket) => void socket.destroy());
    const page = await world.ask('mute', { method: 'POST', headers: { ...html, 'content-length': '0' } });
    assert.equal(page.status, 502);
    assert.match(page.body, /mute on host-of-mute did not answer/);
  });
});

describe('while no controller answers', () => {
  let world: World;
  beforeEach(async () => {
    world = await World.create();
    await world.app('hello', (_req, res) => res.end('hi'));
  });
  afterEach(() => world.close());

  it('the gateway goes on with its last directory, also when it is started again', async () => {
    world.api.away = true;
    assert.equal((await world.ask('hello')).body, 'hi');
    await world.gateway.stop();
    await world.startGateway();
    await until('it serves', async () => (await world.ask('hello')).body === 'hi');
    world.api.away = false;
    world.api.put(service('late'));
    await until('it follows again', () => world.gateway.directory['default/late']);
  });

  it('it serves nothing where it never knew any (control), and a damaged file stops nobody', async () => {
    world.api.away = true;
    await world.gateway.stop();
    writeFileSync(join(world.folder, 'directory.json'), '{"apps": nonsense');
    await world.startGateway();
    const unknown = await world.ask('hello');
    assert.equal(unknown.status, 503);
    assert.match(unknown.body, /does not hear from the controller/);
    world.api.away = false;
    await until('it has learned', async () => (await world.ask('hello')).status === 200);
    assert.equal((await world.ask('nobody')).status, 404);
  });

  it('a request for an app that is not known yet waits for the first word of the controller', async () => {
    await world.gateway.stop();
    rmSync(join(world.folder, 'directory.json'));
    let connect = () => {};
    const link = new Promise<void>((resolve) => (connect = resolve));
    world.api.reachable = () => link;
    await world.startGateway();
    assert.equal((await world.ask('hello')).status, 503, 'it does not wait for ever (control)');
    const answer = world.ask('hello');
    // This one came after it, and is answered already.
    assert.equal((await world.ask('', { host: `localhost:${world.gateway.port}` })).status, 200);
    connect();
    assert.equal((await answer).body, 'hi');
    delete world.api.reachable;
  });
});

describe('an app that is rolled over', () => {
  let world: World;
  before(async () => void (world = await World.create()));
  after(() => world.close());

  it('loses no request of any kind: what is under way ends, what meets an ending pod goes to another', async () => {
    const host = await world.host('attic');
    const metadata: Record<string, { deletionTimestamp?: string }> = {};
    const start = async (uid: string) => {
      metadata[uid] = {};
      const server = createServer((req, res) => {
        req.resume();
        setTimeout(() => res.end(uid), 30);
      });
      host.pod(uid, await world.listen(server), { metadata: metadata[uid] });
    };
    await start('old-1');
    await start('old-2');
    const serve = (...uids: string[]) =>
      world.serve(
        'web',
        uids.map((uid) => ({ uid, node: host.name })),
      );
    await serve('old-1', 'old-2');
    const answers: Promise<{ status: number; body: string }>[] = [];
    let isOver = false;
    const shooting = setInterval(() => {
      if (isOver) return;
      const method = answers.length % 2 === 0 ? 'POST' : 'GET';
      // A connection of its own for each, so that new tunnels are opened all the time.
      answers.push(world.ask('web', { method, fresh: true, ...(method === 'POST' && { body: 'x' }) }));
    }, 3);
    try {
      for (const [old, fresh] of [
        ['old-1', 'new-1'],
        ['old-2', 'new-2'],
      ] as const) {
        await start(fresh);
        const left = old === 'old-1' ? ['old-2', 'new-1'] : ['new-1', 'new-2'];
        await serve(...left.slice(0, 1), old, ...left.slice(1));
        // The host knows before the gateway does.
        metadata[old]!.deletionTimestamp = new Date().toISOString();
        await new Promise((resolve) => setTimeout(resolve, 150));
        await serve(...left);
        await new Promise((resolve) => setTimeout(resolve, 150));
      }
    } finally {
      isOver = true;
      clearInterval(shooting);
    }
    const all = await Promise.all(answers);
    assert.ok(all.length > 50);
    assert.deepEqual(
      all.filter(({ status }) => status !== 200),
      [],
    );
    assert.ok(all.slice(-3).every(({ body }) => body.startsWith('new')));
  });

  it('fails where nothing else is there (control): the ending pod does refuse', async () => {
    const host = await world.host('cellar');
    const server = await world.listen(createServer((_req, res) => res.end('x')));
    host.pod('last', server, { metadata: { deletionTimestamp: new Date().toISOString() } });
    await world.serve('lonely', [{ uid: 'last', node: host.name }]);
    assert.equal((await world.ask('lonely')).status, 502);
  });

  it('is asked again as soon as a replacement is known, where the last known replica refused', async () => {
    const host = await world.host('loft');
    const server = await world.listen(createServer((_req, res) => res.end('new')));
    await world.serve('gap', [{ uid: 'gone', node: host.name }]);
    host.pod('next', server);
    const asking = world.ask('gap', { method: 'POST', body: 'x' });
    await new Promise((resolve) => setTimeout(resolve, 100));
    world.api.put(slice('gap', appPort, [{ uid: 'next', node: host.name }]));
    assert.deepEqual((await asking).body, 'new');
  });

  it('sends a full host’s requests elsewhere without holding it against the pod', async () => {
    const full = await world.host('full', { perPeer: 1 });
    const roomy = await world.host('roomy');
    const server = await world.listen(createServer((_req, res) => setTimeout(() => res.end('x'), 50)));
    full.pod('f', server);
    roomy.pod('r', server);
    await world.serve('popular', [
      { uid: 'f', node: full.name },
      { uid: 'r', node: roomy.name },
    ]);
    for (let round = 0; round < 3; round++) {
      const all = await Promise.all(
        Array.from({ length: 10 }, () => world.ask('popular', { method: 'POST', body: 'x' })),
      );
      assert.ok(all.every(({ status }) => status === 200));
    }
    assert.ok(full.connections.length > 0);
  });
});
