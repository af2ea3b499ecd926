import assert from 'node:assert/strict';
import { text } from 'node:stream/consumers';
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
});
