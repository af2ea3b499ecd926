import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import { createServer as createTcpServer, type Socket } from 'node:net';
import { WebSocket, WebSocketServer } from 'ws';
import { until } from '../support/wait.ts';
import { World } from './world.ts';

describe('an upgrade through the gateway', () => {
  let world: World;
  before(async () => {
    world = await World.create();
    const server = createServer((_req, res) => res.end('plain'));
    const sockets = new WebSocketServer({ server });
    sockets.on('connection', (socket, req) => {
      socket.send(`hello ${req.url} ${req.headers['x-forwarded-for']}`);
      socket.on('message', (data, isBinary) => socket.send(data, { binary: isBinary }));
    });
    await world.app('chat', server);
  });
  after(() => world.close());

  const open = (options: { origin?: string; protocol?: string; name?: string } = {}) =>
    new WebSocket(`ws://127.0.0.1:${world.gateway.port}/room`, options.protocol ? [options.protocol] : [], {
      headers: { host: world.authority(options.name ?? 'chat') },
      ...(options.origin && { origin: options.origin }),
    });

  it('is a WebSocket: text and megabytes both ways, and a close that both sides understand', async () => {
    const socket = open({ origin: `http://${world.authority('chat')}` });
    const messages: (string | number)[] = [];
    socket.on('message', (data: Buffer, isBinary) => messages.push(isBinary ? data.length : data.toString()));
    await new Promise((resolve) => socket.once('open', resolve));
    socket.send('ping');
    socket.send(Buffer.alloc(3_000_000, 1));
    await until('all three', () => messages.length === 3);
    assert.deepEqual(messages, ['hello /room 127.0.0.1', 'ping', 3_000_000]);
    const closed = new Promise((resolve) => socket.once('close', resolve));
    socket.close(4000, 'done');
    assert.equal(await closed, 4000);
  });

  it('is refused to a page of another site, and to nobody without a page', async () => {
    const refused = new Promise<number>((resolve) => {
      const socket = open({ origin: 'https://evil.example' });
      socket.on('unexpected-response', (_req, res) => resolve(res.statusCode!));
      socket.on('error', () => {});
    });
    assert.equal(await refused, 403);
    const tool = open();
    await new Promise((resolve, reject) => tool.once('open', resolve).once('error', reject));
    tool.terminate();
  });

  it('that the app declines gets its answer, and no second request goes past the checks', async () => {
    const received: string[] = [];
    await world.rawApp('decline', (socket, all) => {
      received.push(all);
      if (all.endsWith('\r\n\r\n')) socket.write('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nno');
    });
    const raw = await world.raw(
      `GET / HTTP/1.1\r\nHost: ${world.authority('decline')}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n` +
        'GET /past HTTP/1.1\r\nHost: evil.example\r\n\r\n',
    );
    assert.match(raw, /^HTTP\/1.1 200 OK\r\n[^]*\r\n\r\nno$/);
    assert.match(raw, /connection: close/i);
    assert.ok(!received.some((text) => text.includes('/past')));
  });

  it('to HTTP/2 is not taken up: the request is answered as it is', async () => {
    const raw = await world.raw(
      `GET / HTTP/1.1\r\nHost: ${world.authority('chat')}\r\nConnection: Upgrade, HTTP2-Settings, close\r\n` +
        'Upgrade: h2c\r\nHTTP2-Settings: AAMAAABkAAQCAAAAAAIAAAAA\r\n\r\n',
    );
    assert.match(raw, /^HTTP\/1.1 200 OK[^]*plain$/);
  });

  it('to any other protocol becomes bytes, with half-close', async () => {
    const server = createTcpServer({ allowHalfOpen: true }, (socket: Socket) => {
      let text = '';
      socket.on('data', (chunk: Buffer) => {
        text += chunk;
        if (text.endsWith('\r\n\r\n'))
          socket.write(
            'HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: count\r\n\r\nfirst',
          );
      });
      socket.on('end', () => socket.end(`:${text.length - text.indexOf('\r\n\r\n') - 4}`));
    });
    const host = await world.host('host-of-count');
    host.pod('count', await world.listen(server));
    await world.serve('count', [{ uid: 'count', node: host.name }]);
    const socket = world.connect();
    let received = '';
    socket.on('data', (chunk) => (received += chunk));
    socket.write(
      `GET / HTTP/1.1\r\nHost: ${world.authority('count')}\r\nConnection: Upgrade\r\nUpgrade: count\r\n\r\n`,
    );
    await until('101', () => received.endsWith('first'));
    socket.end('12345');
    await until('the count', () => received.endsWith('first:5'));
  });

  it('goes to another replica where the first does not answer, and is cut when its host goes', async () => {
    const host = await world.host('good');
    const server = createServer();
    new WebSocketServer({ server }).on('connection', (socket) => socket.send('here'));
    host.pod('good', await world.listen(server));
    // Nothing is known there: every tunnel is refused.
    const bad = await world.host('bad');
    await world.serve('many', [
      { uid: 'ghost', node: bad.name },
      { uid: 'good', node: host.name },
    ]);
    const sockets = [];
    for (let turn = 0; turn < 8; turn++) {
      const socket = open({ name: 'many' });
      await new Promise((resolve, reject) => socket.once('message', resolve).once('error', reject));
      sockets.push(socket);
    }
    const closed = sockets.map((socket) => new Promise((resolve) => socket.once('close', resolve)));
    await host.member.close();
    await Promise.all(closed);
  });

  it('does not keep the gateway from stopping', async () => {
    const socket = open();
    await new Promise((resolve) => socket.once('open', resolve));
    const closed = new Promise((resolve) => socket.once('close', resolve));
    await world.gateway.stop();
    await closed;
    await world.startGateway();
  });
});
