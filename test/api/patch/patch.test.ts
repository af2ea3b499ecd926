import assert from 'node:assert/strict';
import fc from 'fast-check';
import { isBadRequest, isInvalid } from '../../../api/errors.ts';
import { applyPatch } from '../../../api/patch/patch.ts';

const deployment = () => ({
  metadata: { name: 'web', labels: { app: 'web', tier: 'front' }, finalizers: ['a.io/x', 'a.io/y'] },
  spec: {
    replicas: 3,
    strategy: { type: 'RollingUpdate', rollingUpdate: { maxSurge: '25%' } },
    template: {
      spec: {
        containers: [
          { name: 'web', image: 'web:1', env: [{ name: 'A', value: '1' }], args: ['x', 'y'] },
          { name: 'log', image: 'log:1' },
        ],
        tolerations: [{ key: 'a' }],
      },
    },
  },
});
const strategic = (patch: object) => applyPatch('strategic', deployment(), patch, 'Deployment');
const podPatch = (spec: object) => strategic({ spec: { template: { spec } } }).spec.template.spec;

describe('a strategic merge patch', () => {
  it('merges containers by name, and theirs by theirs; what is new comes before what the patch does not name', () => {
    const { containers } = podPatch({
      containers: [{ name: 'web', image: 'web:2', env: [{ name: 'B', value: '2' }] }, { name: 'new' }],
    });
    assert.deepEqual(containers, [
      {
        name: 'web',
        image: 'web:2',
        env: [
          { name: 'B', value: '2' },
          { name: 'A', value: '1' },
        ],
        args: ['x', 'y'],
      },
      { name: 'new' },
      { name: 'log', image: 'log:1' },
    ]);
  });

  it('replaces lists that have no key, and removes what is null', () => {
    const spec = podPatch({ tolerations: [{ key: 'b' }], containers: [{ name: 'web', args: null }] });
    assert.deepEqual(spec.tolerations, [{ key: 'b' }]);
    assert.ok(!('args' in spec.containers[0]!));
  });

  it('follows its directives', () => {
    const names = (containers: object[]) => podPatch({ containers }).containers.map(({ name }) => name);
    assert.deepEqual(names([{ name: 'web', $patch: 'delete' }]), ['log']);
    assert.deepEqual(names([{ $patch: 'replace' }, { name: 'only' }]), ['only']);
    assert.deepEqual(strategic({ metadata: { labels: { $patch: 'replace', new: '1' } } }).metadata.labels, {
      new: '1',
    });
    assert.deepEqual(
      strategic({ spec: { strategy: { $retainKeys: ['type'], type: 'Recreate' } } }).spec.strategy,
      {
        type: 'Recreate',
      },
    );
    assert.deepEqual(
      strategic({ metadata: { '$deleteFromPrimitiveList/finalizers': ['a.io/x'], finalizers: ['a.io/z'] } })
        .metadata.finalizers,
      ['a.io/z', 'a.io/y'],
    );
  });

  it('orders as it is told, and leaves what it does not know in its place', () => {
    const spec = podPatch({
      '$setElementOrder/containers': [{ name: 'new' }, { name: 'web' }],
      containers: [{ name: 'new' }],
    });
    assert.deepEqual(
      spec.containers.map(({ name }) => name),
      ['new', 'web', 'log'],
    );
  });

  it('takes time in proportion to a long list, not to its square', () => {
    const conditions = (length: number) => Array.from({ length }, (_, index) => ({ type: `c${index}` }));
    const ms = (status: object) => {
      const began = performance.now();
      applyPatch('strategic', { status: { conditions: conditions(2) } }, { status }, 'Node');
      return performance.now() - began;
    };
    // Item by item, 40 000 took forty seconds, in which the controller answered nobody.
    assert.ok(ms({ conditions: conditions(40_000) }) < 4_000);
    const numbers = Array.from({ length: 40_000 }, (_, index) => index);
    assert.ok(ms({ '$deleteFromPrimitiveList/conditions': numbers, conditions: conditions(40_000) }) < 4_000);
  });

  it('is refused where it says nothing that can be done', () => {
    assert.throws(
      () => podPatch({ containers: [{ image: 'x' }] }),
      /does not contain declared merge key: name/,
    );
    assert.throws(() => podPatch({ containers: [{ name: 'web', $patch: 'explode' }] }), /unknown patch type/);
    assert.throws(() => podPatch({ containers: ['x'] }), isBadRequest);
    assert.throws(() => applyPatch('strategic', {}, [], 'Pod'), isBadRequest);
  });

  it('changes nothing more when it is applied again', () => {
    const patch = fc.record(
      {
        metadata: fc.record(
          {
            labels: fc.dictionary(fc.constantFrom('a', 'b', 'app'), fc.option(fc.constantFrom('1', '2'))),
            finalizers: fc.subarray(['a.io/x', 'b.io/y']),
          },
          { requiredKeys: [] },
        ),
        spec: fc.record({
          template: fc.record({
            spec: fc.record({
              containers: fc.uniqueArray(
                fc.record(
                  {
                    name: fc.constantFrom('web', 'log', 'new'),
                    image: fc.constantFrom('x', 'y', null),
                    args: fc.array(fc.constantFrom('1', '2')),
                    $patch: fc.constant('delete'),
                  },
                  { requiredKeys: ['name'] },
                ),
                { selector: ({ name }) => name },
              ),
            }),
          }),
        }),
      },
      { requiredKeys: [] },
    );
    fc.assert(
      fc.property(patch, (each) => {
        const once = applyPatch('strategic', deployment(), each, 'Deployment');
        assert.deepEqual(applyPatch('strategic', once, each, 'Deployment'), once);
      }),
    );
  });
});

