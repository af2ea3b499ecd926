import assert from 'node:assert/strict';
import { kindAt, kindNamed, kindOf, kinds, kindsCalled, qualifiedKind, resourceOf } from '../../api/kinds.ts';
import { typeSchema } from '../../api/schema/load.ts';

describe('kinds', () => {
  it('are found by what objects, URLs and users call them', () => {
    assert.equal(kindOf('apps/v1', 'Deployment'), kindNamed('Deployment'));
    assert.equal(kindOf('v1', 'Deployment'), undefined);
    assert.equal(kindAt('discovery.k8s.io', 'v1', 'endpointslices'), kindNamed('EndpointSlice'));
    for (const word of ['po', 'pod', 'pods', 'Pod']) assert.deepEqual(kindsCalled(word), [kindNamed('Pod')]);
    for (const word of ['deploy', 'deployments.apps', 'deployments.v1.apps'])
      assert.deepEqual(kindsCalled(word), [kindNamed('Deployment')]);
    assert.deepEqual(kindsCalled('hpa'), [kindNamed('HorizontalPodAutoscaler')]);
    assert.deepEqual(kindsCalled('deployments.batch'), []);
    assert.deepEqual(
      kindsCalled('all').map(({ kind }) => kind),
      [
        'Pod',
        'Deployment',
        'ReplicaSet',
        'StatefulSet',
        'DaemonSet',
        'ReplicationController',
        'Job',
        'CronJob',
        'HorizontalPodAutoscaler',
        'Service',
      ],
    );
    assert.throws(() => kindNamed('VolumeAttachment'), /serves no kind VolumeAttachment/);
  });

  it('are named in messages as Kubernetes names them', () => {
    assert.equal(resourceOf(kindNamed('Pod')), 'pods');
    assert.equal(resourceOf(kindNamed('Deployment')), 'deployments.apps');
    assert.equal(qualifiedKind(kindNamed('Deployment')), 'Deployment.apps');
  });

  it('all have a schema, and no two share a name', () => {
    for (const kind of kinds) assert.ok(typeSchema(kind.type!).fields['metadata'], kind.kind);
    // Events and autoscalers are the same objects in two forms.
    const named = kinds.filter(({ type }) => !['EventsEvent', 'HorizontalPodAutoscalerV1'].includes(type!));
    // Some, as `endpoints`, are one word for one and for many.
    const words = named.flatMap((kind) => [...new Set([kind.plural, kind.singular, ...kind.shortNames])]);
    assert.equal(new Set(words).size, words.length);
  });
});
