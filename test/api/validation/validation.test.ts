import assert from 'node:assert/strict';
import { fieldErrorText } from '../../../api/field-errors.ts';
import { kindNamed } from '../../../api/kinds.ts';
import type { Container, Deployment, Pod, Probe } from '../../../api/types.ts';
import { examine } from '../../../api/validation/examine.ts';
import { someDeployment, somePod, someService } from '../objects.ts';

const told = (object: { kind?: string }, old?: { kind?: string }) => {
  const kind = kindNamed(object.kind!);
  const stored = old && examine(kind, old).object;
  return examine(kind, object, stored).errors.map(fieldErrorText);
};
/** The one thing that is said of it. */
const only = (object: { kind?: string }, expected: RegExp, old?: { kind?: string }) => {
  const errors = told(object, old);
  assert.equal(errors.length, 1, `${expected}: ${errors.join('\n') || 'nothing is said'}`);
  assert.match(errors[0]!, expected);
};
const container = (rest: Partial<Container>) =>
  somePod({ containers: [{ name: 'web', image: 'hello:1', ...rest }] });

describe('an object that is in order', () => {
  it('is accepted', () => {
    for (const object of [somePod(), someDeployment(), someService()]) assert.deepEqual(told(object), []);
  });

  it('is accepted again as an update of itself', () => {
    for (const object of [somePod(), someDeployment(), someService()])
      assert.deepEqual(told(object, object), []);
  });
});

describe('the metadata of any object', () => {
  const named = (metadata: object, kind = 'ConfigMap') => ({
    kind,
    metadata: { namespace: 'default', ...metadata },
  });

  it('has a name of the right shape', () => {
    only(named({}), /^metadata.name: Required value: name or generateName is required$/);
    only(
      named({ name: 'Web' }),
      /^metadata.name: Invalid value: "Web": a lowercase RFC 1123 subdomain must consist/,
    );
    only(named({ name: 'a'.repeat(254) }), /no more than 253 characters/);
    only({ ...someService(), metadata: { name: '1web', namespace: 'default' } } as never, /DNS-1035/);
    only({ kind: 'Namespace', metadata: { name: 'a.b' } } as never, /must not contain dots/);
    assert.deepEqual(told(named({ generateName: 'web-' })), []);
  });

  it('has a namespace exactly where the kind has one', () => {
    only({ kind: 'ConfigMap', metadata: { name: 'a' } } as never, /^metadata.namespace: Required value$/);
    only(
      { kind: 'Node', metadata: { name: 'a', namespace: 'b' } } as never,
      /^metadata.namespace: Forbidden/,
    );
  });

  it('has labels that selectors can name', () => {
    only(named({ name: 'a', labels: { 'a b': 'c' } }), /^metadata.labels: Invalid value: "a b": name part/);
    only(
      named({ name: 'a', labels: { a: 'b c' } }),
      /^metadata.labels: Invalid value: "b c": a valid label must/,
    );
    only(named({ name: 'a', annotations: { a: 'x'.repeat(300_000) } }), /^metadata.annotations: Too long/);
    assert.deepEqual(
      told(named({ name: 'a', labels: { 'example.com/a': '' }, annotations: { 'A/b': 'c d' } })),
      [],
    );
  });

  it('has at most one controller, and keeps its name', () => {
    const owner = (uid: string) => ({ apiVersion: 'v1', kind: 'Pod', name: 'p', uid, controller: true });
    only(
      named({ name: 'a', ownerReferences: [owner('1'), owner('2')] }),
      /Only one reference can have Controller/,
    );
    only(
      named({ name: 'b' }),
      /^metadata.name: Invalid value: "b": field is immutable$/,
      named({ name: 'a' }),
    );
  });
});

