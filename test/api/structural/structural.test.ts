import assert from 'node:assert/strict';
import fc from 'fast-check';
import { fillDefaults } from '../../../api/structural/defaults.ts';
import { formatNamed } from '../../../api/structural/formats.ts';
import { parseJsonPath, valuesAt } from '../../../api/structural/json-path.ts';
import { validateLists } from '../../../api/structural/lists.ts';
import { prune } from '../../../api/structural/prune.ts';
import type { Schema } from '../../../api/structural/schema.ts';
import { validateValue } from '../../../api/structural/validate.ts';
import { validateCustom } from '../../../api/structural/validate-custom.ts';
import { compareVersions, type CustomKind } from '../../../api/structural/custom-kind.ts';
import { validateCustomSchema } from '../../../api/validation/custom-resource-schema.ts';
import { fieldErrorText } from '../../../api/field-errors.ts';
import { schemas, valuesFor } from './schemas.ts';

const texts = (schema: Schema, value: unknown, old?: unknown) =>
  validateValue(value, schema, 'a', old).map(fieldErrorText);
/** Cases of each property: more where time is no matter. */
const runs = process.env['KITH_TEST_LONG'] ? 10_000 : 1_000;
const object = (properties: Record<string, Schema>, more: Schema = {}): Schema => ({
  type: 'object',
  properties,
  ...more,
});

