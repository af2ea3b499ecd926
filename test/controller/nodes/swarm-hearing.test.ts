import assert from 'node:assert/strict';
import type { ServerHttp2Stream } from 'node:http2';
import { NodePeers } from '../../../agent/peers.ts';
import { dataHandler } from '../../../agent/streams/data.ts';
import { streamsHandler } from '../../../agent/streams/streams.ts';
import type { Client } from '../../../client/client.ts';
import { SwarmHearing, type ProbeGuards } from '../../../controller/nodes/swarm-hearing.ts';
import { systemClock as clock } from '../../../process/clock.ts';
import { silentLog as log } from '../../../process/log.ts';
import { proveAlive } from '../../../swarm/alive.ts';
import { createKeyPair } from '../../../swarm/keys.ts';
import type { SwarmMember } from '../../../swarm/member.ts';
import type { StreamHandler } from '../../../swarm/swarm.ts';
import { testnet, type Testnet } from '../../support/testnet.ts';
import { until } from '../../support/wait.ts';

type Pods = Parameters<typeof streamsHandler>[0]['pods'];

describe("a helper's word on whether another host lives", () => {
  let net: Testnet;
  let controller: SwarmMember;
  let hearings: SwarmHearing[];
  /** One that believes all; the attacks succeed on it. */
  let credulous: SwarmHearing;
  let hearing: SwarmHearing;
  const unguarded: ProbeGuards = { isProof: () => true, answerBytesMax: Infinity };
  beforeEach(async () => {
    net = await testnet();
    controller = await net.makeMember({ role: 'controller', name: 'controller' });
    hearings = [(hearing = new SwarmHearing(clock)), (credulous = new SwarmHearing(clock, unguarded))];
    await controller.listen({
      admit: () => {},
      handlers: { control: (stream) => stream.end() },
      onLink: (link) => hearings.forEach((each) => each.add(link)),
    });
  });
  afterEach(() => net.close());

  /** A host as `agent/main.ts` makes it, or one that answers its controller in another way. */
  const host = async (name: string, answers?: StreamHandler) => {
    const keyPair = createKeyPair();
    const member = await net.makeMember({ role: 'node', name, keyPair });
    const peers = new NodePeers({ swarm: member, client: {} as Client, clock, nodeName: name });
    const parts = { pods: {} as Pods, clock, log };
    const data = dataHandler({ ...parts, prove: (nonce) => proveAlive(nonce, keyPair) });
    await member.listen({ admit: () => {}, handlers: { data } });
    const honest = streamsHandler({ ...parts, reach: (key, nonce) => peers.reach(key, nonce) });
    await member.dial(controller.key, 'control');
    await member.dial(controller.key, 'streams', { handler: answers ?? honest });
    await until(`${name} is heard`, () => hearing.streams(name));
    return { member, close: async () => (peers.close(), member.close()) };
  };

  it('is believed for a host that answers, and not for one that has gone', async () => {
    const [attic, cellar] = [await host('attic'), await host('cellar')];
    assert.equal(await hearing.probe('attic', 'cellar'), true);
    assert.equal(await hearing.probe('attic', 'cellar'), true, 'and again on the same link');
    await cellar.close();
    assert.equal(await hearing.probe('attic', 'cellar'), false);
    await attic.close();
  });

  it('is no help where it comes without an answer of that host: a liar keeps no dead host alive', async () => {
    const cellar = await host('cellar');
    let old = '';
    const says = (text: () => string): StreamHandler =>
      function lie(stream) {
        stream.respond({ ':status': 200, 'content-type': 'application/json' });
        stream.end(text());
      };
    await host(
      'yes',
      says(() => '{"reached":true}'),
    );
    await host(
      'nonsense',
      says(() => '{"reached":true,"proof":{"length":128}}'),
    );
    await host(
      'null',
      says(() => 'null'),
    );
    await host(
      'replay',
      says(() => JSON.stringify({ reached: true, proof: old })),
    );
    old = proveAlive('0'.repeat(64), createKeyPair());
    await cellar.close();
    for (const liar of ['yes', 'nonsense', 'null', 'replay']) {
      assert.equal(await hearing.probe(liar, 'cellar'), false, liar);
      assert.equal(await credulous.probe(liar, 'cellar'), true, 'the control');
    }
  });

  it('is cut where it is long: an answer without an end does not fill the controller', async () => {
    await host('cellar');
    const streams: ServerHttp2Stream[] = [];
    const part = Buffer.alloc(64 * 1024, 'x');
    let sent = 0;
    await host('endless', (stream) => {
      streams.push(stream);
      stream.respond({ ':status': 200 });
      const more = () => {
        for (let goes = true; goes && !stream.destroyed && sent < 64 * 1024 * 1024; sent += part.length)
          goes = stream.write(part);
      };
      stream.on('drain', more);
      more();
    });
    const held = async (by: SwarmHearing) => {
      sent = 0;
      await by.probe('endless', 'cellar');
      return sent;
    };
    const guarded = await held(hearing);
    // What was under way when it was cut: no more than the window.
    assert.ok(guarded <= 1024 * 1024, `${guarded} bytes`);
    assert.ok((await held(credulous)) > 8 * 1024 * 1024, `the control: ${sent} bytes`);
  });
});
