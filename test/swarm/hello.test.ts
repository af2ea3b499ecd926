import assert from 'node:assert/strict';
import type { Duplex } from 'node:stream';
import { systemClock } from '../../process/clock.ts';
import { isSwarmError, type SwarmErrorCode } from '../../swarm/errors.ts';
import { epochFloor } from '../../swarm/epoch.ts';
import { startHub } from '../../swarm/hub.ts';
import type { Protocol } from '../../swarm/hello.ts';
import { createKeyPair, keyId } from '../../swarm/keys.ts';
import type { SwarmMember } from '../../swarm/member.ts';
import { testnet, type Testnet } from '../support/testnet.ts';
import { rawPeer } from './raw.ts';

const code = (expected: SwarmErrorCode, text?: RegExp) => (error: unknown) => {
  assert.ok(isSwarmError(error, expected), String((error as Error).stack));
  if (text) assert.match(error.message, text);
  return true;
};
const speaking = (version: number, oldest: number): Protocol => ({ version, oldest, features: [] });

describe('the hello', () => {
  let net: Testnet;
  before(async () => (net = await testnet()));
  after(() => net.close());

  const listening = async (
    overrides?: Parameters<Testnet['makeMember']>[1],
    admit: () => void = () => {},
  ): Promise<SwarmMember> => {
    const controller = await net.makeMember({ role: 'controller', name: 'controller' }, overrides);
    await controller.listen({ admit, handlers: { control: (stream) => stream.end() }, announce: false });
    return controller;
  };

  it('lets a member one version older, or newer, work', async () => {
    const controller = await listening({ protocol: speaking(3, 2) });
    for (const protocol of [speaking(2, 1), speaking(3, 2), speaking(4, 3)]) {
      const node = await net.makeMember({ role: 'node', name: 'attic' }, { protocol });
      const link = await node.dial(controller.key, 'control');
      assert.equal((link as { version?: number }).version, Math.min(3, protocol.version));
    }
  });

  it('tells one that is two versions older, and one that is too new, who has to update', async () => {
    const controller = await listening({ protocol: speaking(3, 2) });
    const old = await net.makeMember({ role: 'node', name: 'attic' }, { protocol: speaking(1, 1) });
    await assert.rejects(
      old.dial(controller.key, 'control'),
      code('version-too-old', /protocol 1 is too old: 2 to 3/),
    );
    const modern = await net.makeMember({ role: 'node', name: 'attic' }, { protocol: speaking(5, 4) });
    await assert.rejects(
      modern.dial(controller.key, 'control'),
      code('version-too-old', /protocol 3 is too old: the peer speaks 4 to 5/),
    );
  });

  it('closes a connection that says nothing in time', async () => {
    const controller = await listening({ limits: { helloTimeoutMs: 150 } });
    const silent = await (await rawPeer(net)).open(controller.key);
    silent.resume();
    const start = performance.now();
    await gone(silent);
    assert.ok(performance.now() - start >= 140);
    await (await rawPeer(net)).hello(controller.key, 'control');
  });

  it('closes a connection whose hello is too large, and one that is no hello', async () => {
    const controller = await listening();
    const peer = await rawPeer(net);
    const tooLarge = Buffer.from([0, 1, 0, 0, 1, 2, 3]);
    const others = ['GET / HTTP/1.1\r\n\r\n', '\0\0\0\u0002[]', '\0\0\0\u0002{}'].map((text) =>
      Buffer.from(text),
    );
    const closed = [tooLarge, ...others].map(async (bytes) => {
      const duplex = await peer.open(controller.key);
      duplex.write(bytes);
      duplex.resume();
      await gone(duplex);
    });
    await Promise.all(closed);
    assert.equal(controller.links().length, 0);
    await peer.hello(controller.key, 'control');
  });

  it('brings the reason of a refusal to the one refused', async () => {
    const controller = await listening({}, () => {
      throw new Error('attic was removed from the cluster by ann');
    });
    const node = await net.makeMember({ role: 'node', name: 'attic' });
    await assert.rejects(
      node.dial(controller.key, 'control'),
      code('refused', /removed from the cluster by ann/),
    );
    await assert.rejects(node.dial(controller.key, 'data'), code('refused', /does not serve data/));
  });

  it('tells an expired and an outdated member so, and lets the same in while it is good', async () => {
    const epochs = epochFloor(1);
    const controller = await listening({ epochs });
    const keyPair = createKeyPair();
    const good = net.certify(keyPair, { role: 'node', name: 'attic' });
    const node = await net.makeMember({ role: 'node', name: 'attic', keyPair }, { certificate: good });
    await (await node.dial(controller.key, 'control')).close();
    node.renew(net.certify(keyPair, { role: 'node', name: 'attic' }, { notAfter: Date.now() - 1 }));
    await assert.rejects(node.dial(controller.key, 'control'), code('expired', /expired at 2/));
    node.renew(good);
    epochs.raise(2);
    await assert.rejects(
      node.dial(controller.key, 'control'),
      code('epoch-too-old', /epoch 1; the cluster is at 2/),
    );
    node.renew(net.certify(keyPair, { role: 'node', name: 'attic' }, { epoch: 2 }));
    await node.dial(controller.key, 'control');
  });

  it('keeps a member from a controller that was deposed: it has seen a later epoch', async () => {
    const keyPair = createKeyPair();
    const deposed = await listening();
    const later = await listening({
      certificate: net.certify(keyPair, { role: 'controller', name: 'new' }, { epoch: 2 }),
      keyPair,
    });
    const mine = createKeyPair();
    const certificate = net.certify(mine, { role: 'node', name: 'attic' }, { epoch: 2 });
    const node = await net.makeMember(
      { role: 'node', name: 'attic', keyPair: mine },
      { certificate, epochs: epochFloor(1) },
    );
    await (await node.dial(deposed.key, 'control')).close();
    await node.dial(later.key, 'control');
    await assert.rejects(node.dial(deposed.key, 'control'), code('epoch-too-old'));
  });

  it('keeps a node from taking another node for its controller', async () => {
    const other = await net.makeMember({ role: 'node', name: 'cellar' });
    await other.listen({
      admit: () => {},
      handlers: { control: (stream) => stream.end(), data: (stream) => stream.end() },
    });
    const node = await net.makeMember({ role: 'node', name: 'attic' });
    await assert.rejects(
      node.dial(other.key, 'control'),
      code('wrong-role', /cellar is a node; needed is a controller/),
    );
    await node.dial(other.key, 'data');
  });

  it('tells apart a peer that is nowhere, one that does not answer, and a DHT that is away', async () => {
    const node = await net.makeMember({ role: 'node', name: 'attic' });
    await assert.rejects(node.dial(keyId(createKeyPair().publicKey), 'control'), code('peer-not-found'));

    const hub = await startHub({ count: 3 });
    const lost = await net.makeMember({ role: 'node', name: 'attic' }, { bootstrap: hub.bootstrap });
    await hub.close();
    await assert.rejects(
      lost.dial(keyId(createKeyPair().publicKey), 'control', { timeoutMs: 1_000 }),
      code('dht-unreachable'),
    );
  });

  it('reaches a peer where it was last, with no DHT, and by the DHT where that address is stale', async () => {
    const hub = await startHub({ count: 3 });
    const { bootstrap } = hub;
    const controller = await listening({ bootstrap });
    const addresses = new Map<string, string>();
    const keyPair = createKeyPair();
    const node = () => net.makeMember({ role: 'node', name: 'attic', keyPair }, { bootstrap, addresses });
    await (await node()).dial(controller.key, 'control');
    const lastKnown = addresses.get(controller.key)!;
    for (const stale of ['127.0.0.1:9', 'nonsense']) {
      addresses.set(controller.key, stale);
      await (await node()).dial(controller.key, 'control');
      assert.equal(addresses.get(controller.key), lastKnown);
    }
    await hub.close();
    await (await node()).dial(controller.key, 'control');
    addresses.clear();
    await assert.rejects(
      (await node()).dial(controller.key, 'control', { timeoutMs: 5_000 }),
      code('dht-unreachable'),
    );
  });

  it('is abandoned when its caller loses interest', async () => {
    const node = await net.makeMember({ role: 'node', name: 'attic' });
    const signal = AbortSignal.timeout(1);
    await assert.rejects(node.dial(keyId(createKeyPair().publicKey), 'control', { signal }), {
      name: 'TimeoutError',
    });
  });

  it("finds controllers by the cluster's topic, which is a hint that the certificate must prove", async () => {
    const controller = await net.makeMember({ role: 'controller', name: 'controller' });
    await controller.listen({ admit: () => {}, handlers: { control: (stream) => stream.end() } });
    const node = await net.makeMember({ role: 'node', name: 'attic' });
    let found: string[] = [];
    while (!found.includes(controller.key)) {
      found = await node.findControllers();
      await systemClock.sleep(20);
    }
    await node.dial(controller.key, 'control');
  });
});

/** `events.once` would reject at the reset that goes before. */
function gone(duplex: Duplex): Promise<void> {
  return new Promise((resolve) => duplex.once('close', resolve));
}
