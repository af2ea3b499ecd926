import assert from 'node:assert/strict';
import { updateOwnersMax } from '../../../api/apply/update.ts';
import { someDeployment, somePod } from '../objects.ts';
import { Written } from './support.ts';

const deployment = (spec: object = {}, metadata: object = {}) => {
  const { spec: own, ...rest } = someDeployment();
  return { ...rest, metadata: { name: 'web', namespace: 'default', ...metadata }, spec: { ...own, ...spec } };
};

describe('an update', () => {
  it('makes its writer own what it wrote, leaves and the items of lists, and nothing that only says which object it is', () => {
    const { managedFields } = new Written('Deployment').update('kubectl', deployment({ replicas: 2 }));
    assert.deepEqual(managedFields, [
      {
        manager: 'kubectl',
        operation: 'Update',
        apiVersion: 'apps/v1',
        time: '2026-11-20T12:00:01Z',
        fieldsType: 'FieldsV1',
        fieldsV1: {
          'f:spec': {
            'f:replicas': {},
            'f:selector': {},
            'f:template': {
              'f:metadata': { 'f:labels': { '.': {}, 'f:app': {} } },
              'f:spec': {
                'f:containers': {
                  'k:{"name":"web"}': { '.': {}, 'f:image': {}, 'f:name': {}, 'f:resources': {} },
                },
              },
            },
          },
        },
      },
    ]);
  });

  it('takes a field from who owned it before, and leaves the rest to them', () => {
    const written = new Written('Deployment')
      .update('kubectl', deployment({ replicas: 2 }))
      .update('autoscaler', deployment({ replicas: 5 }));
    assert.deepEqual(written.fieldsOf('autoscaler'), { 'f:spec': { 'f:replicas': {} } });
    assert.ok(!JSON.stringify(written.fieldsOf('kubectl')).includes('f:replicas'));
  });

  it('leaves nobody what is gone', () => {
    const written = new Written('Deployment')
      .update('a', deployment({}, { labels: { x: '1' } }))
      .update('b', deployment());
    assert.ok(!JSON.stringify(written.managedFields).includes('f:labels":{".":{},"f:x'));
    assert.equal(written.fieldsOf('b'), undefined);
  });

  it('of the status is an entry of its own, and owns nothing else', () => {
    const pod = somePod();
    const written = new Written('Pod')
      .update('kubectl', { ...pod })
      .update('agent', { ...pod, status: { phase: 'Running' }, spec: { nodeName: 'x' } }, 'status');
    assert.deepEqual(written.fieldsOf('agent', 'status'), { 'f:status': { 'f:phase': {} } });
  });

  it('that changes nothing changes no owner, and no time', () => {
    const written = new Written('Deployment').update('a', deployment());
    const before = structuredClone(written.managedFields);
    assert.deepEqual(written.update('b', deployment()).managedFields, before);
  });

  it(`keeps ${updateOwnersMax} owners by updates; older ones become ancient-changes`, () => {
    const written = new Written('ConfigMap');
    const data: Record<string, string> = {};
    for (let writer = 0; writer < updateOwnersMax + 3; writer++) {
      data[`key-${writer}`] = '1';
      written.update(`writer-${writer}`, { metadata: { name: 'a' }, data: { ...data } });
    }
    const { managedFields } = written;
    assert.equal(managedFields.length, updateOwnersMax);
    assert.equal(managedFields[0]!.manager, 'ancient-changes');
    assert.deepEqual(Object.keys(managedFields[0]!.fieldsV1 as object), ['f:data']);
    assert.deepEqual(managedFields[0]!.fieldsV1, {
      'f:data': { '.': {}, 'f:key-0': {}, 'f:key-1': {}, 'f:key-2': {}, 'f:key-3': {} },
    });
  });

  it('with a list of owners that is empty, or has one empty entry, forgets them until the next apply', () => {
    for (const managedFields of [[], [{}]]) {
      const written = new Written('ConfigMap').update('a', { metadata: { name: 'a' }, data: { x: '1' } });
      written.update('a', { metadata: { name: 'a', managedFields }, data: { x: '2' } });
      assert.deepEqual(written.managedFields, []);
      written.update('b', { metadata: { name: 'a' }, data: { x: '3' } });
      assert.deepEqual(written.managedFields, []);
      written.apply('c', { metadata: { name: 'a' }, data: { y: '1' } });
      assert.deepEqual(written.fieldsOf('before-first-apply'), { 'f:data': { '.': {}, 'f:x': {} } });
    }
  });

  it('with owners that cannot be read keeps those that are stored', () => {
    const written = new Written('ConfigMap').update('a', { metadata: { name: 'a' }, data: { x: '1' } });
    const before = structuredClone(written.managedFields);
    for (const managedFields of [
      [{ manager: 'm', operation: 'Steal', apiVersion: 'v1', fieldsType: 'FieldsV1', fieldsV1: {} }],
      [{ manager: 'm', operation: 'Update', fieldsType: 'FieldsV1', fieldsV1: {} }],
      [{ manager: 'm', operation: 'Update', apiVersion: 'v1', fieldsType: 'FieldsV9', fieldsV1: {} }],
      [{ manager: 'm', operation: 'Update', apiVersion: 'v1', fieldsType: 'FieldsV1', fieldsV1: { x: {} } }],
      'none',
    ]) {
      written.update('b', { metadata: { name: 'a', managedFields }, data: { x: '1' } });
      assert.deepEqual(written.managedFields, before);
    }
  });

  it('may say who owns what, as kubectl does when it goes over to the server', () => {
    const written = new Written('ConfigMap').update('kubectl-client-side-apply', {
      metadata: { name: 'a' },
      data: { x: '1' },
    });
    const [entry] = written.managedFields;
    const managedFields = [{ ...entry!, manager: 'kubectl', operation: 'Apply' }];
    written.update('kubectl', { metadata: { name: 'a', managedFields }, data: { x: '1' } });
    assert.deepEqual(written.managedFields, managedFields);
  });

  it('drops owners of a version that is not served', () => {
    const written = new Written('ConfigMap').update('a', { metadata: { name: 'a' }, data: { x: '1' } });
    const managedFields = [
      ...written.managedFields,
      {
        manager: 'old',
        operation: 'Update',
        apiVersion: 'v0',
        fieldsType: 'FieldsV1',
        fieldsV1: { 'f:data': {} },
      },
    ];
    written.update('a', { metadata: { name: 'a', managedFields }, data: { x: '2' } });
    assert.equal(written.fieldsOf('old'), undefined);
  });
});
