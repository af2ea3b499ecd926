import assert from 'node:assert/strict';
import { kindNamed } from '../../../api/kinds.ts';
import type { Container, PodSpec, Service, Volume } from '../../../api/types.ts';
import { examine } from '../../../api/validation/examine.ts';
import { refusalsOf, validateAsKubernetes } from '../../../api/validation/validation.ts';
import { someDeployment, somePod, someService } from '../objects.ts';

const container = (rest: Partial<Container>): Partial<PodSpec> => ({
  containers: [{ name: 'web', image: 'hello:1', ...rest }],
});
const volume = (rest: Partial<Volume>): Partial<PodSpec> => ({ volumes: [{ name: 'v', ...rest }] });
const web = 'containers[0]';

const pods: [string, Partial<PodSpec>][] = [
  ['hostNetwork', { hostNetwork: true }],
  ['hostPID', { hostPID: true }],
  ['hostIPC', { hostIPC: true }],
  ['hostUsers', { hostUsers: true }],
  ['shareProcessNamespace', { shareProcessNamespace: true }],
  ['securityContext.sysctls', { securityContext: { sysctls: [{ name: 'a', value: 'b' }] } }],
  ['securityContext.seccompProfile', { securityContext: { seccompProfile: { type: 'Unconfined' } } }],
  [`${web}.securityContext.privileged`, container({ securityContext: { privileged: true } })],
  [
    `${web}.securityContext.allowPrivilegeEscalation`,
    container({ securityContext: { allowPrivilegeEscalation: true } }),
  ],
  [
    `${web}.securityContext.capabilities.add`,
    container({ securityContext: { capabilities: { add: ['NET_ADMIN'] } } }),
  ],
  [`${web}.securityContext.procMount`, container({ securityContext: { procMount: 'Unmasked' } })],
  [`${web}.ports[0].hostPort`, container({ ports: [{ containerPort: 80, hostPort: 80 }] })],
  [`${web}.volumeDevices`, container({ volumeDevices: [{ name: 'v', devicePath: '/dev/sda' }] })],
  ['volumes[0].hostPath', volume({ hostPath: { path: '/' } })],
  ['volumes[0].persistentVolumeClaim', volume({ persistentVolumeClaim: { claimName: 'c' } })],
  ['volumes[0].nfs', volume({ nfs: { path: '/', server: 'nas' } })],
  [
    'volumes[0].projected.sources[0].serviceAccountToken',
    volume({ projected: { sources: [{ serviceAccountToken: { path: 't' } }] } }),
  ],
];

const services: [string, Partial<Service['spec']>][] = [
  ['spec.loadBalancerSourceRanges', { type: 'LoadBalancer', loadBalancerSourceRanges: ['192.0.2.0/24'] }],
];

describe('what no home host grants', () => {
  for (const [field, spec] of pods)
    it(`${field} is refused by name, in a pod and in a template`, () => {
      for (const [object, path] of [
        [somePod(spec), `spec.${field}`],
        [someDeployment(spec), `spec.template.spec.${field}`],
      ] as const) {
        const kind = kindNamed(object.kind!);
        const { errors, object: stored } = examine<object>(kind, object);
        assert.deepEqual(
          errors.map((error) => [error.field, error.type]),
          [[path, 'FieldValueForbidden']],
        );
        assert.ok(errors[0]!.detail.length > 20, 'says what to do instead');
        // Nothing else stands in its way: Kubernetes' own rules would take it.
        assert.deepEqual(validateAsKubernetes(kind, stored), []);
      }
    });

  for (const [field, spec] of services)
    it(`a Service's ${field} ${JSON.stringify(spec)} is refused by name`, () => {
      const { errors, object } = examine<object>(kindNamed('Service'), someService(spec));
      assert.deepEqual(
        errors.map((error) => error.field),
        [field],
      );
      assert.deepEqual(validateAsKubernetes('Service', object), []);
    });

  it('is no hindrance to an app that gives things up', () => {
    const pod = somePod({
      hostNetwork: false,
      securityContext: { runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' } },
      ...container({
        securityContext: {
          privileged: false,
          allowPrivilegeEscalation: false,
          capabilities: { drop: ['ALL'] },
        },
      }),
      ...volume({ emptyDir: {} }),
    });
    assert.deepEqual(examine(kindNamed('Pod'), pod).errors, []);
  });
});

describe('what no home host grants in pods that others make', () => {
  const template = { spec: { hostNetwork: true, containers: [{ name: 'web', image: 'hello:1' }] } };
  const places: Record<string, [field: string, object: object]> = {
    CronJob: ['spec.jobTemplate.spec.template.spec', { spec: { jobTemplate: { spec: { template } } } }],
    PodTemplate: ['template.spec', { template }],
    ...Object.fromEntries(
      ['DaemonSet', 'Deployment', 'Job', 'ReplicaSet', 'ReplicationController', 'StatefulSet'].map((kind) => [
        kind,
        ['spec.template.spec', { spec: { template } }],
      ]),
    ),
  };
  for (const [kind, [field, object]] of Object.entries(places))
    it(`is refused in the template of a ${kind}, and nothing else of it is`, () => {
      assert.deepEqual(
        refusalsOf(kindNamed(kind), object).map((error) => [error.field, error.type]),
        [[`${field}.hostNetwork`, 'FieldValueForbidden']],
      );
    });
});