describe('a pod', () => {
  it('has containers with names of their own and images', () => {
    only(somePod({ containers: [] }), /^spec.containers: Required value$/);
    only(container({ image: '' }), /^spec.containers\[0\].image: Required value$/);
    const same = { name: 'web', image: 'x:1' };
    only(somePod({ containers: [same, same] }), /^spec.containers\[1\].name: Duplicate value: "web"$/);
    only(somePod({ initContainers: [same] }), /^spec.initContainers\[0\].name: Duplicate value/);
    only(container({ name: 'Web' }), /RFC 1123 label/);
    only(
      somePod({ restartPolicy: 'Sometimes' }),
      /Unsupported value: "Sometimes": supported values: "Always", "OnFailure", "Never"/,
    );
  });

  it('has ports in range, each name once', () => {
    only(
      container({ ports: [{ containerPort: 70_000 }] }),
      /ports\[0\].containerPort: .*between 1 and 65535, inclusive/,
    );
    only(
      container({
        ports: [
          { containerPort: 1, name: 'http' },
          { containerPort: 2, name: 'http' },
        ],
      }),
      /ports\[1\].name: Duplicate value: "http"/,
    );
    only(
      container({ ports: [{ containerPort: 1, name: 'a-name-too-long-for-iana' }] }),
      /no more than 15 characters/,
    );
  });

  it('has probes with exactly one way to ask', () => {
    const probe = (readinessProbe: Probe) => container({ readinessProbe });
    only(probe({}), /readinessProbe: Required value: must specify a handler type/);
    only(
      probe({ httpGet: { port: 80 }, tcpSocket: { port: 80 } }),
      /tcpSocket: Forbidden: may not specify more than 1/,
    );
    only(probe({ httpGet: { port: 0 } }), /httpGet.port: Invalid value: 0/);
    only(probe({ exec: {} }), /exec.command: Required value/);
    only(probe({ httpGet: { port: 80 }, periodSeconds: -1 }), /periodSeconds: .*greater than or equal to 0/);
    only(container({ livenessProbe: { httpGet: { port: 80 }, successThreshold: 2 } }), /must be 1/);
    assert.deepEqual(told(probe({ httpGet: { port: 'http' } })), []);
  });

  it('asks for no more than its limits', () => {
    only(
      container({ resources: { requests: { cpu: '2' }, limits: { cpu: '1500m' } } }),
      /requests: Invalid value: "2": must be less than or equal to cpu limit of 1500m/,
    );
    only(container({ resources: { requests: { memory: '-1' } } }), /greater than or equal to 0/);
    const gpu = { name: 'web', image: 'hello:1', resources: { limits: { gpu: '1' } } };
    assert.match(
      told(someDeployment({ containers: [gpu] }))[0]!,
      /limits\[gpu\]: .*must be a standard resource/,
    );
  });

  it('has variables that can be named and resolved', () => {
    const env = (variable: object) => container({ env: [variable as never] });
    only(env({ name: 'A=B' }), /env\[0\].name: .*environment variable name/);
    only(env({ name: 'A', valueFrom: {} }), /valueFrom: .*must specify one of/);
    only(
      env({ name: 'A', value: 'x', valueFrom: { configMapKeyRef: { name: 'a', key: 'b' } } }),
      /may not be specified when/,
    );
    only(
      env({ name: 'A', valueFrom: { fieldRef: { fieldPath: 'spec.secret' } } }),
      /fieldPath: Invalid value: "spec.secret": error converting fieldPath: field label not supported/,
    );
    only(
      env({ name: 'A', valueFrom: { secretKeyRef: { key: 'b' } } }),
      /secretKeyRef.name: Invalid value: "": a lowercase RFC 1123 subdomain/,
    );
    only(container({ envFrom: [{}] }), /envFrom: .*must specify one of/);
    assert.deepEqual(
      told(env({ name: 'A', valueFrom: { fieldRef: { fieldPath: "metadata.labels['app']" } } })),
      [],
    );
  });

  it('mounts volumes that it has, each of one type', () => {
    only(
      container({ volumeMounts: [{ name: 'v', mountPath: '/v' }] }),
      /volumeMounts\[0\].name: Not found: "v"/,
    );
    only(
      somePod({ volumes: [{ name: 'v', emptyDir: {}, secret: { secretName: 's' } }] }),
      /more than 1 volume type/,
    );
    only(somePod({ volumes: [{ name: 'v', configMap: {} }] }), /configMap.name: Required value/);
    only(
      somePod({ volumes: [{ name: 'v', configMap: { name: 'c', items: [{ key: 'k', path: '../x' }] } }] }),
      /must not contain '..'/,
    );
  });

  it('says where it wants to be in terms that can be matched', () => {
    const must = 'requiredDuringSchedulingIgnoredDuringExecution';
    const should = 'preferredDuringSchedulingIgnoredDuringExecution';
    const near = (podAntiAffinity: object) => somePod({ affinity: { podAntiAffinity } });
    const nodes = (expression: { key: string; operator: string; values?: string[] }) =>
      somePod({
        affinity: { nodeAffinity: { [must]: { nodeSelectorTerms: [{ matchExpressions: [expression] }] } } },
      });
    assert.match(
      told(near({ [must]: [{ topologyKey: '' }] }))[0]!,
      /topologyKey: Required value: can not be empty/,
    );
    only(near({ [should]: [{ weight: 0, podAffinityTerm: { topologyKey: 'a' } }] }), /weight: .*range 1-100/);
    only(nodes({ key: 'a', operator: 'Near' }), /operator: .*not a valid selector operator/);
    only(nodes({ key: 'a', operator: 'In' }), /values: Required value: must be specified when `operator`/);
    only(
      somePod({ affinity: { nodeAffinity: { [must]: { nodeSelectorTerms: [] } } } }),
      /at least one node selector term/,
    );
    assert.deepEqual(told(nodes({ key: 'cores', operator: 'Gt', values: ['2'] })), []);
  });

  it('changes only in what Kubernetes lets change', () => {
    const image = container({ image: 'hello:2' });
    assert.deepEqual(told(image, somePod()), []);
    only(
      container({ args: ['x'] }),
      /^spec: Forbidden: pod updates may not change[^]*changed here: spec.containers/,
      somePod(),
    );
    const tolerating: Pod = somePod({ tolerations: [{ key: 'a', operator: 'Exists' }] });
    assert.deepEqual(told(tolerating, somePod()), []);
    only(somePod(), /spec.tolerations: Forbidden: existing toleration can not be modified/, tolerating);
  });
});

