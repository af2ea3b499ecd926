import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { until } from '../support/wait.ts';
import { World } from './world.ts';

describe('what the gateway refuses', () => {
  let world: World;
  /** Requests that reached the app, as `METHOD /path body`. */
  const seen: string[] = [];
  before(async () => {
    world = await World.create({ limits: { headersMsMax: 300, headersCheckMs: 50 } });
    await world.app('app', async (req, res) => {
      const body = await text(req);
      seen.push(`${req.method} ${req.url} ${body}`);
      res.end('served');
    });
  });
  beforeEach(() => void seen.splice(0));
  after(() => world.close());

  const host = () => world.authority('app');
  const statusOf = (raw: string) => Number(/^HTTP\/1\.1 (\d+)/.exec(raw)?.[1]);

  it('is every Host but its own names, with its own port, before anything else is looked at', async () => {
    const { port } = world.gateway;
    for (const wrong of [
      'evil.example',
      `evil.example:${port}`,
      `app.default.kith.localhost:${port + 1}`,
      'app.default.kith.localhost',
      `app.default.kith.localhost.evil.example:${port}`,
      `evilkith.localhost:${port}`,
      `app.default.kith.localhost:${port}@evil.example`,
      `x.app.default.kith.localhost:${port}`,
      `app.default.kith.localhost.:${port}`,
      `0.0.0.0:${port}`,
    ])
      assert.equal((await world.ask('app', { host: wrong })).status, 421, wrong);
    assert.deepEqual(seen, []);
    assert.equal((await world.ask('app', { host: host().toUpperCase() })).status, 200);
    assert.equal((await world.ask('app', { host: `127.0.0.1:${port}` })).status, 200);
  });

  it('is a chunked body on a method that seldom has one, read as a second request', async () => {
    for (const method of ['GET', 'DELETE', 'OPTIONS', 'HEAD']) {
      const inner = `GET /smuggled HTTP/1.1\r\nHost: x\r\n\r\n`;
      const chunk = `${inner.length.toString(16)}\r\n${inner}\r\n0\r\n\r\n`;
      await world.raw(
        `${method} /outer HTTP/1.1\r\nHost: ${host()}\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n${chunk}`,
      );
      assert.equal(seen.length, 1, method);
      assert.equal(seen[0], `${method} /outer ${inner}`, 'it is the body of the one request');
      seen.splice(0);
    }
  });

  it('is a request whose end two programs could see at two places', async () => {
    const tricks: Record<string, string> = {
      'length and chunks': 'Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n',
      'two lengths': 'Content-Length: 5\r\nContent-Length: 6\r\n\r\nhello',
      'a list of lengths': 'Content-Length: 5, 5\r\n\r\nhello',
      'a length with a sign': 'Content-Length: +5\r\n\r\nhello',
      'another coding': 'Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n',
      'a coding that is not last': 'Transfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n',
      'a coding after a tab': 'Transfer-Encoding:\tx-chunked\r\n\r\n0\r\n\r\n',
      'a space before the colon': 'Transfer-Encoding : chunked\r\n\r\n0\r\n\r\n',
      'a folded line': 'X-A: 1\r\n Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n',
      'a bare CR': 'X-A: 1\rTransfer-Encoding: chunked\r\n\r\n',
      'a zero byte': 'X-A: \0\r\n\r\n',
      'a bad chunk size': 'Transfer-Encoding: chunked\r\n\r\n0x5\r\nhello\r\n0\r\n\r\n',
      'a second Host': 'Host: other\r\n\r\n',
    };
    for (const [name, rest] of Object.entries(tricks)) {
      const raw = await world.raw(`POST / HTTP/1.1\r\nHost: ${host()}\r\nConnection: close\r\n${rest}`);
      assert.ok([400, 501].includes(statusOf(raw)), `${name}: ${raw.slice(0, 60)}`);
    }
    const old = `POST / HTTP/1.0\r\nHost: ${host()}\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`;
    assert.equal(statusOf(await world.raw(old)), 400);
    assert.deepEqual(seen, []);
    const good = `POST / HTTP/1.1\r\nHost: ${host()}\r\nConnection: close\r\nContent-Length: 5\r\n\r\nhello`;
    assert.equal(statusOf(await world.raw(good)), 200);
    assert.deepEqual(seen, ['POST / hello']);
  });

  it('is an app that answers so', async () => {
    const head = 'HTTP/1.1 200 OK\r\n';
    const answers = [
      `${head}Content-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`,
      `${head}Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n`,
      `${head}Content-Length: 2\r\nContent-Length: 3\r\n\r\nabc`,
      'HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\n',
      `nonsense\r\n\r\n`,
      `${head}X-Big: ${'x'.repeat(70_000)}\r\n\r\n`,
    ];
    for (const [index, answer] of answers.entries()) {
      await world.rawApp(`odd-${index}`, (socket) => void socket.write(answer));
      assert.equal((await world.ask(`odd-${index}`)).status, 502, answer.slice(0, 80));
    }
  });

  it('is CONNECT, and a first line that names another place', async () => {
    const { port } = world.gateway;
    const ask = (line: string) =>
      world.raw(`${line} HTTP/1.1\r\nHost: ${host()}\r\nConnection: close\r\n\r\n`);
    assert.equal(statusOf(await ask(`CONNECT ${host()}`)), 405);
    assert.equal(statusOf(await ask('GET http://evil.example/')), 400);
    assert.equal(statusOf(await ask(`GET http://localhost:${port}/`)), 400);
    assert.equal(statusOf(await ask('GET https://x/')), 400);
    assert.equal(statusOf(await ask('GET *')), 400);
    assert.deepEqual(seen, []);
    assert.equal(statusOf(await ask(`GET http://${host()}/path?q`)), 200);
    assert.deepEqual(seen, ['GET /path?q ']);
  });

  it('is what a page of another site sends to change something', async () => {
    const post = (headers: Record<string, string>) =>
      world.ask('app', { method: 'POST', headers: { 'content-length': '0', ...headers } });
    const other = `http://other.default.kith.localhost:${world.gateway.port}`;
    const form = { 'content-type': 'application/x-www-form-urlencoded' };
    const foreign: Record<string, string>[] = [
      {
        'sec-fetch-site': 'cross-site',
        'sec-fetch-mode': 'navigate',
        origin: 'https://evil.example',
        ...form,
      },
      { 'sec-fetch-site': 'same-site', 'sec-fetch-mode': 'no-cors', origin: other },
      {
        'sec-fetch-site': 'same-site',
        'sec-fetch-mode': 'cors',
        origin: other,
        'content-type': 'text/plain',
      },
      { origin: 'https://evil.example', ...form },
      { origin: 'null' },
    ];
    for (const headers of foreign) assert.equal((await post(headers)).status, 403, JSON.stringify(headers));
    assert.deepEqual(seen, []);
    const own: Record<string, string>[] = [
      { 'sec-fetch-site': 'same-origin', origin: `http://${host()}` },
      { origin: `http://${host()}`, ...form },
      { 'sec-fetch-site': 'none' },
      {},
      // The browser has asked the app before it sent this one.
      {
        'sec-fetch-site': 'cross-site',
        'sec-fetch-mode': 'cors',
        origin: other,
        'content-type': 'application/json',
      },
    ];
    for (const headers of own) assert.equal((await post(headers)).status, 200, JSON.stringify(headers));
    const link = { headers: { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'navigate' } };
    assert.equal((await world.ask('app', link)).status, 200, 'a link from elsewhere is a link');
    await world.serve('app', [{ uid: 'app', node: 'host-of-app' }], {
      annotations: { 'kith.home.arpa/cross-site': 'allow' },
    });
    await until('allowed where the Service says so', async () => (await post(foreign[0]!)).status === 200);
  });

  it('is an app that is not open to this gateway’s owner', async () => {
    const openTo = async (who: string) => {
      await world.serve('app', [{ uid: 'app', node: 'host-of-app' }], {
        annotations: { 'kith.home.arpa/open-to': who },
      });
    };
    const becomes = (status: number) =>
      until(`${status}`, async () => (await world.ask('app')).status === status);
    await openTo('bob, carol');
    await becomes(403);
    assert.match((await world.ask('app')).body, /open to bob, carol; this gateway belongs to ann/);
    await openTo('bob, ann');
    await becomes(200);
    await openTo('');
    await becomes(403);
    await openTo('public');
    await becomes(200);
  });

  it('is headers without an end, in size (431) and in time (408)', async () => {
    const big = await world.raw(`GET / HTTP/1.1\r\nHost: ${host()}\r\nX-Big: ${'x'.repeat(70_000)}\r\n\r\n`);
    assert.equal(statusOf(big), 431);
    const fits = await world.ask('app', { headers: { 'x-big': 'x'.repeat(12_000) } });
    assert.equal(fits.status, 200);
    assert.equal(statusOf(await world.raw(`GET / HTTP/1.1\r\nHost: ${host()}\r\nX-Slow: `)), 408);
    assert.equal(statusOf(await world.raw('')), 408, 'a connection that never says a word is not kept');
  });

  it('is connections without a request, the oldest first, where there are more than it holds', async () => {
    await world.gateway.stop();
    await world.startGateway({ limits: { connectionsMax: 3 } });
    await world.serve('app', [{ uid: 'app', node: 'host-of-app' }]);
    const gone: number[] = [];
    const open = async (index: number) => {
      const socket = world.connect();
      socket.once('close', () => gone.push(index));
      await new Promise((resolve) => socket.once('connect', resolve));
      return socket;
    };
    const held = [await open(0), await open(1), await open(2), await open(3)];
    await until('the oldest has made room', () => gone.length >= 1);
    const ask = `GET / HTTP/1.1\r\nHost: ${host()}\r\nConnection: close\r\n\r\n`;
    assert.equal(statusOf(await world.raw(ask)), 200);
    await until('the next has made room for who asks', () => gone.length >= 2);
    assert.deepEqual(gone, [0, 1]);
    for (const socket of held) socket.destroy();
  });

  it('is an upgrade, whose connection it then ends though the client never does', async () => {
    const refusedBy = async (host: string) => {
      const socket = connect({ port: world.gateway.port, host: '127.0.0.1', allowHalfOpen: true });
      socket.write(`GET / HTTP/1.1\r\nHost: ${host}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n`);
      let said = '';
      socket.on('error', () => {});
      socket.on('data', (chunk: Buffer) => (said += chunk.toString()));
      // Half of it ends with the answer; whole it is only once the gateway has let go, which the next write finds out.
      await once(socket, 'end');
      await until('it is cut', () => {
        socket.write('x');
        return socket.destroyed;
      });
      return said;
    };
    assert.match(await refusedBy('evil.example'), /^HTTP\/1.1 [45]\d\d /);
    assert.match(await refusedBy(world.authority('nobody')), /^HTTP\/1.1 404 /);
  });

  it('is one more connection where all that it holds ask for something', async () => {
    await world.gateway.stop();
    await world.startGateway({ limits: { connectionsMax: 3 } });
    let asked = 0;
    await world.app('slow', () => void asked++);
    const held = [1, 2, 3].map(() => world.connect());
    for (const socket of held) socket.write(`GET / HTTP/1.1\r\nHost: ${world.authority('slow')}\r\n\r\n`);
    await until('all are under way', () => asked === 3);
    const ask = `GET / HTTP/1.1\r\nHost: ${host()}\r\nConnection: close\r\n\r\n`;
    assert.equal(await world.raw(ask), '');
    for (const socket of held) socket.destroy();
    await until('room again', async () => statusOf(await world.raw(ask)) > 0);
  });
});