describe('a merge patch', () => {
  it('sets, removes and replaces lists whole', () => {
    assert.deepEqual(
      applyPatch('merge', { a: { b: 1, c: 2 }, l: [1, 2] }, { a: { b: null, d: 3 }, l: [9] }, 'Pod'),
      {
        a: { c: 2, d: 3 },
        l: [9],
      },
    );
  });

  it('cannot reach the prototype of all objects', () => {
    applyPatch(
      'merge',
      {},
      JSON.parse('{"__proto__":{"polluted":1},"a":{"__proto__":{"polluted":1}}}'),
      'Pod',
    );
    applyPatch('strategic', {}, JSON.parse('{"__proto__":{"polluted":1}}'), 'Pod');
    assert.equal(({} as { polluted?: number }).polluted, undefined);
  });

  it('is refused where it is nested without end', () => {
    let deep: object = {};
    for (let level = 0; level < 10_000; level += 1) deep = { a: deep };
    assert.throws(() => applyPatch('merge', {}, deep, 'Pod'), isBadRequest);
    assert.throws(() => applyPatch('strategic', {}, deep, 'Pod'), isBadRequest);
    // A list's items are taken as they are, whatever is in them.
    assert.throws(() => applyPatch('merge', {}, { a: [deep] }, 'Pod'), isBadRequest);
  });

  it('leaves the object that it was given as it was', () => {
    const original = deployment();
    applyPatch('merge', original, { spec: { replicas: 1 } }, 'Deployment');
    applyPatch(
      'strategic',
      original,
      { spec: { template: { spec: { containers: [{ name: 'web', image: 'z' }] } } } },
      'Deployment',
    );
    applyPatch('json', original, [{ op: 'remove', path: '/spec' }], 'Deployment');
    assert.deepEqual(original, deployment());
  });
});

