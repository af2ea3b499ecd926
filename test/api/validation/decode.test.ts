import assert from 'node:assert/strict';
import fc from 'fast-check';
import { applyDefaults } from '../../../api/defaults/defaults.ts';
import { fieldErrorText } from '../../../api/field-errors.ts';
import { kinds } from '../../../api/kinds.ts';
import { normalize } from '../../../api/normalize.ts';
import { typeSchema } from '../../../api/schema/load.ts';
import type { FieldSchema } from '../../../api/schema/schema.ts';
import { decodeStrict, judgesWhatIsMissing } from '../../../api/validation/validation.ts';
import { somePod } from '../objects.ts';

const told = (kind: string, value: unknown) => decodeStrict(kind, value).map(fieldErrorText);

describe('strict decoding', () => {
  it('accepts what fits, and null as nothing', () => {
    assert.deepEqual(told('Pod', somePod()), []);
    assert.deepEqual(told('Pod', { ...somePod(), status: null, metadata: { creationTimestamp: null } }), []);
  });

  it('names unknown fields by their path', () => {
    const pod = somePod({
      containers: [{ name: 'a', foo: 1, ports: [{ containerPort: 1, host: 2 }] } as never],
    });
    assert.deepEqual(told('Pod', { ...pod, extra: 1 }), [
      'unknown field "spec.containers[0].foo"',
      'unknown field "spec.containers[0].ports[0].host"',
      'unknown field "extra"',
    ]);
  });

  it('is not misled by what every JavaScript object has', () => {
    assert.deepEqual(told('Pod', { ...somePod(), constructor: 1, toString: 2 }), [
      'unknown field "constructor"',
      'unknown field "toString"',
    ]);
    assert.equal(decodeStrict('ConfigMap', JSON.parse('{"metadata":{},"__proto__":{}}')).length, 1);
  });

  it('names wrong types by their path, with what to write instead', () => {
    const cases: [string, object, RegExp][] = [
      [
        'Deployment',
        { spec: { replicas: 'three' } },
        /spec.replicas: Invalid value: "three": must be a whole number/,
      ],
      ['Deployment', { spec: { replicas: 1.5 } }, /whole number/],
      ['Deployment', { spec: { replicas: 2 ** 31 } }, /int32/],
      ['Deployment', { spec: { paused: 'yes' } }, /must be true or false/],
      [
        'ConfigMap',
        { data: { port: 80 } },
        /data\[port\]: Invalid value: 80: must be a string \(put quotes around it: "80"\)/,
      ],
      ['Pod', { spec: { containers: {} } }, /spec.containers: .*must be a list/],
      ['Pod', { spec: 1 }, /spec: .*must be an object/],
      [
        'Pod',
        { spec: { containers: [{ name: 'a', resources: { limits: { cpu: '1x' } } }] } },
        /limits\[cpu\]: .*quantities must match/,
      ],
      ['Pod', { metadata: { creationTimestamp: 'today' } }, /RFC 3339/],
      ['Secret', { data: { key: 'not base64' } }, /must be base64/],
      ['Service', { spec: { ports: [{ port: 80, targetPort: true }] } }, /or a string/],
      ['Pod', { spec: { containers: [null] } }, /containers\[0\]: .*may not be empty/],
      ['Pod', { metadata: { labels: ['a'] } }, /metadata.labels: .*must be a map/],
    ];
    for (const [kind, value, expected] of cases) assert.match(told(kind, value).join('\n'), expected);
    assert.deepEqual(told('Pod', []), ['Invalid value: []: must be an object']);
  });

  it('requires what must be there, but not of a status that is still being written', () => {
    assert.deepEqual(told('Deployment', { spec: {} }), [
      'spec.selector: Required value',
      'spec.template: Required value',
    ]);
    assert.deepEqual(told('Pod', { status: { containerStatuses: [{ name: 'a' }] } }), []);
    assert.deepEqual(told('Pod', { status: { foo: 1 } }), ['unknown field "status.foo"']);
  });

  it('stops at a hundred mistakes', () => {
    const many = Object.fromEntries(Array.from({ length: 5000 }, (_, index) => [`field${index}`, 1]));
    assert.equal(decodeStrict('Pod', many).length, 100);
  });

  it('accepts whatever the defaults make of what it has accepted', () => {
    // Objects of the schema's own making, three levels deep.
    const valueOf = (schema: FieldSchema, depth: number): fc.Arbitrary<unknown> => {
      switch (schema.type) {
        case 'array':
          return fc.array(valueOf(schema.items, depth), { maxLength: 2 });
        case 'map':
          return fc.dictionary(fc.constantFrom('a', 'b'), valueOf(schema.values, depth), { maxKeys: 2 });
        case 'object':
          return objectOf(schema.of, depth - 1);
        case 'integer':
        case 'number':
          return fc.integer({ min: 0, max: 100 });
        case 'boolean':
          return fc.boolean();
        case 'quantity':
          return fc.constantFrom('1', '0.5', '1500m', '1Gi', 3);
        case 'intOrString':
          return fc.constantFrom(1, '25%');
        case 'time':
        case 'microTime':
          return fc.constant('2026-11-20T12:00:00Z');
        case 'bytes':
          return fc.constant('YQ==');
        case 'any':
          return fc.constant({});
        default:
          return fc.constantFrom('a', 'image:tag');
      }
    };
    const objectOf = (type: string, depth: number): fc.Arbitrary<object> => {
      const fields = Object.entries(typeSchema(type).fields).filter(
        ([, schema]) => schema.required || depth > 0 || !JSON.stringify(schema).includes('"object"'),
      );
      return fc.record(Object.fromEntries(fields.map(([name, schema]) => [name, valueOf(schema, depth)])), {
        requiredKeys: fields.filter(([, schema]) => schema.required).map(([name]) => name),
        noNullPrototype: true,
      });
    };
    for (const kind of kinds)
      fc.assert(
        fc.property(objectOf(kind.type!, 3), (object) => {
          const typed = { ...object, apiVersion: kind.apiVersion, kind: kind.kind };
          assert.deepEqual(decodeStrict(kind, typed), []);
          const stored = applyDefaults(normalize(kind, typed));
          // A spec that was missing has defaults now, and what it lacks beside them is for the kind's own rules to say.
          const wrong = decodeStrict(kind, stored).filter(
            ({ type }) => type !== 'FieldValueRequired' || !judgesWhatIsMissing(kind),
          );
          assert.deepEqual(wrong, []);
          assert.deepEqual(applyDefaults(stored), stored);
        }),
        { numRuns: 15 },
      );
  });
});
