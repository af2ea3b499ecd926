import assert from 'node:assert/strict';
import { differInTimeOnly, parseOwners, printOwners, withSharedFields } from '../../../api/apply/owners.ts';
import { resetFieldsOf } from '../../../api/apply/reset-fields.ts';
import { ownersAfterScale, ownersOfScale } from '../../../api/apply/scale.ts';
import { pathsOf } from '../../../api/apply/field-set.ts';
import { pathText } from '../../../api/apply/path-element.ts';
import { kindNamed } from '../../../api/kinds.ts';

const entry = (manager: string, more: object = {}) => ({
  manager,
  operation: 'Update',
  apiVersion: 'apps/v1',
  time: '2026-11-20T12:00:00Z',
  fieldsType: 'FieldsV1',
  fieldsV1: { 'f:spec': { 'f:paused': {}, 'f:replicas': {} } },
  ...more,
});

describe('the owners of an object', () => {
  it('are written in order: who applied first, then by time, then by name', () => {
    const entries = [
      entry('late', { time: '2026-11-20T13:00:00Z' }),
      entry('b'),
      entry('a'),
      entry('a', { subresource: 'status' }),
      entry('z', { operation: 'Apply' }),
    ];
    assert.deepEqual(
      printOwners(parseOwners(entries))!.map(({ manager, subresource }) => [manager, subresource]),
      [
        ['z', undefined],
        ['a', undefined],
        ['a', 'status'],
        ['b', undefined],
        ['late', undefined],
      ],
    );
    assert.equal(printOwners(new Map()), undefined);
  });

  it('differ in time only, or in more', () => {
    const before = [entry('a')];
    assert.equal(differInTimeOnly(before, [entry('a', { time: '2026-11-20T14:00:00Z' })]), true);
    assert.equal(differInTimeOnly(before, [entry('a')]), false);
    assert.equal(differInTimeOnly(before, [entry('b', { time: '2026-11-20T14:00:00Z' })]), false);
    assert.equal(differInTimeOnly(before, [entry('a', { time: undefined, fieldsV1: {} })]), false);
    assert.equal(differInTimeOnly(before, [entry('a'), entry('b')]), false);
  });

  it('that are read twice are in memory once', () => {
    const read = () => withSharedFields({ metadata: { managedFields: [entry('a')] } });
    const [one, two] = [read(), read()];
    assert.equal(one.metadata.managedFields[0]!.fieldsV1, two.metadata.managedFields[0]!.fieldsV1);
    for (const other of [undefined, 'x', {}, { metadata: null }, { metadata: { managedFields: [1, {}] } }])
      assert.deepEqual(withSharedFields(structuredClone(other)), other);
  });

  it('that own more than objects have in common are held for no other object', () => {
    const names = Array.from({ length: 2_000 }, (_, index) => [`f:key-${index}`, {}]);
    const large = { 'f:data': Object.fromEntries(names) as object };
    const read = () =>
      withSharedFields({ metadata: { managedFields: [entry('a', { fieldsV1: structuredClone(large) })] } });
    const [one, two] = [read(), read()].map(({ metadata }) => metadata.managedFields[0]!.fieldsV1);
    assert.notEqual(one, two);
    assert.deepEqual(one, two);
    assert.ok(Object.isFrozen(one));
  });

  it('of a Scale are those of the replicas, and keep them where they are theirs already', () => {
    const owners = parseOwners([entry('a'), entry('b', { operation: 'Apply', fieldsV1: { 'f:data': {} } })]);
    const scale = ownersOfScale(owners, 'apps/v1');
    assert.deepEqual(
      [...scale.values()].map(({ manager, apiVersion, fields }) => [
        manager,
        apiVersion,
        [...pathsOf(fields)].map(pathText),
      ]),
      [['a', 'autoscaling/v1', ['.spec.replicas']]],
    );
    assert.deepEqual(printOwners(ownersAfterScale(owners, scale, 'apps/v1')), printOwners(owners));
    const lost = printOwners(ownersAfterScale(owners, new Map(), 'apps/v1'))!;
    assert.deepEqual(lost.find(({ manager }) => manager === 'a')!.fieldsV1, { 'f:spec': { 'f:paused': {} } });
  });

  it('own nothing that their write cannot change', () => {
    const reset = (kind: string, subresource?: string) =>
      [...pathsOf(resetFieldsOf(kindNamed(kind), subresource))].map(pathText);
    assert.deepEqual(reset('Deployment'), ['.status']);
    assert.deepEqual(reset('Deployment', 'status'), ['.spec', '.metadata.labels']);
    assert.deepEqual(reset('ConfigMap'), []);
    assert.deepEqual(reset('Namespace', 'finalize'), ['.status']);
  });
});
