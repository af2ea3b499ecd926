import assert from 'node:assert/strict';
import fc from 'fast-check';
import { kinds, reviewKinds } from '../../../../../api/kinds.ts';
import { ApiError } from '../../../../../api/errors.ts';
import { protobufMessage, protobufObject, type ProtobufField } from '../../../../../api/schema/protobuf.ts';
import { readProtobuf } from '../../../../../controller/apiserver/http/protobuf/envelope.ts';
import { envelope, field, message } from './encode.ts';

type Fields = Record<string, unknown>;
const served = [...kinds, ...reviewKinds].map(({ apiVersion, kind }) => ({ apiVersion, kind }));
/** Deep enough for the containers of a pod of a template of a template. */
const deepest = 6;

const text = fc.string({ minLength: 1, unit: 'grapheme' });
const seconds = fc.integer({ min: 1, max: 4_000_000_000 });
const time = (value: number) => `${new Date(value * 1000).toISOString().slice(0, 19)}Z`;
const scalars: Record<string, fc.Arbitrary<unknown>> = {
  string: text,
  bool: fc.constant(true),
  int32: fc.integer().filter((value) => value !== 0),
  int64: fc.maxSafeInteger().filter((value) => value !== 0),
  double: fc.double({ noNaN: true, noDefaultInfinity: true }).filter((value) => value !== 0),
  bytes: fc.uint8Array({ minLength: 1 }).map((bytes) => Buffer.from(bytes).toString('base64')),
  time: seconds.map(time),
  microTime: seconds.map((value) => time(value).replace('Z', '.000123Z')),
  quantity: fc.constantFrom('1', '500m', '64Mi'),
  intOrString: fc.oneof(fc.integer(), text),
  json: fc.constantFrom<unknown>({ a: [1, null, 'b'] }, 'text', 5, []),
  texts: fc.array(text),
  schemaOrBool: fc.oneof(fc.boolean(), fc.constant({ type: 'string' })),
  schemaOrArray: fc.constantFrom<unknown>({ type: 'string' }, [{ type: 'string' }, {}]),
  schemaOrTexts: fc.constantFrom<unknown>({ type: 'string' }, ['a', 'b']),
};

function valueOf([, type, how]: ProtobufField, depth: number): fc.Arbitrary<unknown> {
  const each = scalars[type] ?? objectOf(type, depth + 1);
  const kept = how === 'kept' ? zeros[type] : undefined;
  if (how === 'list') return fc.array(each, { minLength: 1, maxLength: 2 });
  if (how === 'map')
    return fc.dictionary(fc.string(), each, { minKeys: 1, maxKeys: 2, noNullPrototype: true });
  return kept === undefined ? each : fc.oneof(each, fc.constant(kept));
}
const zeros: Fields = { string: '', bool: false, int32: 0, int64: 0, double: 0 };

/** Some of the fields of a message, with values. */
function objectOf(name: string, depth = 1): fc.Arbitrary<Fields> {
  if (depth > deepest) return fc.constant({});
  const fields = Object.values(protobufMessage(name)!);
  return fc.uniqueArray(fc.nat({ max: Math.max(fields.length - 1, 0) }), { maxLength: 4 }).chain((chosen) => {
    const parts = chosen.flatMap((index) => {
      const each = fields[index];
      if (!each) return [];
      return each[2] === 'inline'
        ? [objectOf(each[1], depth)]
        : [valueOf(each, depth).map((value) => ({ [each[0]]: value }))];
    });
    return fc.tuple(...parts).map((found) => Object.assign({}, ...found) as Fields);
  });
}

const bodies = fc.constantFrom(...served).chain((type) =>
  objectOf(protobufObject(type.apiVersion, type.kind)!).map((object) => ({
    type,
    object,
    body: envelope(type.apiVersion, type.kind, message(protobufObject(type.apiVersion, type.kind)!, object)),
  })),
);
const configMap = { apiVersion: 'v1', kind: 'ConfigMap' };
const refusal = (body: Buffer, expected = configMap): string => {
  try {
    return `read: ${JSON.stringify(readProtobuf(body, expected))}`;
  } catch (error) {
    assert.ok(error instanceof ApiError, `${(error as Error).stack}`);
    assert.equal(error.status.code, 400);
    return error.message;
  }
};
const nested = (levels: number) => {
  let schema = field(5, 'string');
  for (let level = 0; level < levels; level++) schema = field(28, schema);
  const version = field(4, field(1, schema));
  return envelope('apiextensions.k8s.io/v1', 'CustomResourceDefinition', field(2, field(7, version)));
};
const definition = { apiVersion: 'apiextensions.k8s.io/v1', kind: 'CustomResourceDefinition' };