describe('a deployment', () => {
  const spec = (rest: object) => ({ ...someDeployment(), spec: { ...someDeployment().spec, ...rest } });

  it('has a selector that picks its own pods', () => {
    assert.equal(told(spec({ selector: undefined }))[0], 'spec.selector: Required value');
    only(spec({ selector: {} }), /empty selector is invalid for deployment/);
    only(
      spec({ selector: { matchLabels: { app: 'other' } } }),
      /^spec.template.metadata.labels: Invalid value: map\[string\]string\{"app":"web"\}: `selector` does not match template `labels`$/,
    );
    const other: Deployment = someDeployment();
    other.spec!.selector = { matchLabels: { app: 'web', tier: 'x' } };
    other.spec!.template.metadata!.labels = { app: 'web', tier: 'x' };
    only(other, /^spec.selector: Invalid value: .*: field is immutable$/, someDeployment());
  });

  it('has counts that can be reached', () => {
    only(spec({ replicas: -1 }), /^spec.replicas: Invalid value: -1: must be greater than or equal to 0$/);
    only(
      spec({ strategy: { rollingUpdate: { maxUnavailable: 0, maxSurge: '0%' } } }),
      /maxUnavailable: Invalid value: intstr\.IntOrString\{Type:0, IntVal:0, StrVal:""\}: may not be 0 when `maxSurge` is 0/,
    );
    only(spec({ strategy: { rollingUpdate: { maxUnavailable: '101%' } } }), /must not be greater than 100%/);
    only(spec({ strategy: { rollingUpdate: { maxSurge: 'many' } } }), /valid percent string/);
    only(
      spec({ strategy: { type: 'Recreate', rollingUpdate: {} } }),
      /may not be specified when strategy `type` is 'Recreate'/,
    );
    only(spec({ progressDeadlineSeconds: 5, minReadySeconds: 5 }), /must be greater than minReadySeconds/);
  });

  it('has pods that run until someone ends them', () => {
    only(
      someDeployment({ restartPolicy: 'Never' }),
      /restartPolicy: Unsupported value: "Never": supported values: "Always"/,
    );
    only(
      someDeployment({ activeDeadlineSeconds: 5 }),
      /activeDeadlineSeconds in ReplicaSet is not Supported/,
    );
  });
});

