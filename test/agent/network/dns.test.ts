import assert from 'node:assert/strict';
import fc from 'fast-check';
import { answerName, dnsAddress, resolverSettings } from '../../../agent/network/dns.ts';

const services = new Map<string, string | undefined>([
  ['web', '10.96.1.2'],
  ['headless', undefined],
]);

function question(name: string, type = 1): Buffer {
  const labels = name.split('.').flatMap((label) => [label.length, ...Buffer.from(label)]);
  return Buffer.from([0xab, 0xcd, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0, ...labels, 0, 0, type, 0, 1]);
}

function read(answer: Buffer | undefined) {
  assert.ok(answer);
  const count = answer.readUInt16BE(6);
  return {
    id: answer.readUInt16BE(0),
    isAnswer: (answer[2]! & 0x80) !== 0,
    code: answer[3]! & 0x0f,
    address: count === 1 ? [...answer.subarray(-4)].join('.') : undefined,
  };
}

const ask = (name: string, type?: number) => read(answerName(question(name, type), 'shop', services));

describe('names inside a sandbox', () => {
  it('lead to the Services of the pod’s own namespace, whatever the case of their letters', () => {
    const found = { id: 0xabcd, isAnswer: true, code: 0, address: '10.96.1.2' };
    assert.deepEqual(ask('web.shop.svc.cluster.local'), found);
    assert.deepEqual(ask('WEB.Shop.svc.cluster.local'), found);
  });

  it('say that a Service exists which has no address, or none of the kind that was asked for', () => {
    const none = { id: 0xabcd, isAnswer: true, code: 0, address: undefined };
    assert.deepEqual(ask('headless.shop.svc.cluster.local'), none);
    assert.deepEqual(ask('web.shop.svc.cluster.local', 28), none);
  });

  it('say of everything else that it does not exist: other namespaces, the internet, names without a domain', () => {
    for (const name of [
      'web.other.svc.cluster.local',
      'example.com',
      'web',
      'nothing.shop.svc.cluster.local',
    ])
      assert.deepEqual(ask(name), { id: 0xabcd, isAnswer: true, code: 3, address: undefined }, name);
  });

  it('take no harm from bytes that are no question', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 80 }), fc.nat(40), (bytes, cut) => {
        const broken = Buffer.concat([question('web.shop.svc.cluster.local').subarray(0, cut), bytes]);
        const answer = answerName(broken, 'shop', services);
        assert.ok(answer === undefined || answer.length <= broken.length + 16);
      }),
    );
    assert.equal(answerName(Buffer.alloc(3), 'shop', services), undefined);
    const reply = question('web.shop.svc.cluster.local');
    reply[2]! |= 0x80;
    assert.equal(answerName(reply, 'shop', services), undefined, 'an answer is not answered');
  });

  it('are asked for with the search list that Kubernetes gives its pods', () => {
    assert.equal(
      resolverSettings('shop'),
      `nameserver ${dnsAddress}\nsearch shop.svc.cluster.local svc.cluster.local cluster.local\noptions ndots:5\n`,
    );
  });
});
