import assert from 'node:assert/strict';
import { ApiError } from '../../../api/errors.ts';
import type { Kind } from '../../../api/kinds.ts';
import type { PlainObject } from '../../../api/plain-objects.ts';
import { someDeployment } from '../objects.ts';
import { Written } from './support.ts';

const metadata = { name: 'web', namespace: 'default' };
const deployment = (spec: object = {}, more: object = {}): PlainObject => ({
  ...someDeployment(),
  metadata: { ...metadata, ...more },
  spec: { ...someDeployment().spec, ...spec },
});

const refusal = (action: () => unknown): ApiError['status'] => {
  try {
    action();
  } catch (error) {
    assert.ok(error instanceof ApiError, String(error));
    return error.status;
  }
  throw new assert.AssertionError({ message: 'nothing was refused' });
};

describe('server-side apply', () => {
  it('owns what it names, and nothing else', () => {
    const written = new Written('Deployment').update('kubectl', deployment({ replicas: 1 }));
    written.apply('labeller', { metadata: { ...metadata, labels: { team: 'a' } } });
    assert.deepEqual(written.fieldsOf('labeller'), { 'f:metadata': { 'f:labels': { 'f:team': {} } } });
    assert.equal((written.object!['spec'] as PlainObject)['replicas'], 1);
  });

  it('refuses what another owns, in the words that kubectl knows', () => {
    const written = new Written('Deployment').update(
      'kubectl-client-side-apply',
      deployment({ replicas: 1 }),
    );
    const status = refusal(() => written.apply('mine', { metadata, spec: { replicas: 2 } }));
    assert.deepEqual(
      { code: status.code, reason: status.reason, message: status.message, causes: status.details?.causes },
      {
        code: 409,
        reason: 'Conflict',
        message:
          'Apply failed with 1 conflict: conflict with "kubectl-client-side-apply" using apps/v1: .spec.replicas',
        causes: [
          {
            reason: 'FieldManagerConflict',
            message: 'conflict with "kubectl-client-side-apply" using apps/v1',
            field: '.spec.replicas',
          },
        ],
      },
    );
  });

  it('names several conflicts by their owners', () => {
    const written = new Written('ConfigMap').update('a', { metadata, data: { x: '1' } });
    written.apply('b', { metadata, data: { y: '1', z: '1' } });
    const { message } = refusal(() => written.apply('c', { metadata, data: { x: '2', y: '2', z: '2' } }));
    assert.equal(
      message,
      'Apply failed with 3 conflicts: conflicts with "a" using v1:\n- .data.x\nconflicts with "b":\n- .data.y\n- .data.z',
    );
  });

  it('takes what another owns when it is forced', () => {
    const written = new Written('Deployment').update('kubectl', deployment({ replicas: 1 }));
    written.apply('mine', { metadata, spec: { replicas: 2 } }, true);
    assert.equal((written.object!['spec'] as PlainObject)['replicas'], 2);
    assert.ok(!JSON.stringify(written.fieldsOf('kubectl')).includes('f:replicas'));
  });

  it('shares what both say alike, without a time for who came second', () => {
    const written = new Written('ConfigMap');
    written.apply('a', { metadata, data: { x: '1' } });
    written.apply('b', { metadata, data: { x: '1' } });
    assert.deepEqual(written.fieldsOf('a'), written.fieldsOf('b'));
    assert.deepEqual(
      written.managedFields.map(({ manager, time }) => [manager, time]),
      [
        ['b', undefined],
        ['a', '2026-11-20T12:00:01Z'],
      ],
    );
  });

  it('removes what its manager no longer applies and nobody else owns', () => {
    const written = new Written('ConfigMap');
    written.apply('a', { metadata: { ...metadata, labels: { l: '1' } }, data: { mine: '1', shared: '1' } });
    written.apply('b', { metadata, data: { shared: '1' } });
    written.apply('a', { metadata, data: { other: '1' } });
    assert.deepEqual(written.object!['data'], { shared: '1', other: '1' });
    assert.equal((written.object!['metadata'] as PlainObject)['labels'], undefined);
  });

  it('keeps what an updater has put within what it lets go of', () => {
    const written = new Written('ConfigMap');
    written.apply('a', { metadata, data: { x: '1' } });
    written.update('b', { ...written.object!, data: { x: '1', y: '1' } });
    written.apply('a', { metadata });
    assert.deepEqual(written.object!['data'], { y: '1' });
  });

  it('finds the ports of a Service by port and protocol, whose default is TCP', () => {
    const written = new Written('Service');
    written.apply('a', { metadata, spec: { ports: [{ port: 53, protocol: 'UDP' }, { port: 53 }] } });
    written.apply('b', { metadata, spec: { ports: [{ port: 80, name: 'http' }] } });
    assert.deepEqual(written.fieldsOf('a'), {
      'f:spec': {
        'f:ports': {
          'k:{"port":53,"protocol":"TCP"}': { '.': {}, 'f:port': {} },
          'k:{"port":53,"protocol":"UDP"}': { '.': {}, 'f:port': {}, 'f:protocol': {} },
        },
      },
    });
    written.apply('a', { metadata, spec: { ports: [{ port: 53 }] } });
    assert.deepEqual(
      ((written.object!['spec'] as PlainObject)['ports'] as PlainObject[]).map(({ port, protocol, name }) => [
        port,
        protocol,
        name,
      ]),
      [
        [53, undefined, undefined],
        [80, undefined, 'http'],
      ],
    );
  });

  it('puts its items in its order, and leaves the others where they were', () => {
    const written = new Written('Pod');
    const of = (...names: string[]) => names.map((name) => ({ name, image: 'i' }));
    written.update('a', { metadata, spec: { containers: of('one', 'two', 'three') } });
    written.apply('b', { metadata, spec: { containers: of('three', 'four', 'one') } }, true);
    assert.deepEqual(
      ((written.object!['spec'] as PlainObject)['containers'] as { name: string }[]).map(({ name }) => name),
      ['two', 'three', 'four', 'one'],
    );
  });

  it('shares finalizers one by one', () => {
    const written = new Written('ConfigMap');
    written.apply('a', { metadata: { ...metadata, finalizers: ['x.org/a'] } });
    written.apply('b', { metadata: { ...metadata, finalizers: ['x.org/b'] } });
    written.apply('a', { metadata });
    assert.deepEqual((written.object!['metadata'] as PlainObject)['finalizers'], ['x.org/b']);
  });

  it('owns a list that is a whole as a whole', () => {
    const written = new Written('Pod');
    const pod = (...command: string[]) => ({
      metadata,
      spec: { containers: [{ name: 'a', image: 'i', command }] },
    });
    written.apply('a', pod('x', 'y'));
    const { message } = refusal(() => written.apply('b', pod('x', 'z')));
    assert.match(message, /: \.spec\.containers\[name="a"\]\.command$/);
  });

  it('lets go of a whole that has another owner by now', () => {
    const written = new Written('Deployment');
    written.apply('a', deployment());
    written.apply('b', { metadata, spec: { selector: { matchLabels: { app: 'other' } } } }, true);
    assert.ok(!JSON.stringify(written.fieldsOf('a')).includes('f:selector'));
  });

  it('refuses what the schema does not have, other types, and items that are there twice', () => {
    const written = new Written('Deployment');
    const told = (spec: object) => refusal(() => written.apply('a', { metadata, spec })).message;
    const prefix = 'failed to create typed patch object (default/web; apps/v1, Kind=Deployment): ';
    assert.equal(told({ foo: 1 }), `${prefix}.spec.foo: field not declared in schema`);
    assert.equal(
      told({ replicas: 'x' }),
      `${prefix}.spec.replicas: expected numeric (int or float), got string`,
    );
    const containers = [
      { name: 'a', image: 'i' },
      { name: 'a', image: 'j' },
    ];
    assert.equal(
      told({ template: { spec: { containers } } }),
      `${prefix}.spec.template.spec.containers: duplicate entries for key [name="a"]`,
    );
  });

  it('takes no configuration of another kind, nor one that says who owns what', () => {
    const written = new Written('ConfigMap');
    assert.equal(
      refusal(() => written.apply('a', { kind: 'Secret', metadata })).message,
      'invalid object type: /v1, Kind=Secret',
    );
    assert.equal(
      refusal(() => written.apply('a', { metadata: { ...metadata, managedFields: [] } })).message,
      'metadata.managedFields must be nil',
    );
  });

  it('takes over what kubectl applied from the client, and keeps its annotation true', () => {
    const annotation = 'kubectl.kubernetes.io/last-applied-configuration';
    const applied = { apiVersion: 'v1', kind: 'ConfigMap', metadata, data: { x: '1', y: '1' } };
    const annotations = { [annotation]: JSON.stringify(applied) };
    const written = new Written('ConfigMap').update('kubectl-client-side-apply', {
      ...applied,
      metadata: { ...metadata, annotations },
    });
    written.apply('kubectl', { metadata, data: { x: '2' } });
    const live = written.object!['metadata'] as { annotations: Record<string, string> };
    assert.deepEqual(JSON.parse(live.annotations[annotation]!), {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata,
      data: { x: '2' },
    });
    // (control) Another manager does not, and kubectl does not take what has changed since.
    written.update('someone', {
      ...written.object!,
      data: { ...(written.object!['data'] as object), x: '3' },
    });
    assert.equal(refusal(() => written.apply('other', { metadata, data: { x: '4' } })).code, 409);
    assert.equal(refusal(() => written.apply('kubectl', { metadata, data: { x: '4' } })).code, 409);
  });

  it('reads a custom resource by the list types of its definition', () => {
    const widget = {
      kind: 'Widget',
      group: 'example.org',
      version: 'v1',
      apiVersion: 'example.org/v1',
      plural: 'widgets',
      subresources: [],
      custom: {
        schema: {
          type: 'object',
          properties: {
            spec: {
              type: 'object',
              properties: {
                parts: {
                  type: 'array',
                  'x-kubernetes-list-type': 'map',
                  'x-kubernetes-list-map-keys': ['id'],
                  items: {
                    type: 'object',
                    properties: { id: { type: 'integer' }, size: { type: 'string' } },
                  },
                },
                tags: { type: 'array', 'x-kubernetes-list-type': 'set', items: { type: 'string' } },
                steps: { type: 'array', items: { type: 'string' } },
                any: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true },
              },
            },
          },
        },
      },
    } as unknown as Kind;
    const written = new Written(widget);
    written.apply('a', {
      metadata,
      spec: { parts: [{ id: 1, size: 's' }], tags: ['x'], steps: ['1', '2'], any: { a: { b: [1] } } },
    });
    written.apply('b', { metadata, spec: { parts: [{ id: 2 }], tags: ['y'] } });
    assert.deepEqual(written.fieldsOf('a'), {
      'f:spec': {
        'f:any': { 'f:a': { '.': {}, 'f:b': {} } },
        'f:parts': { 'k:{"id":1}': { '.': {}, 'f:id': {}, 'f:size': {} } },
        'f:steps': {},
        'f:tags': { 'v:"x"': {} },
      },
    });
    assert.deepEqual((written.object!['spec'] as PlainObject)['tags'], ['x', 'y']);
    assert.equal(refusal(() => written.apply('b', { metadata, spec: { steps: ['1'] } })).code, 409);
    assert.match(
      refusal(() => written.apply('b', { metadata, spec: { none: 1 } })).message,
      /\.spec\.none: field not declared in schema$/,
    );
  });
});
