import assert from 'node:assert/strict';
import fc from 'fast-check';
import { applyPatch, createThreeWayPatch } from '../../../api/patch/patch.ts';

const text = fc.constantFrom('1', '2', '3');
const optional = <T extends object>(
  model: { [key in keyof T]: fc.Arbitrary<T[key]> },
  required: (keyof T)[] = [],
) => fc.record(model, { requiredKeys: required, noNullPrototype: true });
const container = optional(
  {
    name: fc.constantFrom('a', 'b', 'c'),
    image: text,
    args: fc.array(text, { maxLength: 2 }),
    env: fc.uniqueArray(optional({ name: fc.constantFrom('X', 'Y'), value: text }, ['name']), {
      selector: ({ name }) => name!,
    }),
    ports: fc.uniqueArray(
      optional({ containerPort: fc.integer({ min: 1, max: 3 }), name: text }, ['containerPort']),
      { selector: ({ containerPort }) => containerPort! },
    ),
  },
  ['name'],
);
const volume = fc.oneof(
  optional({ name: fc.constantFrom('v', 'w'), emptyDir: fc.constant({}) }, ['name', 'emptyDir']),
  optional({ name: fc.constantFrom('v', 'w'), configMap: optional({ name: text }, ['name']) }, [
    'name',
    'configMap',
  ]),
);
const deployments = optional({
  metadata: optional({
    labels: fc.dictionary(fc.constantFrom('a', 'b'), text, { noNullPrototype: true }),
    finalizers: fc.subarray(['f.io/1', 'f.io/2', 'f.io/3']),
  }),
  spec: optional({
    replicas: fc.integer({ min: 0, max: 3 }),
    strategy: optional({ type: text, rollingUpdate: optional({ maxSurge: text }) }),
    template: optional({
      spec: optional({
        containers: fc.uniqueArray(container, { selector: ({ name }) => name! }),
        volumes: fc.uniqueArray(volume, { selector: ({ name }) => name! }),
        tolerations: fc.array(optional({ key: text }), { maxLength: 2 }),
      }),
    }),
  }),
});

const apply = (current: object, patch: object) => applyPatch('strategic', current, patch, 'Deployment');

describe('the patch that apply sends', () => {
  it('makes what the server has into what the user wants', () => {
    fc.assert(
      fc.property(deployments, deployments, (current, modified) => {
        const patch = createThreeWayPatch(current, modified, current, 'Deployment');
        assert.deepEqual(apply(current, patch), modified);
      }),
      { numRuns: 300 },
    );
  });

  it('is empty where nothing is to do', () => {
    fc.assert(
      fc.property(deployments, deployments, (original, modified) => {
        assert.deepEqual(createThreeWayPatch(modified, modified, modified, 'Deployment'), {});
        const current = apply(original, createThreeWayPatch({}, modified, original, 'Deployment'));
        assert.deepEqual(createThreeWayPatch(modified, modified, current, 'Deployment'), {});
      }),
      { numRuns: 300 },
    );
  });

  it('leaves what others have set, and takes out what the user no longer says', () => {
    const original = { metadata: { labels: { mine: '1', gone: '1' } }, spec: { replicas: 1 } };
    const modified = { metadata: { labels: { mine: '2' } }, spec: {} };
    const current = {
      metadata: { labels: { mine: '1', gone: '1', theirs: '1' } },
      spec: { replicas: 7, paused: true },
    };
    const patch = createThreeWayPatch(original, modified, current, 'Deployment');
    assert.deepEqual(patch, { metadata: { labels: { mine: '2', gone: null } }, spec: { replicas: null } });
    assert.deepEqual(apply(current, patch), {
      metadata: { labels: { mine: '2', theirs: '1' } },
      spec: { paused: true },
    });
  });

  it('keeps a container that someone else has added', () => {
    const spec = (...names: string[]) => ({
      spec: { template: { spec: { containers: names.map((name) => ({ name })) } } },
    });
    const patch = createThreeWayPatch(spec('a', 'b'), spec('c', 'a'), spec('a', 'b', 'theirs'), 'Deployment');
    assert.deepEqual(apply(spec('a', 'b', 'theirs'), patch), spec('c', 'a', 'theirs'));
  });

  it('drops the defaults of a variant that was left', () => {
    const current = { spec: { strategy: { type: 'RollingUpdate', rollingUpdate: { maxSurge: '25%' } } } };
    const patch = createThreeWayPatch(
      {},
      { spec: { strategy: { type: 'Recreate' } } },
      current,
      'Deployment',
    );
    assert.deepEqual(apply(current, patch), { spec: { strategy: { type: 'Recreate' } } });
  });
});
