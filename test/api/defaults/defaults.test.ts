import assert from 'node:assert/strict';
import { applyDefaults } from '../../../api/defaults/defaults.ts';
import { normalize } from '../../../api/normalize.ts';
import type { Namespace, Node, Secret } from '../../../api/types.ts';
import { someDeployment, somePod, someService } from '../objects.ts';

describe('defaults', () => {
  it("of a deployment are Kubernetes' own", () => {
    const { spec } = applyDefaults(someDeployment());
    assert.deepEqual(spec, {
      replicas: 1,
      revisionHistoryLimit: 10,
      progressDeadlineSeconds: 600,
      selector: { matchLabels: { app: 'web' } },
      strategy: { type: 'RollingUpdate', rollingUpdate: { maxSurge: '25%', maxUnavailable: '25%' } },
      template: {
        metadata: { labels: { app: 'web' } },
        spec: {
          restartPolicy: 'Always',
          dnsPolicy: 'ClusterFirst',
          schedulerName: 'default-scheduler',
          terminationGracePeriodSeconds: 30,
          securityContext: {},
          containers: [
            {
              name: 'web',
              image: 'hello:1',
              imagePullPolicy: 'IfNotPresent',
              resources: {},
              terminationMessagePath: '/dev/termination-log',
              terminationMessagePolicy: 'File',
            },
          ],
        },
      },
    });
  });

  it('leave alone what was given, and what it was given in', () => {
    const deployment = someDeployment();
    deployment.spec.replicas = 0;
    deployment.spec.strategy = { type: 'Recreate' };
    const before = structuredClone(deployment);
    const { spec } = applyDefaults(deployment);
    assert.equal(spec.replicas, 0);
    assert.deepEqual(spec.strategy, { type: 'Recreate' });
    assert.deepEqual(deployment, before);
  });

  it('pull an image again only where its tag may move', () => {
    const policy = (image: string) =>
      applyDefaults(somePod({ containers: [{ name: 'a', image }] })).spec!.containers[0]!.imagePullPolicy;
    for (const image of ['hello', 'hello:latest', 'localhost:5486/hello'])
      assert.equal(policy(image), 'Always', image);
    for (const image of ['hello:1', 'localhost:5486/hello:1', 'hello@sha256:00', 'hello:latest@sha256:00'])
      assert.equal(policy(image), 'IfNotPresent', image);
  });

  it('fill in probes, ports, references and volumes', () => {
    const { spec } = applyDefaults(
      somePod({
        containers: [
          {
            name: 'a',
            image: 'b:1',
            ports: [{ containerPort: 80 }],
            env: [{ name: 'A', valueFrom: { fieldRef: { fieldPath: 'metadata.name' } } }],
            readinessProbe: { httpGet: { port: 80 }, periodSeconds: 1 },
            resources: { limits: { cpu: '1', memory: '1Gi' }, requests: { cpu: '500m' } },
          },
        ],
        volumes: [{ name: 'v', secret: { secretName: 's' } }, { name: 'e' }],
      }),
    );
    const container = spec!.containers[0]!;
    assert.deepEqual(container.ports, [{ containerPort: 80, protocol: 'TCP' }]);
    assert.deepEqual(container.env![0]!.valueFrom!.fieldRef, {
      apiVersion: 'v1',
      fieldPath: 'metadata.name',
    });
    assert.deepEqual(container.readinessProbe, {
      httpGet: { path: '/', port: 80, scheme: 'HTTP' },
      timeoutSeconds: 1,
      periodSeconds: 1,
      successThreshold: 1,
      failureThreshold: 3,
    });
    assert.deepEqual(container.resources!.requests, { cpu: '500m', memory: '1Gi' });
    assert.deepEqual(spec!.volumes, [
      { name: 'v', secret: { secretName: 's', defaultMode: 420 } },
      { name: 'e', emptyDir: {} },
    ]);
    assert.equal(spec!.enableServiceLinks, true);
  });

  it('of a service aim at the port that it listens on', () => {
    assert.deepEqual(applyDefaults(someService({ sessionAffinity: 'ClientIP' })).spec, {
      selector: { app: 'web' },
      ports: [{ port: 80, protocol: 'TCP', targetPort: 80 }],
      type: 'ClusterIP',
      sessionAffinity: 'ClientIP',
      sessionAffinityConfig: { clientIP: { timeoutSeconds: 10800 } },
      internalTrafficPolicy: 'Cluster',
      ipFamilies: ['IPv4'],
    });
  });

  it('store plain text of a secret as base64', () => {
    const secret: Secret = { kind: 'Secret', data: { a: 'YQ==' }, stringData: { b: 'ü' } };
    assert.deepEqual(applyDefaults(secret), {
      kind: 'Secret',
      type: 'Opaque',
      data: { a: 'YQ==', b: 'w7w=' },
    });
  });

  it('name a namespace by a label, and offer all of a node', () => {
    const namespace: Namespace = { kind: 'Namespace', metadata: { name: 'a' } };
    assert.deepEqual(applyDefaults(namespace).metadata!.labels, { 'kubernetes.io/metadata.name': 'a' });
    const node: Node = { kind: 'Node', status: { capacity: { cpu: '4' } } };
    assert.deepEqual(applyDefaults(node).status!.allocatable, { cpu: '4' });
  });
});

describe('the stored form', () => {
  it('has canonical quantities and nothing that is null or unknown', () => {
    const pod = {
      metadata: { name: 'a', creationTimestamp: null, labels: { a: null } },
      spec: { containers: [{ name: 'a', resources: { limits: { cpu: 0.5, memory: '1024Mi' } } }], foo: 1 },
      status: null,
    };
    assert.deepEqual(normalize('Pod', pod), {
      metadata: { name: 'a', labels: { a: '' } },
      spec: { containers: [{ name: 'a', resources: { limits: { cpu: '500m', memory: '1Gi' } } }] },
    });
  });

  it('keeps a key called __proto__ as a key', () => {
    const map = normalize('ConfigMap', JSON.parse('{"data":{"__proto__":"x"}}')) as { data: object };
    assert.deepEqual(Object.keys(map.data), ['__proto__']);
  });
});
