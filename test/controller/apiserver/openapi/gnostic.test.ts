import assert from 'node:assert/strict';
import { WireReader, wireTypes } from '../../../../controller/apiserver/http/protobuf/wire.ts';
import {
  gnosticBytes,
  type GnosticMessages,
} from '../../../../controller/apiserver/openapi/gnostic/encode.ts';

const messages: GnosticMessages = {
  Document: {
    title: [1, 'text'],
    count: [2, 'integer'],
    share: [3, 'double'],
    open: [4, 'boolean'],
    tags: [5, 'text', 'list'],
    inner: [6, 'Inner'],
    'x-': [7, 'any', 'named'],
    '*': [8, 'Inner', 'named'],
  },
  Inner: (value) => (typeof value === 'string' ? [1, 'text'] : [2, 'integer']),
};

/** Fields in their order, each with its number; parts as bytes. */
function fieldsOf(bytes: Buffer): [number, number | string][] {
  const reader = new WireReader(bytes, 'Document');
  const found: [number, number | string][] = [];
  while (!reader.isAtEnd) {
    const { number, type } = reader.tag();
    if (type === wireTypes.varint) found.push([number, reader.varint()]);
    else if (type === wireTypes.fixed64) found.push([number, reader.double()]);
    else found.push([number, reader.part().toString('latin1')]);
  }
  return found;
}

describe('documents in the protobuf of gnostic', () => {
  it('have each field under its number, in their order, and what has no number not at all', () => {
    const document = { title: 'Käse', count: 300, share: 0.5, open: true, tags: ['a', 'b'], inner: 7 };
    assert.deepEqual(fieldsOf(gnosticBytes(document, messages)), [
      [1, Buffer.from('Käse').toString('latin1')],
      [2, 300],
      [3, 0.5],
      [4, 1],
      [5, 'a'],
      [5, 'b'],
      [6, '\x10\x07'],
    ]);
    assert.equal(gnosticBytes({}, messages).length, 0);
    assert.deepEqual(fieldsOf(gnosticBytes({ count: -1 }, messages)), [[2, -1]]);
  });

  it('name what is kept by name, and write other values as YAML', () => {
    const [first, second] = fieldsOf(gnosticBytes({ 'x-kind': { a: 1 }, other: 'y' }, messages));
    assert.deepEqual(first![0], 7);
    assert.deepEqual(fieldsOf(Buffer.from(String(first![1]), 'latin1')), [
      [1, 'x-kind'],
      [2, '\x12\x08{"a":1}\n'],
    ]);
    assert.deepEqual(second![0], 8);
    assert.deepEqual(fieldsOf(Buffer.from(String(second![1]), 'latin1')), [
      [1, 'other'],
      [2, '\n\x01y'],
    ]);
  });

  it('are whole however large they are', () => {
    const tags = Array.from({ length: 50_000 }, (_, index) => `a tag that is called ${index}`);
    const found = fieldsOf(gnosticBytes({ title: 'x'.repeat(200_000), tags }, messages));
    assert.deepEqual(
      found.slice(1).map(([, text]) => text),
      tags,
    );
    assert.equal((found[0]![1] as string).length, 200_000);
  });
});
