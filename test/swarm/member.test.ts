import assert from 'node:assert/strict';
import { text } from 'node:stream/consumers';
import { epochFloor } from '../../swarm/epoch.ts';
import { createKeyPair } from '../../swarm/keys.ts';
import { until } from '../support/wait.ts';
import { testnet, type Testnet } from '../support/testnet.ts';

describe('a member of the swarm', () => {
  let net: Testnet;
  before(async () => (net = await testnet()));
  after(() => net.close());

  it('finds another by its key alone and makes an HTTP/2 request on the encrypted stream', async () => {
    const controller = await net.makeMember({ role: 'controller', name: 'controller' });
    await controller.listen({
      admit: () => {},
      handlers: {
        control: (stream, headers, link) => {
          stream.respond({ ':status': 200 });
          stream.end(`${headers[':path']} for ${link.peer.certificate.name}`);
        },
      },
    });
    const node = await net.makeMember({ role: 'node', name: 'attic' });
    const link = await node.dial(controller.key, 'control');
    const answer = await text(link.session!.request({ ':path': '/version' }));
    assert.equal(answer, '/version for attic');
  });

  it('ends the link of a peer whose certificate expires, or whose epoch is over, and keeps the others', async () => {
    const epochs = epochFloor(1);
    const limits = { certificateCheckMs: 20 };
    const controller = await net.makeMember({ role: 'controller', name: 'controller' }, { epochs, limits });
    await controller.listen({ admit: () => {}, handlers: { control: (stream) => stream.end() } });
    const dialled = async (name: string, change: { notAfter?: number; epoch?: number }) => {
      const keyPair = createKeyPair();
      const certificate = net.certify(keyPair, { role: 'node', name }, { epoch: 2, ...change });
      const node = await net.makeMember(
        { role: 'node', name, keyPair },
        { certificate, epochs: epochFloor(1) },
      );
      return node.dial(controller.key, 'control');
    };
    const names = () => controller.links().map(({ peer }) => peer.certificate.name);
    const short = await dialled('short', { notAfter: Date.now() + 1_500 });
    const old = await dialled('old', { epoch: 1 });
    await dialled('good', {});
    assert.deepEqual(names().toSorted(), ['good', 'old', 'short'], 'the control');
    epochs.raise(2);
    assert.equal((await old.closed).reason, 'goodbye');
    await until('the end of the old one', () => !names().includes('old'));
    assert.ok(names().includes('good'));
    await short.closed;
    await until('the end of the short one', () => !names().includes('short'));
    assert.deepEqual(names(), ['good']);
  });
});
