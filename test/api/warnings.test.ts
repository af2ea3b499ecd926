import assert from 'node:assert/strict';
import { kindNamed } from '../../api/kinds.ts';
import type { PodSpec } from '../../api/types.ts';
import { warningsOf } from '../../api/warnings.ts';
import { someDeployment, somePod } from './objects.ts';

const ofPod = (spec: Partial<PodSpec>) => warningsOf(kindNamed('Pod'), somePod(spec), true);
const container = (rest: object) => ofPod({ containers: [{ name: 'a', image: 'x:1', ...rest }] });
const term = { topologyKey: 'a' };
const port = { containerPort: 80, protocol: 'TCP' };

describe('what is taken and hardly meant', () => {
  it('is warned of in the words of Kubernetes', () => {
    assert.deepEqual(ofPod({}), []);
    assert.deepEqual(ofPod({ imagePullSecrets: [{}, { name: 'a' }, { name: 'a' }] }), [
      'spec.imagePullSecrets[2].name: duplicate name "a"',
      'spec.imagePullSecrets[0].name: invalid empty name ""',
    ]);
    assert.deepEqual(
      container({
        env: [
          { name: 'A', value: '1' },
          { name: 'A', value: '2' },
          { name: 'A', value: '$(A)3' },
        ],
      }),
      ['spec.containers[0].env[1]: hides previous definition of "A", which may be dropped when using apply'],
    );
    assert.deepEqual(container({ resources: { requests: { memory: '1500m' } } }), [
      'spec.containers[0].resources.requests[memory]: fractional byte value "1500m" is invalid, must be an integer',
    ]);
    assert.deepEqual(
      container({
        ports: [
          { ...port, name: 'a' },
          { ...port, name: 'b' },
        ],
      }),
      ['spec.containers[0].ports[1]: duplicate port definition with spec.containers[0].ports[0]'],
    );
    assert.deepEqual(
      ofPod({ affinity: { podAffinity: { requiredDuringSchedulingIgnoredDuringExecution: [term] } } }),
      [
        'spec.affinity.podAffinity.requiredDuringSchedulingIgnoredDuringExecution[0].labelSelector: a null labelSelector results in matching no pod',
      ],
    );
    assert.deepEqual(
      ofPod({
        topologySpreadConstraints: [{ maxSkew: 1, topologyKey: 'a', whenUnsatisfiable: 'DoNotSchedule' }],
      }),
      ['spec.topologySpreadConstraints[0].labelSelector: a null labelSelector results in matching no pod'],
    );
  });

  it('is told of a template where the template stands', () => {
    assert.deepEqual(
      warningsOf(kindNamed('Deployment'), someDeployment({ terminationGracePeriodSeconds: -1 }), true),
      [
        'spec.template.spec.terminationGracePeriodSeconds: must be >= 0; negative values are invalid and will be treated as 1',
      ],
    );
  });

  it('is a name with dots, while the object is new', () => {
    const pod = { ...somePod(), metadata: { name: 'a.b' } };
    assert.deepEqual(warningsOf(kindNamed('Pod'), pod, true), [
      "metadata.name: this is used in the Pod's hostname, which can result in surprising behavior; a DNS label is recommended: [must not contain dots]",
    ]);
    assert.deepEqual(warningsOf(kindNamed('Pod'), pod, false), []);
    assert.match(warningsOf(kindNamed('Job'), pod, true)[0]!, /this is used in Pod names and hostnames/);
    assert.deepEqual(warningsOf(kindNamed('ConfigMap'), pod, true), []);
  });
});
