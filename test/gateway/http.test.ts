import assert from 'node:assert/strict';
import { createHash, randomBytes } from 'node:crypto';
import { request, type IncomingMessage } from 'node:http';
import { text } from 'node:stream/consumers';
import { until } from '../support/wait.ts';
import { World } from './world.ts';

/** What the app got, as JSON. */
async function echo(req: IncomingMessage): Promise<string> {
  const body = await text(req);
  return JSON.stringify({
    method: req.method,
    url: req.url,
    headers: req.headers,
    raw: req.rawHeaders,
    trailers: req.trailers,
    body,
  });
}

describe('an app through the gateway', () => {
  let world: World;
  before(async () => {
    world = await World.create();
    await world.app('echo', (req, res) => void echo(req).then((answer) => res.end(answer)));
  });
  after(() => world.close());

  it('gets the request as it was sent, and says who asked', async () => {
    const { status, body } = await world.ask('echo', {
      method: 'POST',
      path: '/a/b?c=%20d',
      headers: {
        cookie: 'x=1',
        'x-forwarded-for': '6.6.6.6',
        'X-Forwarded-Port': '1',
        'content-length': '2',
      },
      body: 'hi',
    });
    assert.equal(status, 200);
    const got = JSON.parse(body);
    assert.equal(got.method, 'POST');
    assert.equal(got.url, '/a/b?c=%20d');
    assert.equal(got.body, 'hi');
    assert.equal(got.headers.host, world.authority('echo'));
    assert.equal(got.headers.cookie, 'x=1');
    assert.equal(got.headers['x-forwarded-for'], '127.0.0.1');
    assert.equal(got.headers['x-forwarded-host'], world.authority('echo'));
    assert.equal(got.headers['x-forwarded-port'], undefined);
  });

  it('does not see the headers of the connection, nor those that it names', async () => {
    const raw = await world.raw(
      `GET / HTTP/1.1\r\nHost: ${world.authority('echo')}\r\nConnection: close, X-Hop, Host\r\nX-Hop: 1\r\nX-End: 2\r\n` +
        'Keep-Alive: timeout=9\r\nProxy-Authorization: secret\r\nTE: trailers\r\nX-End: 3\r\n\r\n',
    );
    const got = JSON.parse(/\{.*\}/s.exec(raw)![0]);
    assert.equal(got.headers['x-hop'], undefined);
    assert.equal(got.headers['keep-alive'], undefined);
    assert.equal(got.headers['proxy-authorization'], undefined);
    assert.equal(got.headers.te, 'trailers');
    assert.equal(got.headers['x-end'], '2, 3');
    assert.equal(got.headers.host, world.authority('echo'), 'what Connection names may not be the Host');
  });

  it('keeps the browser’s connection and its own tunnel alive from request to request', async () => {
    const [app] = [await world.host('keep')];
    let served = 0;
    const server = await world.app('keepalive', (_req, res) => res.end(String(++served)));
    let connections = 0;
    server.on('connection', () => connections++);
    const socket = world.connect();
    let received = '';
    socket.on('data', (chunk) => (received += chunk));
    for (let turn = 1; turn <= 3; turn++) {
      socket.write(`GET / HTTP/1.1\r\nHost: ${world.authority('keepalive')}\r\n\r\n`);
      await until(`answer ${turn}`, () => received.endsWith(`\r\n\r\n${turn}`));
    }
    socket.destroy();
    assert.equal(connections, 1);
    assert.ok(app);
  });

  it('answers without a body where none belongs', async () => {
    await world.app('bodiless', (req, res) => {
      if (req.url === '/204') res.writeHead(204);
      else if (req.url === '/304') res.writeHead(304, { etag: '"1"', 'content-length': 99 });
      else res.writeHead(200, { 'content-length': 1234 });
      res.end();
    });
    const head = await world.ask('bodiless', { method: 'HEAD' });
    assert.equal(head.headers['content-length'], '1234');
    const none = await world.ask('bodiless', { path: '/204' });
    assert.deepEqual([none.status, none.body, none.headers['content-length']], [204, '', undefined]);
    const same = await world.ask('bodiless', { path: '/304' });
    assert.deepEqual([same.status, same.body, same.headers.etag], [304, '', '"1"']);
    assert.equal(
      (await world.ask('bodiless', { method: 'HEAD' })).status,
      200,
      'and the connection is still good',
    );
  });

  it('keeps lengths as lengths and chunks as chunks, also towards HTTP/1.0', async () => {
    await world.app('sizes', (req, res) => {
      if (req.url === '/fixed') return void res.writeHead(200, { 'content-length': 5 }).end('fixed');
      res.write('chun');
      res.end('ked');
    });
    const fixed = await world.ask('sizes', { path: '/fixed' });
    assert.deepEqual(
      [fixed.body, fixed.headers['content-length'], fixed.headers['transfer-encoding']],
      ['fixed', '5', undefined],
    );
    const chunked = await world.ask('sizes');
    assert.deepEqual([chunked.body, chunked.headers['transfer-encoding']], ['chunked', 'chunked']);
    const old = await world.raw(`GET / HTTP/1.0\r\nHost: ${world.authority('sizes')}\r\n\r\n`);
    assert.match(old, /\r\n\r\nchunked$/);
    assert.doesNotMatch(old, /transfer-encoding/i);
  });

  it('passes repeated headers on as they are', async () => {
    await world.app('cookies', (_req, res) => {
      res.writeHead(200, [
        'Set-Cookie',
        'a=1',
        'Set-Cookie',
        'b=2',
        'Connection',
        'close, X-Own',
        'X-Own',
        '1',
      ]);
      res.end();
    });
    const { headers } = await world.ask('cookies');
    assert.deepEqual(headers['set-cookie'], ['a=1', 'b=2']);
    assert.equal(headers['x-own'], undefined);
    assert.notEqual(headers.connection, 'close, X-Own');
  });

  it('takes the Domain out of a cookie, by which an app could set the session of another', async () => {
    const given = [
      's=1; Domain=kith.localhost; Path=/',
      't=domain=x;DOMAIN = .kith.localhost',
      'u=1; domain',
      'v=2',
    ];
    await world.app('greedy', (_req, res) => res.writeHead(200, { 'set-cookie': given }).end());
    const { headers } = await world.ask('greedy');
    assert.deepEqual(headers['set-cookie'], ['s=1; Path=/', 't=domain=x', 'u=1', 'v=2']);
  });

  it('passes trailers on in both directions', async () => {
    await world.app('trailers', async (req, res) => {
      await text(req);
      res.writeHead(200, { trailer: 'X-Sum', 'transfer-encoding': 'chunked' });
      res.write('body');
      res.addTrailers({ 'X-Sum': String(req.trailers['x-in']), 'Set-Cookie': 'late=1' });
      res.end();
    });
    const answer = await new Promise<{ trailers: NodeJS.Dict<string>; body: string }>((resolve, reject) => {
      const req = request(
        {
          host: '127.0.0.1',
          port: world.gateway.port,
          method: 'POST',
          headers: { host: world.authority('trailers'), trailer: 'X-In', 'transfer-encoding': 'chunked' },
        },
        (res) => void text(res).then((body) => resolve({ trailers: res.trailers, body })),
      );
      req.on('error', reject);
      req.write('x');
      req.addTrailers({ 'X-In': '42' });
      req.end();
    });
    assert.equal(answer.body, 'body');
    assert.equal(answer.trailers['x-sum'], '42');
    assert.equal(answer.trailers['set-cookie'], undefined);
  });

  it('decides itself whether it wants a body that asks first (Expect: 100-continue)', async () => {
    const server = await world.app('expect', (_req, res) => res.end('unexpected'));
    server.on('checkContinue', (req: IncomingMessage, res) => {
      if (req.headers['x-refuse']) return void res.writeHead(413).end('too much');
      res.writeContinue();
      void text(req).then((body) => res.end(`got ${body}`));
    });
    const head = `POST / HTTP/1.1\r\nHost: ${world.authority('expect')}\r\nExpect: 100-continue\r\nContent-Length: 4\r\n`;
    const socket = world.connect();
    let received = '';
    socket.on('data', (chunk) => (received += chunk));
    socket.write(`${head}\r\n`);
    await until('100', () => received.includes('100 Continue'));
    assert.doesNotMatch(received, /200/);
    socket.write('body');
    await until('the answer', () => received.includes('got body'));
    assert.equal(received.split('100 Continue').length, 2, 'said once');
    socket.destroy();
    const refused = await world.raw(`${head}X-Refuse: 1\r\n\r\n`);
    assert.match(refused, /^HTTP\/1.1 413/);
    assert.match(refused, /connection: close/i);
  });

  it('may send hints before its answer, and broken hints harm nobody', async () => {
    await world.rawApp('hints', (socket, received) => {
      if (!received.endsWith('\r\n\r\n')) return;
      socket.write('HTTP/1.1 103 Early Hints\r\nLink: </a.css>; rel=preload\r\n\r\n');
      socket.write('HTTP/1.1 103 Early Hints\r\nLink: \x01nonsense\r\n\r\n'.replace('\x01', '<'));
      socket.end('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok');
    });
    const raw = await world.raw(
      `GET / HTTP/1.1\r\nHost: ${world.authority('hints')}\r\nConnection: close\r\n\r\n`,
    );
    assert.match(raw, /^HTTP\/1.1 103 Early Hints\r\nLink: <\/a.css>; rel=preload\r\n\r\n/);
    assert.match(raw, /HTTP\/1.1 200 OK[^]*ok$/);
  });

  it('streams both ways at once: each side hears the other before it has ended', async () => {
    await world.app('duplex', (req, res) => {
      res.writeHead(200);
      req.on('data', (chunk: Buffer) => res.write(chunk.toString().toUpperCase()));
      req.on('end', () => res.end('.'));
    });
    const req = request({
      host: '127.0.0.1',
      port: world.gateway.port,
      method: 'POST',
      headers: { host: world.authority('duplex') },
    });
    req.write('one');
    const res = await new Promise<IncomingMessage>((resolve) => req.once('response', resolve));
    let received = '';
    res.on('data', (chunk) => (received += chunk));
    await until('the first', () => received === 'ONE');
    req.write('two');
    await until('the second', () => received === 'ONETWO');
    req.end();
    await until('the end', () => received === 'ONETWO.');
  });

  it('shows an event stream as open before its first event', async () => {
    await world.app('events', (_req, res) => {
      res.writeHead(200, { 'content-type': 'text/event-stream' });
      res.flushHeaders();
    });
    const socket = world.connect();
    let received = '';
    socket.on('data', (chunk) => (received += chunk));
    socket.write(`GET / HTTP/1.1\r\nHost: ${world.authority('events')}\r\n\r\n`);
    await until('the head', () => received.includes('text/event-stream'));
    socket.destroy();
  });

  it('carries megabytes both ways unchanged, with a slow reader', async () => {
    await world.app('mirror', (req, res) => void req.pipe(res));
    const sent = randomBytes(6 * 1024 * 1024);
    const sum = (bytes: Buffer) => createHash('sha256').update(bytes).digest('hex');
    const parts: Buffer[] = [];
    await new Promise<void>((resolve, reject) => {
      const req = request(
        {
          host: '127.0.0.1',
          port: world.gateway.port,
          method: 'POST',
          headers: { host: world.authority('mirror') },
        },
        (res) => {
          res.on('data', (chunk: Buffer) => {
            parts.push(chunk);
            if (parts.length % 40 !== 0) return;
            res.pause();
            setTimeout(() => res.resume(), 2);
          });
          res.on('end', resolve);
          res.on('error', reject);
        },
      );
      req.on('error', reject);
      req.end(sent);
    });
    assert.equal(sum(Buffer.concat(parts)), sum(sent));
  });

  it('is cut for the client where it breaks off, whatever way its body ends', async () => {
    const heads = {
      length: 'Content-Length: 100\r\n\r\nhalf',
      chunks: 'Transfer-Encoding: chunked\r\n\r\n4\r\nhalf\r\n',
      close: '\r\nhalf',
    };
    for (const [name, head] of Object.entries(heads)) {
      await world.rawApp(`cut-${name}`, (socket) => {
        socket.write(`HTTP/1.1 200 OK\r\n${head}`);
        setTimeout(() => socket.resetAndDestroy(), 20);
      });
      await assert.rejects(world.ask(`cut-${name}`), `a body ended by ${name} must not look whole`);
    }
    await world.rawApp('whole', (socket) => socket.end('HTTP/1.1 200 OK\r\n\r\nhalf'));
    assert.equal((await world.ask('whole')).body, 'half', 'one that ends in order is whole');
  });

  it('hears of it when the client goes away', async () => {
    let state = 'idle';
    await world.app('patient', (req) => {
      state = 'asked';
      req.once('close', () => (state = 'gone'));
    });
    const socket = world.connect();
    socket.write(`GET / HTTP/1.1\r\nHost: ${world.authority('patient')}\r\n\r\n`);
    await until('it waits', () => state === 'asked');
    socket.destroy();
    await until('it knows', () => state === 'gone');
  });

  it('may answer before it has read the request', async () => {
    await world.app('hasty', (_req, res) => {
      res.writeHead(413, { connection: 'close' });
      res.end('too much');
    });
    const answer = await world.ask('hasty', { method: 'POST', body: 'x'.repeat(300_000) });
    assert.deepEqual([answer.status, answer.body], [413, 'too much']);
  });

  it('is asked again on a new connection where it had closed the idle one', async () => {
    const sockets = new Set<{ end(): void }>();
    const server = await world.app('impatient', (_req, res) => res.end('ok'));
    server.on('connection', (socket) => sockets.add(socket));
    for (let turn = 0; turn < 20; turn++) {
      assert.equal((await world.ask('impatient')).body, 'ok');
      for (const socket of sockets) socket.end();
      sockets.clear();
    }
  });
});
