import assert from 'node:assert/strict';
import fc from 'fast-check';
import { compare } from '../../../api/apply/compare.ts';
import { difference, parseFields, union } from '../../../api/apply/field-set.ts';
import { fieldsOf } from '../../../api/apply/fields-of.ts';
import { mergeSchemaOf } from '../../../api/apply/object-schema.ts';
import { withoutNeverOwned } from '../../../api/apply/update.ts';
import { duplicateKeys } from '../../../api/duplicate-keys.ts';
import { ApiError } from '../../../api/errors.ts';
import { kindNamed } from '../../../api/kinds.ts';
import type { PlainObject } from '../../../api/plain-objects.ts';
import type { ManagedFieldsEntry } from '../../../api/types.ts';
import { Written } from './support.ts';

const word = fc.constantFrom('a', 'b', 'c');
const map = fc.dictionary(word, fc.constantFrom('1', '2'), { maxKeys: 3, noNullPrototype: true });
const maybe = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: undefined });
/**
 * As it would come over the wire, without what is empty: what an apply empties is gone, as in Kubernetes, so that a configuration that
 * says an empty object of it brings it back by the next apply only.
 */
const sent = <T>(arbitrary: fc.Arbitrary<T>): fc.Arbitrary<PlainObject> =>
  arbitrary.map(
    (value) =>
      JSON.parse(JSON.stringify(value), (key, inner: unknown) =>
        key !== '' && typeof inner === 'object' && inner !== null && Object.keys(inner).length === 0
          ? undefined
          : inner,
      ) as PlainObject,
  );

const metadata = fc.record({
  name: fc.constant('web'),
  namespace: fc.constant('default'),
  labels: maybe(map),
  annotations: maybe(map),
  finalizers: maybe(fc.uniqueArray(word, { maxLength: 3 })),
});
const container = fc.record({
  name: word,
  image: maybe(word),
  command: maybe(fc.array(word, { maxLength: 2 })),
  env: maybe(
    fc.uniqueArray(fc.record({ name: word, value: maybe(word) }), {
      selector: ({ name }) => name,
      maxLength: 3,
    }),
  ),
  resources: maybe(fc.record({ limits: maybe(map) })),
});
const spec = fc.record({
  replicas: maybe(fc.nat(3)),
  paused: maybe(fc.boolean()),
  selector: maybe(fc.record({ matchLabels: map })),
  template: maybe(
    fc.record({
      metadata: maybe(fc.record({ labels: maybe(map) })),
      spec: fc.record({
        containers: fc.uniqueArray(container, { selector: ({ name }) => name, maxLength: 3 }),
        nodeSelector: maybe(map),
      }),
    }),
  ),
});
const deployment = sent(fc.record({ metadata, spec: maybe(spec) }));
const manager = fc.constantFrom('one', 'two', 'kubectl');
const writes = fc.array(fc.record({ manager, configuration: deployment, isUpdate: fc.boolean() }), {
  maxLength: 6,
});
const schema = mergeSchemaOf(kindNamed('Deployment'));

function played(
  steps: readonly { manager: string; configuration: PlainObject; isUpdate: boolean }[],
): Written {
  const written = new Written('Deployment');
  for (const { manager: name, configuration, isUpdate } of steps)
    if (isUpdate) written.update(name, configuration);
    else written.apply(name, configuration, true);
  return written;
}

describe('whatever is applied, by whomever', () => {
  it('applying the same once more changes nothing, no owner and no time', () => {
    fc.assert(
      fc.property(writes, manager, deployment, (steps, name, configuration) => {
        const written = played(steps);
        written.apply(name, configuration, true);
        const before = structuredClone(written.object);
        written.apply(name, configuration);
        assert.deepEqual(written.object, before);
      }),
    );
  });

  it('who applied owns what it applied, and the object says it', () => {
    fc.assert(
      fc.property(writes, manager, deployment, (steps, name, configuration) => {
        const written = played(steps);
        written.apply(name, configuration, true);
        const applied = withoutNeverOwned(fieldsOf(schema, configuration));
        const own = written.managedFields.find((each) => each.manager === name && each.operation === 'Apply');
        assert.equal(difference(applied, parseFields(own?.fieldsV1 ?? {})).size, 0);
        const live = compare(schema, written.object, configuration);
        assert.equal(difference(applied, union(live.added, live.modified)), applied);
      }),
    );
  });

  it('an apply that is not forced takes nothing from anyone: it is refused, or others own what they did', () => {
    fc.assert(
      fc.property(writes, deployment, (steps, configuration) => {
        const written = played(steps);
        const idOf = (each: ManagedFieldsEntry) => `${each.manager} ${each.operation}`;
        const before = new Map(written.managedFields.map((each) => [idOf(each), each.fieldsV1]));
        try {
          written.apply('late', configuration);
        } catch (error) {
          assert.ok(error instanceof ApiError);
          assert.equal(error.status.code, 409);
          return;
        }
        for (const each of written.managedFields)
          if (each.manager !== 'late' && each.manager !== 'before-first-apply')
            assert.deepEqual(each.fieldsV1, before.get(idOf(each)));
      }),
    );
  });

  it('is refused as an API refuses, and never otherwise, however hostile it is', () => {
    const hostile = fc.oneof(
      fc.jsonValue({ maxDepth: 4 }),
      fc.record(
        {
          metadata: fc.jsonValue(),
          spec: fc.jsonValue(),
          status: fc.jsonValue(),
          ['__proto__']: fc.jsonValue(),
        },
        { requiredKeys: [], noNullPrototype: true },
      ),
    );
    fc.assert(
      fc.property(writes, hostile, fc.boolean(), (steps, configuration, force) => {
        const written = played(steps);
        try {
          written.apply('hostile', configuration as PlainObject, force);
        } catch (error) {
          assert.ok(error instanceof ApiError, String(error));
        }
      }),
    );
  });
});

describe('a key that stands twice in a JSON text', () => {
  it('is told by its path and line', () => {
    const text = '{"a": 1,\n "b": [{"c": 1, "c": 2}, {"c": "x\\"y"}],\n "a": {"d": {}, "d": []}}';
    assert.deepEqual(
      duplicateKeys(text).map(({ field, line }) => [field, line]),
      [
        ['b[0].c', 2],
        ['a', 3],
        ['a.d', 3],
      ],
    );
  });

  it('is told, and none other, whatever the text is', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.integer({ min: 0, max: 2 }), (value, indent) => {
        assert.deepEqual(duplicateKeys(JSON.stringify(value, null, indent)), []);
        const twice = `{"outer": [${JSON.stringify(value)}], "key": 1, "\\u006bey": ${JSON.stringify(value)}}`;
        assert.deepEqual(
          duplicateKeys(twice).map(({ field }) => field),
          ['key'],
        );
      }),
    );
  });
});