describe('a JSON patch', () => {
  it('does its operations in order', () => {
    const patch = [
      { op: 'test', path: '/spec/replicas', value: 3 },
      { op: 'replace', path: '/spec/replicas', value: 5 },
      { op: 'add', path: '/metadata/labels/a~1b', value: 'c' },
      { op: 'remove', path: '/spec/template/spec/containers/1' },
    ];
    const { spec, metadata } = applyPatch('json', deployment(), patch, 'Deployment');
    assert.equal(spec.replicas, 5);
    assert.equal((metadata.labels as Record<string, string>)['a/b'], 'c');
    assert.equal(spec.template.spec.containers.length, 1);
  });

  it('says which operation does not fit, and in what', () => {
    const attempt = (patch: unknown) => () => applyPatch('json', deployment(), patch, 'Deployment');
    assert.throws(attempt([{ op: 'test', path: '/spec/replicas', value: 4 }]), isInvalid);
    assert.throws(attempt([{ op: 'remove', path: '/spec/nothing' }]), /operation 0 \(remove\)/);
    assert.throws(attempt({ op: 'remove', path: '/spec' }), isBadRequest);
    assert.throws(attempt([{ op: 'explode', path: '/spec' }]), isInvalid);
    assert.throws(attempt([{ op: 'add', path: '/__proto__/x', value: 1 }]), /there is no "\/__proto__\/x"/);
    assert.throws(attempt([{ op: 'replace', path: '', value: 1 }]), /only an object/);
    assert.throws(attempt([{ op: 'replace', path: '', value: [1] }]), /leaves no object/);
  });

  it('cannot be made to work without end by moving a large value onto itself', () => {
    const large = { a: Array.from({ length: 20_000 }, (_, index) => ({ name: `n${index}` })) };
    const deeper = { op: 'move', from: '/a', path: '/b/a' };
    const up = { op: 'move', from: '/b/a', path: '/a' };
    const far = Array.from({ length: 200 }, (_, index) => (index % 2 === 0 ? deeper : up));
    assert.throws(() => applyPatch('json', { ...large, b: {} }, far, 'Pod'), /may copy/);
    // The control: a few times it may be moved down, and as often as it likes on one level.
    assert.deepEqual(applyPatch('json', { ...large, b: {} }, far.slice(0, 4), 'Pod'), { ...large, b: {} });
    const move = { op: 'move', from: '/a', path: '/a' };
    assert.deepEqual(
      applyPatch(
        'json',
        large,
        Array.from({ length: 500 }, () => move),
        'Pod',
      ),
      large,
    );
    const there = { op: 'move', from: '/a', path: '/b' };
    const back = { op: 'move', from: '/b', path: '/a' };
    assert.deepEqual(
      applyPatch(
        'json',
        large,
        Array.from({ length: 1_000 }, (_, index) => (index % 2 === 0 ? there : back)),
        'Pod',
      ),
      large,
    );
  });

  it('cannot nest an object without end, by a deep value, a long path, or copies and moves into itself', () => {
    let deep: object = {};
    for (let level = 0; level < 80_000; level += 1) deep = { a: deep };
    const refused = (patch: object[], target: object = { a: {} }) =>
      assert.throws(() => applyPatch('json', target, patch, 'Pod'), isBadRequest);
    refused([{ op: 'add', path: '/a', value: deep }]);
    const path = (levels: number) => '/a'.repeat(levels);
    const step = (levels: number) => ({ op: 'add', path: path(levels), value: {} });
    const steps = (levels: number) => Array.from({ length: levels }, (_, index) => step(index + 1));
    refused(steps(65));
    refused(Array.from({ length: 64 }, () => ({ op: 'copy', from: '/a', path: '/a/b' })));
    const beside = { op: 'copy', from: '/a', path: '/b' };
    const further = { op: 'move', from: '/b', path: `${path(30)}/b` };
    refused([...steps(30), beside, further, beside, further]);
    // The control: as deep as is allowed, by each of these ways.
    assert.ok(applyPatch('json', {}, steps(63), 'Pod'));
    assert.ok(applyPatch('json', {}, [...steps(30), beside, further], 'Pod'));
  });

  it('cannot be made to grow without end by copying', () => {
    const grow = Array.from({ length: 100 }, (_, index) => ({ op: 'copy', from: '/a', path: `/a/${index}` }));
    assert.throws(() => applyPatch('json', { a: {} }, grow, 'Pod'), /may copy/);
    // The guard is the only thing in the way: a few copies are done.
    assert.ok(applyPatch('json', { a: {} }, grow.slice(0, 3), 'Pod'));
  });
});