describe('a service', () => {
  it('has ports, named where there are several, each once', () => {
    only(someService({ ports: [] }), /^spec.ports: Required value$/);
    assert.deepEqual(told(someService({ ports: [], clusterIP: 'None' })), []);
    only(someService({ ports: [{ port: 80, name: 'a' }, { port: 81 }] }), /ports\[1\].name: Required value/);
    only(
      someService({
        ports: [
          { port: 80, name: 'a' },
          { port: 80, name: 'b' },
        ],
      }),
      /Duplicate value/,
    );
    only(someService({ ports: [{ port: 80, targetPort: 70_000 }] }), /targetPort/);
  });

  it('keeps the address that it was given', () => {
    const old = someService({ clusterIP: '10.96.0.7', clusterIPs: ['10.96.0.7'] });
    only(someService({ clusterIP: '10.96.0.8' }), /^spec.clusterIP: .*field is immutable$/, old);
    assert.deepEqual(told(someService(), old), []);
    only(someService({ clusterIP: 'here' }), /must be empty, 'None', or a valid IP address/);
  });
});

describe('configuration', () => {
  const map = (rest: object) => ({
    kind: 'ConfigMap',
    metadata: { name: 'a', namespace: 'default' },
    ...rest,
  });
  const secret = (rest: object) => ({
    kind: 'Secret',
    metadata: { name: 'a', namespace: 'default' },
    ...rest,
  });

  it('has keys that can be files, and at most a mebibyte', () => {
    only(map({ data: { '../x': '' } }), /^data\[..\/x\]: Invalid value: .*must not start with '..'/);
    only(map({ data: { 'a b': '' } }), /valid config key/);
    only(
      map({ data: { a: 'x'.repeat(2 ** 20 + 1) } }),
      /^\[\]: Too long: may not be more than 1048576 bytes$/,
    );
    assert.deepEqual(told(map({ data: { a: 'x'.repeat(2 ** 20) } })), []);
    only(secret({ stringData: { a: 'x'.repeat(2 ** 20 + 1) } }), /^data: Too long/);
    only(secret({ type: 'kubernetes.io/tls', data: { 'tls.crt': '' } }), /^data\[tls.key\]: Required value$/);
  });

  it('stays as it is once it is immutable', () => {
    const old = map({ data: { a: '1' }, immutable: true });
    only(
      map({ data: { a: '2' }, immutable: true }),
      /^data: Forbidden: field is immutable when `immutable` is set$/,
      old,
    );
    only(map({ data: { a: '1' } }), /^immutable: Forbidden/, old);
    assert.deepEqual(told(map({ data: { a: '2' } }), map({ data: { a: '1' } })), []);
    only(secret({ type: 'other' }), /^type: .*immutable/, secret({}));
  });
});

describe('the other kinds', () => {
  it('are held to their own rules', () => {
    const meta = { metadata: { name: 'a', namespace: 'default' } };
    only(
      { kind: 'EndpointSlice', ...meta, addressType: 'IPv4', endpoints: [{ addresses: ['x'] }] } as never,
      /must be a valid IP address/,
    );
    only(
      { kind: 'EndpointSlice', ...meta, addressType: 'IPv4', endpoints: [{ addresses: [] }] } as never,
      /at least 1 address/,
    );
    only({ kind: 'Lease', ...meta, spec: { leaseDurationSeconds: 0 } } as never, /must be greater than 0/);
    only(
      { kind: 'Node', metadata: { name: 'a' }, spec: { taints: [{ key: 'a', effect: 'Maybe' }] } } as never,
      /Unsupported value/,
    );
    only(
      { kind: 'Event', ...meta, involvedObject: { namespace: 'other' } } as never,
      /does not match event.namespace/,
    );
    assert.deepEqual(
      told({
        kind: 'Event',
        ...meta,
        involvedObject: { kind: 'Node', apiVersion: 'v1', name: 'n' },
      } as never),
      [],
    );
    assert.deepEqual(told({ kind: 'ServiceAccount', ...meta } as never), []);
  });
});

describe('everything that is wrong', () => {
  it('is said at once, and once', () => {
    const errors = told({
      kind: 'Deployment',
      metadata: { name: 'x', namespace: 'default' },
      spec: { foo: 1, replicas: 'x', template: { spec: { containers: 'none', hostPID: true } } },
    } as never);
    assert.deepEqual(
      errors.map((error) => error.replace(/: .*/, '')),
      [
        'unknown field "spec.foo"',
        'spec.replicas',
        'spec.template.spec.containers',
        'spec.selector',
        'spec.template.metadata.labels',
        'spec.template.spec.hostPID',
      ],
    );
  });
});
