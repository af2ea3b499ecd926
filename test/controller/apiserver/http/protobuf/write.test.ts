import assert from 'node:assert/strict';
import { readProtobuf } from '../../../../../controller/apiserver/http/protobuf/envelope.ts';
import { writeProtobuf } from '../../../../../controller/apiserver/http/protobuf/write.ts';

function readBack(object: { apiVersion: string; kind: string }): unknown {
  return readProtobuf(writeProtobuf(object), object);
}

describe('an answer in protobuf', () => {
  it('says what its JSON says, also of numbers below zero, beyond 32 bits and with a fraction', () => {
    const pod = {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: 'a', generation: 2 ** 52 + 1, labels: { b: '', ü: 'ß' } },
      spec: { containers: [], priority: -2_147_483_648, terminationGracePeriodSeconds: -1 },
    };
    assert.deepEqual(readBack(pod), {
      ...pod,
      spec: { priority: -2_147_483_648, terminationGracePeriodSeconds: -1 },
    });
    const lease = {
      apiVersion: 'coordination.k8s.io/v1',
      kind: 'Lease',
      metadata: { name: 'l' },
      spec: { renewTime: '1969-12-31T23:59:58.000001Z', leaseTransitions: 0 },
    };
    assert.deepEqual(readBack(lease), lease);
  });

  it('of an object much larger than usual is whole', () => {
    const data = Object.fromEntries(
      Array.from({ length: 500 }, (_, index) => [`key-${index}`, 'v'.repeat(index * 7)]),
    );
    const map = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'large' }, data };
    assert.deepEqual(readBack(map), map);
  });

  it('is none of what has no message', () => {
    assert.throws(
      () => writeProtobuf({ apiVersion: 'example.org/v1', kind: 'Thing' }),
      /has no form in protobuf/,
    );
  });
});
