import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect, createServer } from 'node:http2';
import type { AddressInfo } from 'node:net';
import { setImmediate as turn } from 'node:timers/promises';
import { NodePeers } from '../../agent/peers.ts';
import { readBody } from '../../agent/blobs/read-body.ts';
import type { Client } from '../../client/client.ts';
import { VirtualClock } from '../../process/virtual-clock.ts';
import type { Swarm } from '../../swarm/swarm.ts';
import { until } from '../support/wait.ts';

describe('another node, asked over a data link', () => {
  it('answers whole even when its short answer has ended before anybody reads it', async () => {
    const server = createServer();
    server.on('stream', (stream) => {
      stream.respond({ ':status': 200, 'content-type': 'text/plain' });
      stream.end('short');
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const session = connect(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
    const barn = {
      metadata: { name: 'barn' },
      spec: { providerID: `kith://${'ab'.repeat(32)}` },
    };
    const peers = new NodePeers({
      swarm: { dial: () => Promise.resolve({ session, close: () => {} }) } as unknown as Swarm,
      client: { list: () => Promise.resolve({ items: [barn] }) } as unknown as Client,
      clock: new VirtualClock(),
      nodeName: 'attic',
    });
    try {
      const [peer] = await peers.all();
      const ended = once(session, 'ping-answered');
      const { status, body } = await peer!.fetch('/images/hello:v1', {});
      // A round trip after the answer: by now Node's own stream has ended and closed.
      session.ping(() => session.emit('ping-answered'));
      await ended;
      await turn();
      assert.equal(status, 200);
      const clock = new VirtualClock();
      assert.equal((await readBody(body, { clock, stallMsMax: 1_000 })).toString(), 'short');
    } finally {
      peers.close();
      session.destroy();
      server.close();
    }
  });

  it('keeps the link while bytes still come, and closes it once nothing has used it for a while', async () => {
    const server = createServer();
    let finish = () => {};
    server.on('stream', (stream, headers) => {
      stream.respond({ ':status': 200 });
      if (headers[':path'] === '/alive/00') return stream.end('signed\n');
      stream.write('half');
      finish = () => stream.end();
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const session = connect(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
    const clock = new VirtualClock();
    const link = { session, isClosed: false, close: () => (link.isClosed = true) };
    const barn = { metadata: { name: 'barn' }, spec: { providerID: `kith://${'ab'.repeat(32)}` } };
    const peers = new NodePeers({
      swarm: { dial: () => Promise.resolve(link), links: () => [] } as unknown as Swarm,
      client: { list: () => Promise.resolve({ items: [barn] }) } as unknown as Client,
      clock,
      nodeName: 'attic',
    });
    try {
      const [peer] = await peers.all();
      const { body } = await peer!.fetch('/blobs/long', {});
      assert.equal(await peers.reach('ab'.repeat(32), '00'), 'signed');
      await clock.advance(600_000);
      assert.equal(link.isClosed, false);
      finish();
      for await (const chunk of body) void chunk;
      await until('it is idle', async () => {
        await clock.advance(31_000);
        return link.isClosed;
      });
    } finally {
      peers.close();
      session.destroy();
      server.close();
    }
  });
});
