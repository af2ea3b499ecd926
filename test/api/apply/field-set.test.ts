import assert from 'node:assert/strict';
import fc from 'fast-check';
import {
  difference,
  fieldSet,
  fieldsDepthMax,
  fieldsText,
  hasField,
  intersection,
  noFields,
  parseFields,
  pathsOf,
  printFields,
  recursiveDifference,
  union,
} from '../../../api/apply/field-set.ts';
import { keyElement, parseElement, pathText, valueElement } from '../../../api/apply/path-element.ts';

const some = {
  'f:metadata': { 'f:finalizers': { '.': {}, 'v:"example.org/x"': {} } },
  'f:spec': {
    'f:ports': {
      '.': {},
      'k:{"port":80,"protocol":"TCP"}': { '.': {}, 'f:name': {}, 'f:port': {} },
    },
    'f:replicas': {},
  },
};

describe('a set of fields', () => {
  it('is what FieldsV1 says, and says it again', () => {
    assert.deepEqual(printFields(parseFields(some)), some);
  });

  it('names its paths as messages do', () => {
    assert.deepEqual([...pathsOf(parseFields(some))].map(pathText), [
      '.metadata.finalizers',
      '.metadata.finalizers[="example.org/x"]',
      '.spec.ports',
      '.spec.replicas',
      '.spec.ports[port=80,protocol="TCP"]',
      '.spec.ports[port=80,protocol="TCP"].name',
      '.spec.ports[port=80,protocol="TCP"].port',
    ]);
  });

  it('is written in the order of structured-merge-diff: numbers by their size, texts by their letters', () => {
    const set = parseFields({
      'v:"b"': {},
      'v:9': {},
      'v:true': {},
      'i:2': {},
      'k:{"port":9}': {},
      'v:80': {},
      'k:{"port":80}': {},
      'f:z': {},
      'v:"a"': {},
      'k:{"name":"x"}': {},
      'f:a': {},
      'i:1': {},
    });
    assert.deepEqual(Object.keys(printFields(set)), [
      'f:a',
      'f:z',
      'k:{"name":"x"}',
      'k:{"port":9}',
      'k:{"port":80}',
      'v:9',
      'v:80',
      'v:"a"',
      'v:"b"',
      'v:true',
      'i:1',
      'i:2',
    ]);
  });

  it('knows an item by its keys in any order', () => {
    assert.equal(
      parseElement('k:{"protocol":"TCP","port":80}'),
      keyElement([
        ['port', 80],
        ['protocol', 'TCP'],
      ]),
    );
  });

  it('has a text of its own, whatever signs its steps hold', () => {
    const nested = fieldSet(['f:a', 'f:b']);
    const both = fieldSet(['f:a'], ['f:a', 'f:b']);
    const flat = fieldSet(['f:a'], ['f:b']);
    const lookalikes = [fieldSet(['f:a{+3:f:b}']), fieldSet(['f:a+3:f:b']), fieldSet(['f:a', 'f:b}'])];
    const texts = [nested, both, flat, ...lookalikes].map(fieldsText);
    assert.equal(new Set(texts).size, texts.length, texts.join('\n'));
    assert.equal(fieldsText(fieldSet(['f:a', 'f:b'])), fieldsText(nested));
  });

  it('drops kinds of steps that it does not know, and refuses what is no step', () => {
    assert.equal(parseFields({ 'x:later': {} }).size, 0);
    for (const wrong of ['spec', 'f', 'v:{', 'k:1', 'k:[]', 'i:x'])
      assert.throws(() => parseFields({ [wrong]: {} }), wrong);
    assert.throws(() => parseFields({ 'f:a': 1 }));
    assert.throws(() => parseFields([]));
  });

  it('refuses what is nested without end', () => {
    let deep: object = {};
    for (let level = 0; level <= fieldsDepthMax + 1; level++) deep = { 'f:a': deep };
    assert.throws(() => parseFields(deep), /nested/);
  });

  it('keeps what lies within a path that is taken away, unless all within is to go', () => {
    const set = fieldSet(['f:a'], ['f:a', 'f:b']);
    assert.deepEqual(printFields(difference(set, fieldSet(['f:a']))), { 'f:a': { 'f:b': {} } });
    assert.deepEqual(printFields(recursiveDifference(set, fieldSet(['f:a']))), {});
  });

  it('is the same object where nothing of it changes', () => {
    const set = parseFields(some);
    assert.equal(difference(set, fieldSet(['f:other'])), set);
    assert.equal(union(set, fieldSet(['f:spec', 'f:replicas'])), set);
    assert.equal(union(noFields, set), set);
  });

  const step = fc.oneof(
    fc.constantFrom('a', 'b', 'c', '__proto__', 'toString', 'é', '😀').map((name) => `f:${name}`),
    fc.constantFrom<unknown>(1, 2, 10, 'x', 'y<z', true, null).map(valueElement),
    fc
      .record({ name: fc.constantFrom('x', 'y'), port: fc.constantFrom(1, 20) })
      .map((keys) => keyElement(Object.entries(keys))),
    fc.nat(3).map((index) => `i:${index}`),
  );
  const paths = fc.array(fc.array(step, { minLength: 1, maxLength: 4 }), { maxLength: 12 });

  it('behaves as the set of its paths does', () => {
    fc.assert(
      fc.property(paths, paths, (left, right) => {
        const [a, b] = [fieldSet(...left), fieldSet(...right)];
        const has = (list: string[][]) => new Set(list.map((path) => path.join(' ')));
        const [inA, inB] = [has(left), has(right)];
        const of = (set: typeof a) => new Set([...pathsOf(set)].map((path) => path.join(' ')));
        assert.deepEqual(of(a), inA);
        const kept = (fits: (path: string) => boolean) => new Set([...inA].filter(fits));
        assert.deepEqual(of(union(a, b)), new Set([...inA, ...inB]));
        assert.deepEqual(
          of(intersection(a, b)),
          kept((path) => inB.has(path)),
        );
        assert.deepEqual(
          of(difference(a, b)),
          kept((path) => !inB.has(path)),
        );
        assert.deepEqual(printFields(parseFields(printFields(a))), printFields(a));
        for (const path of left) assert.ok(hasField(a, path));
      }),
    );
  });

  it('is never read with another error than that it cannot be, whatever is sent', () => {
    const key = fc.oneof(
      step,
      fc.string(),
      fc.constantFrom('.', 'f:', 'v:', 'k:', 'k:{}', 'v:{"a":[1]}', 'i:-1'),
    );
    const hostile = fc.letrec<{ fields: unknown }>((tie) => ({
      fields: fc.oneof(
        { depthSize: 'small', withCrossShrink: true },
        fc.constant({}),
        fc.jsonValue(),
        fc.dictionary(key, tie('fields'), { maxKeys: 5, noNullPrototype: true }),
      ),
    })).fields;
    fc.assert(
      fc.property(hostile, (fields) => {
        try {
          const set = parseFields(fields);
          assert.deepEqual(printFields(parseFields(printFields(set))), printFields(set));
        } catch (error) {
          assert.match((error as Error).constructor.name, /^(FieldsError|PathElementError)$/);
        }
      }),
    );
  });
});
