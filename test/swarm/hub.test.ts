import assert from 'node:assert/strict';
import DHT from 'hyperdht';
import { formatAddress, parseAddress } from '../../swarm/address.ts';
import { isDhtReachable, createDht } from '../../swarm/dht.ts';
import { HUB_NODES, startHub } from '../../swarm/hub.ts';

describe('a hub', () => {
  it('runs twelve nodes of which any one leads a newcomer to the rest, and comes back on its ports', async () => {
    const hub = await startHub();
    assert.equal(hub.bootstrap.length, HUB_NODES);
    const dht = createDht({ bootstrap: hub.bootstrap.slice(-1), host: '127.0.0.1' });
    await dht.fullyBootstrapped();
    assert.ok(await isDhtReachable(dht));
    assert.ok(dht.toArray().length >= 8, `${dht.toArray().length} nodes known`);
    await hub.close();
    assert.ok(!(await isDhtReachable(dht)));
    const again = await startHub({ ports: hub.bootstrap.map((node) => parseAddress(node).port) });
    assert.deepEqual(again.bootstrap, hub.bootstrap);
    assert.ok(await isDhtReachable(dht));
    await dht.destroy();
    await again.close();
  });

  it('says which way it could not start where a port is taken', async () => {
    const hub = await startHub({ count: 1 });
    const { port } = parseAddress(hub.bootstrap[0]!);
    await assert.rejects(
      startHub({ port, count: 1 }),
      (error: NodeJS.ErrnoException) =>
        /UDP port \d+ cannot be had/.test(error.message) && error.code === 'EADDRINUSE',
    );
    await hub.close();
  });
});

describe("a member's DHT node", () => {
  it("starts from HyperDHT's public nodes where the cluster has none of its own", async () => {
    const dht = createDht({ host: '127.0.0.1' });
    const own = createDht({ host: '127.0.0.1', bootstrap: ['127.0.0.1:20001', 'dht.example.org:2'] });
    const expected = DHT.BOOTSTRAP.map((node) => node.split('@')[1]!.split(':')[0]);
    assert.equal(dht.bootstrapNodes.length, expected.length);
    assert.deepEqual(own.bootstrapNodes.map(formatAddress), ['127.0.0.1:20001', 'dht.example.org:2']);
    await Promise.all([dht.destroy(), own.destroy()]);
  });

  it('refuses a bootstrap node that is not host:port', () => {
    for (const text of ['', 'localhost', ':1', 'a:0', 'a:70000', 'a:b', 'a b:1']) {
      assert.throws(() => parseAddress(text), /not a bootstrap node.*host:port/);
    }
  });
});