describe('Bodies in protobuf', () => {
  it('have a message for each kind that is served or asked', () => {
    assert.deepEqual(
      served.filter(({ apiVersion, kind }) => protobufObject(apiVersion, kind) === undefined),
      [],
    );
  });

  it('are the object that was written', () => {
    fc.assert(
      fc.property(bodies, ({ type, object, body }) => {
        assert.deepEqual(readProtobuf(body, type), { ...type, ...object });
      }),
      { numRuns: 500 },
    );
  });

  it('cut off or changed, are read or refused with 400, and never anything else', () => {
    const broken = bodies.chain(({ type, body }) =>
      fc
        .tuple(fc.nat({ max: body.length }), fc.nat({ max: body.length - 1 }), fc.nat({ max: 255 }))
        .map(([length, at, byte]) => {
          const changed = Buffer.from(body);
          changed[at] = byte;
          return { type, bodies: [body.subarray(0, length), changed] };
        }),
    );
    fc.assert(
      fc.property(broken, ({ type, bodies: each }) => {
        for (const body of each) refusal(body, type);
      }),
      { numRuns: 500 },
    );
  });

  it('of any bytes at all are read or refused with 400, and never anything else', () => {
    fc.assert(
      fc.property(fc.constantFrom(...served), fc.uint8Array({ maxLength: 300 }), (type, bytes) => {
        refusal(envelope(type.apiVersion, type.kind, Buffer.from(bytes)), type);
        refusal(Buffer.concat([Buffer.from('k8s\0'), bytes]), type);
      }),
      { numRuns: 1_000 },
    );
  });

  it('leave out what is zero and may be left out, and keep a zero that says something', () => {
    const spec = Buffer.concat([Buffer.from([0x08, 0, 0x38, 0]), field(4, '')]);
    const body = envelope('apps/v1', 'Deployment', field(2, spec));
    assert.deepEqual(readProtobuf(body, { apiVersion: 'apps/v1', kind: 'Deployment' })['spec'], {
      replicas: 0,
      strategy: {},
    });
  });

  it('may have fields that nobody knows, of every form, and are the object without them', () => {
    const numbers = Buffer.from([0x98, 0x06, 0x05, 0x9d, 0x06, 0, 0, 0, 0]);
    const double = Buffer.from([0x99, 0x06, 0, 0, 0, 0, 0, 0, 0, 0]);
    const group = Buffer.from([0x9b, 0x06, 0x08, 0x01, 0x9c, 0x06]);
    const data = field(2, Buffer.concat([field(1, '__proto__'), field(2, 'v')]));
    const strange = Buffer.concat([field(100, 'text'), numbers, double, group, data]);
    const read = readProtobuf(envelope('v1', 'ConfigMap', strange), configMap);
    assert.equal(JSON.stringify(read['data']), '{"__proto__":"v"}');
  });

  it('claim lengths that they have not: nothing is set aside for those', () => {
    const claim = Buffer.from([0x0a, 0xff, 0xff, 0xff, 0xff, 0x07]);
    const cannot = 'ConfigMap in version "v1" cannot be handled as a ConfigMap: ';
    assert.equal(refusal(envelope('v1', 'ConfigMap', claim)), `${cannot}unexpected EOF`);
    const negative = Buffer.from([0x0a, ...Array<number>(9).fill(0xff), 0x01]);
    assert.match(refusal(envelope('v1', 'ConfigMap', negative)), /negative length found/);
    const endless = Buffer.from(Array<number>(11).fill(0xff));
    assert.match(refusal(envelope('v1', 'ConfigMap', endless)), /integer overflow/);
    assert.match(refusal(envelope('v1', 'ConfigMap', Buffer.from([0x08, 0x01]))), /wrong wireType = 0/);
    assert.match(refusal(envelope('v1', 'ConfigMap', Buffer.from([0x00]))), /illegal tag 0/);
    assert.match(refusal(envelope('v1', 'ConfigMap', Buffer.from([0x9c, 0x06]))), /end group/);
  });

  it('nested deeper than any object are refused, and not the stack is exhausted', () => {
    assert.match(refusal(nested(40), definition), /^read: /);
    assert.match(refusal(nested(10_000), definition), /nested more than 64 levels deep/);
  });

  it('of what is of no type here are refused', () => {
    assert.match(
      refusal(envelope('example.com/v1', 'Dog', Buffer.alloc(0))),
      /Dog in version "v1" cannot be handled as a ConfigMap: no kind "Dog" is registered for version "example.com\/v1"/,
    );
  });
});