describe('a schema of a custom resource', () => {
  it('keeps what it knows, and tells where the rest stood', () => {
    const schema = object({
      spec: object({
        list: { type: 'array', items: object({ a: { type: 'string' } }) },
        open: object(
          { known: object({ b: { type: 'string' } }) },
          { 'x-kubernetes-preserve-unknown-fields': true },
        ),
        map: { type: 'object', additionalProperties: object({ c: { type: 'string' } }) },
        inner: {
          type: 'object',
          'x-kubernetes-embedded-resource': true,
          'x-kubernetes-preserve-unknown-fields': true,
        },
      }),
    });
    const value = {
      apiVersion: 'a/v1',
      kind: 'A',
      metadata: { name: 'x' },
      spec: {
        list: [{ a: '1', z: 1 }],
        open: { any: { thing: 1 }, known: { b: '1', z: 1 } },
        map: { k: { c: '1', z: 1 } },
        inner: { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'p', z: 1 }, spec: {} },
        z: 1,
      },
      z: 1,
    };
    const { object: kept, unknown } = prune(value, schema);
    assert.deepEqual(unknown, [
      'spec.inner.metadata.z',
      'spec.list[0].z',
      'spec.map.k.z',
      'spec.open.known.z',
      'spec.z',
      'z',
    ]);
    assert.deepEqual(kept['spec'], {
      list: [{ a: '1' }],
      open: { any: { thing: 1 }, known: { b: '1' } },
      map: { k: { c: '1' } },
      inner: { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'p' }, spec: {} },
    });
    assert.deepEqual(kept['metadata'], { name: 'x' });
  });

  it('fills in defaults, also within defaults, and takes a null away that it does not let be', () => {
    const schema = object({
      a: { ...object({ b: { type: 'integer', default: 1 } }), default: {} },
      n: { type: 'string', nullable: true, default: 'x' },
      m: { type: 'string', default: 'y' },
      o: { type: 'string' },
    });
    assert.deepEqual(fillDefaults({ n: null, m: null, o: null }, schema), { n: null, m: 'y', a: { b: 1 } });
  });

  it('says what is wrong as Kubernetes does', () => {
    assert.deepEqual(texts({ type: 'string', maxLength: 2 }, 'abc'), [
      'a: Too long: may not be more than 2 bytes',
    ]);
    assert.deepEqual(texts({ type: 'string', minLength: 2 }, '😀'), [
      'a: Invalid value: "😀": a in body should be at least 2 chars long',
    ]);
    assert.deepEqual(texts({ type: 'array', items: { type: 'string' }, maxItems: 1 }, ['a', 'b']), [
      'a: Too many: 2: must have at most 1 items',
    ]);
    assert.deepEqual(texts({ type: 'integer', multipleOf: 2 }, 3), [
      'a: Invalid value: 3: a in body should be a multiple of 2',
    ]);
    assert.deepEqual(texts({ type: 'object', oneOf: [{ required: ['x'] }, { required: ['y'] }] }, {}), [
      '<nil>: Invalid value: "": "a" must validate one and only one schema (oneOf). Found none valid',
      'a.x: Required value',
    ]);
    assert.deepEqual(texts({ type: 'integer', not: { enum: [3] } }, 3), [
      '<nil>: Invalid value: "": "a" must not validate the schema (not)',
    ]);
    assert.deepEqual(texts({ 'x-kubernetes-int-or-string': true }, true), [
      'a: Invalid value: "boolean": a in body must be of type integer,string: "boolean"',
    ]);
  });

  it('does not say again what was so before, for it may have become stricter since', () => {
    const schema = object({ size: { type: 'integer', maximum: 1 }, name: { type: 'string', maxLength: 1 } });
    assert.deepEqual(texts(schema, { size: 9, name: 'abc' }, { size: 9, name: 'a' }), [
      'a.name: Too long: may not be more than 1 bytes',
    ]);
  });

  it('finds what stands twice in sets and in maps by keys', () => {
    const schema = object({
      set: { type: 'array', items: { type: 'string' }, 'x-kubernetes-list-type': 'set' },
      map: {
        type: 'array',
        items: object({ name: { type: 'string' }, port: { type: 'integer' } }),
        'x-kubernetes-list-type': 'map',
        'x-kubernetes-list-map-keys': ['name', 'port'],
      },
    });
    const value = {
      set: ['a', 'b', 'a', 'a'],
      map: [
        { name: 'x', port: 1 },
        { name: 'x', port: 2 },
        { port: 1, name: 'x' },
      ],
    };
    assert.deepEqual(validateLists(value, schema).map(fieldErrorText), [
      'set[2]: Duplicate value: "a"',
      'map[2]: Duplicate value: map[string]interface {}{"name":"x", "port":1}',
    ]);
  });

  it('knows the formats that Kubernetes checks', () => {
    const right: [string, string][] = [
      ['ipv4', '10.0.0.1'],
      ['ipv6', '::1'],
      ['cidr', '10.0.0.0/8'],
      ['date', '2026-02-28'],
      ['uuid', '6ba7b810-9dad-11d1-80b4-00c04fd430c8'],
      ['date-time', '2026-11-20T12:00:00Z'],
      ['duration', '1h30m'],
      ['duration', '3 days'],
      ['email', 'a@b.example'],
      ['hostname', 'a-b.example'],
      ['uri', '/a/b'],
      ['uri', 'https://a.example/b'],
      ['mac', '00:1b:44:11:3a:b7'],
      ['byte', 'YQ=='],
      ['hexcolor', '#fff'],
      ['isbn', '978-0321751041'],
    ];
    const wrong: [string, string][] = [
      ['ipv4', '::1'],
      ['cidr', '10.0.0.0/33'],
      ['date', '2026-02-30'],
      ['date-time', 'now'],
      ['duration', 'soon'],
      ['email', 'a'],
      ['hostname', 'a_b..c'],
      ['uri', 'a b'],
      ['mac', '00'],
      ['byte', 'a'],
      ['uuid', 'x'],
      ['isbn', '978-0321751042'],
    ];
    for (const [format, text] of right) assert.ok(formatNamed(format)!(text), `${format} ${text}`);
    for (const [format, text] of wrong) assert.ok(!formatNamed(format)!(text), `${format} ${text}`);
    assert.equal(formatNamed('int32'), undefined);
  });

  it('is looked into by paths', () => {
    const value = {
      a: {
        'b.c/d': [
          { type: 'x', n: 1 },
          { type: 'y', n: 2 },
        ],
      },
      e: [[1, 2], [3]],
    };
    const at = (path: string) => valuesAt(value, parseJsonPath(path)!);
    assert.deepEqual(at(".a['b.c/d'][?(@.type=='y')].n"), [2]);
    assert.deepEqual(at('.a.b\\.c/d[0].type'), ['x']);
    assert.deepEqual(at('.a.b\\.c/d[?(@.n>1)].type'), ['y']);
    assert.deepEqual(at('.e[*][0]'), [1, 3]);
    assert.deepEqual(at('.e[-1]'), [[3]]);
    assert.deepEqual(at('.none.at.all'), []);
    for (const path of ['..a', '.a[', '.a[?(x)]', '.a[1:2]'])
      assert.equal(parseJsonPath(path), undefined, path);
  });

  it('has versions that clients prefer in an order', () => {
    const versions = ['v1alpha1', 'foo', 'v1', 'v10', 'v2beta1', 'v2', 'v1beta2', 'bar'];
    assert.deepEqual(versions.toSorted(compareVersions), [
      'v10',
      'v2',
      'v1',
      'v2beta1',
      'v1beta2',
      'v1alpha1',
      'bar',
      'foo',
    ]);
  });

  it('property: whatever the schema and the object, they are judged in a bounded time, and what is taken stays valid', function () {
    this.timeout(120_000);
    let [valid, total, sound] = [0, 0, 0];
    const cases = schemas.chain((schema) => fc.tuple(fc.constant(schema), valuesFor(schema)));
    fc.assert(
      fc.property(cases, ([schema, value]) => {
        const started = performance.now();
        total++;
        if (validateCustomSchema(schema, 'schema', { hasStatus: false, old: undefined }).length === 0)
          sound++;
        const spec = typeof value === 'object' && value !== null && !Array.isArray(value) ? value : { value };
        const { object: pruned } = prune(spec as Record<string, unknown>, schema);
        assert.deepEqual(prune(pruned, schema).object, pruned);
        const filled = fillDefaults(pruned, schema);
        assert.deepEqual(fillDefaults(filled, schema), filled);
        const kind = { schema, scale: undefined } as CustomKind;
        if (validateCustom(kind, filled).length === 0) {
          valid++;
          const again = JSON.parse(JSON.stringify(filled)) as object;
          assert.deepEqual(validateCustom(kind, again), []);
          assert.deepEqual(validateCustom(kind, again, filled), []);
        }
        assert.ok(performance.now() - started < 1_000);
      }),
      { numRuns: runs },
    );
    assert.ok(valid * 3 >= total, `${valid} of ${total} objects were valid`);
    assert.ok(sound * 3 >= total, `${sound} of ${total} schemas were`);
  });
});
