import { changes, collected, lifecycle, merged, named, selections, statusOf, variants } from './kind.ts';
import { get, patch, post, put, remove, table, type Topic } from './step.ts';

const namespacesAt = '/api/v1/namespaces';
const namespace = { apiVersion: 'v1', kind: 'Namespace', metadata: {} };
export const namespaces: Topic = {
  name: 'namespaces',
  steps: [
    ...lifecycle(namespacesAt, namespace, 'ns-a').filter(({ name }) => name !== 'delete'),
    ...statusOf(namespacesAt, namespace, { phase: 'Active' }, 'ns-status'),
    ...changes(
      namespacesAt,
      namespace,
      {
        'other finalizers': { spec: { finalizers: ['example.org/x'] } },
        'another phase': { status: { phase: 'Terminating' } },
        'another label of its name': { metadata: { labels: { 'kubernetes.io/metadata.name': 'x' } } },
      },
      'ns-changing',
    ),
    ...variants(namespacesAt, namespace, {
      'a name with a dot': { metadata: { name: 'a.b' } },
      'a name in capitals': { metadata: { name: 'A' } },
      'a name that is too long': { metadata: { name: 'a'.repeat(64) } },
      'a finalizer that is none': { metadata: { name: 'ns-1' }, spec: { finalizers: ['x'] } },
      'its own finalizers': { metadata: { name: 'ns-2' }, spec: { finalizers: [] } },
    }),
    post('finalize by POST', `${namespacesAt}/ns-a/finalize`, named(namespace, 'ns-a')),
    remove('delete', `${namespacesAt}/ns-a`),
    get('get what is going', `${namespacesAt}/ns-a`),
    get('table of what is going', `${namespacesAt}/ns-a`, { accept: table }),
    post('create in what is going', `${namespacesAt}/ns-a/configmaps`, {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: 'late' },
    }),
    remove('delete what is going', `${namespacesAt}/ns-a`),
    put(
      'finalize',
      `${namespacesAt}/ns-a/finalize`,
      merged(named(namespace, 'ns-a'), { spec: { finalizers: [] } }),
    ),
    get('get what is gone', `${namespacesAt}/ns-a`),
    remove('delete the default', `${namespacesAt}/default`),
    remove('delete that of the system', `${namespacesAt}/kube-system`),
    remove('delete all', namespacesAt),
    post('create in none', `${namespacesAt}/none/configmaps`, {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: 'late' },
    }),
    get('list in none', `${namespacesAt}/none/configmaps`),
    get('by phase', `${namespacesAt}?fieldSelector=status.phase%3DTerminating`),
  ],
};

const nodesAt = '/api/v1/nodes';
const node = { apiVersion: 'v1', kind: 'Node', metadata: {} };
export const nodes: Topic = {
  name: 'nodes',
  steps: [
    ...lifecycle(nodesAt, node, 'node-a'),
    ...collected(nodesAt, node, 'node-a-collected'),
    ...statusOf(
      nodesAt,
      node,
      {
        capacity: { cpu: '4', memory: '8Gi', pods: '110' },
        allocatable: { cpu: '4', memory: '8Gi', pods: '110' },
        conditions: [
          {
            type: 'Ready',
            status: 'True',
            reason: 'r',
            message: 'm',
            lastHeartbeatTime: '2020-01-01T00:00:00Z',
            lastTransitionTime: '2020-01-01T00:00:00Z',
          },
        ],
        addresses: [
          { type: 'InternalIP', address: '192.0.2.1' },
          { type: 'Hostname', address: 'h' },
        ],
        nodeInfo: {
          machineID: 'm',
          systemUUID: 's',
          bootID: 'b',
          kernelVersion: '6.1',
          osImage: 'Debian',
          containerRuntimeVersion: 'r://1',
          kubeletVersion: 'v1.33.0',
          kubeProxyVersion: '',
          operatingSystem: 'linux',
          architecture: 'amd64',
        },
      },
      'node-status',
    ),
    ...changes(
      nodesAt,
      node,
      {
        cordoned: { spec: { unschedulable: true } },
        tainted: { spec: { taints: [{ key: 'a', value: 'b', effect: 'NoSchedule' }] } },
        'tainted in vain': { spec: { taints: [{ key: 'a', effect: 'Nothing' }] } },
        'tainted twice': {
          spec: {
            taints: [
              { key: 'a', effect: 'NoSchedule' },
              { key: 'a', effect: 'NoSchedule' },
            ],
          },
        },
        'a range of addresses': { spec: { podCIDR: '10.244.1.0/24', podCIDRs: ['10.244.1.0/24'] } },
        'another range of addresses': { spec: { podCIDR: '10.244.2.0/24', podCIDRs: ['10.244.2.0/24'] } },
        'a provider': { spec: { providerID: 'a://b' } },
        'another provider': { spec: { providerID: 'a://c' } },
        'a role': { metadata: { labels: { 'node-role.kubernetes.io/worker': '' } } },
      },
      'node-changing',
    ),
    get('table of what is cordoned', `${nodesAt}/node-changing`, { accept: table }),
    get('which are cordoned', `${nodesAt}?fieldSelector=spec.unschedulable%3Dtrue`),
    ...variants(nodesAt, node, {
      'a name in capitals': { metadata: { name: 'A' } },
      'a range that is none': { metadata: { name: 'node-1' }, spec: { podCIDR: 'x', podCIDRs: ['x'] } },
      'capacity that is none': { metadata: { name: 'node-2' }, status: { capacity: { cpu: '-1' } } },
    }),
    remove('delete one', `${nodesAt}/node-changing`),
  ],
};

const leasesAt = '/apis/coordination.k8s.io/v1/namespaces/leases/leases';
const lease = {
  apiVersion: 'coordination.k8s.io/v1',
  kind: 'Lease',
  metadata: {},
  spec: { holderIdentity: 'h', leaseDurationSeconds: 40, renewTime: '2020-01-01T00:00:00.123456Z' },
};
export const leases: Topic = {
  name: 'leases',
  steps: [
    ...lifecycle(leasesAt, lease),
    ...collected(leasesAt, lease),
    ...variants(leasesAt, lease, {
      'no spec': { spec: null },
      'a duration of zero': { spec: { leaseDurationSeconds: 0 } },
      'negative transitions': { spec: { leaseTransitions: -1 } },
      'a time that is none': { spec: { renewTime: 'now' } },
      'a time without parts of a second': { spec: { renewTime: '2020-01-01T00:00:00Z' } },
      'a strategy': { spec: { strategy: 'OldestEmulationVersion' } },
    }),
  ],
};

const accountsAt = '/api/v1/namespaces/service-accounts/serviceaccounts';
const account = { apiVersion: 'v1', kind: 'ServiceAccount', metadata: {} };
export const serviceAccounts: Topic = {
  name: 'service-accounts',
  steps: [
    ...lifecycle(accountsAt, account),
    ...collected(accountsAt, account),
    ...variants(accountsAt, account, {
      secrets: { secrets: [{ name: 's' }], imagePullSecrets: [{ name: 'p' }] },
      'no token': { automountServiceAccountToken: false },
      'a name that is none': { metadata: { name: 'a:b' } },
    }),
    post('a token', `${accountsAt}/default/token`, {
      apiVersion: 'authentication.k8s.io/v1',
      kind: 'TokenRequest',
      spec: { audiences: ['a'], expirationSeconds: 5 },
    }),
    post(
      'a token that lasts',
      `${accountsAt}/default/token`,
      {
        apiVersion: 'authentication.k8s.io/v1',
        kind: 'TokenRequest',
        metadata: {},
        spec: { expirationSeconds: 600 },
      },
      { keep: 'spec' },
    ),
    post('a token bound to what is not there', `${accountsAt}/default/token`, {
      apiVersion: 'authentication.k8s.io/v1',
      kind: 'TokenRequest',
      spec: { boundObjectRef: { apiVersion: 'v1', kind: 'Pod', name: 'none' } },
    }),
    post('a token of what is not there', `${accountsAt}/none/token`, {
      apiVersion: 'authentication.k8s.io/v1',
      kind: 'TokenRequest',
      spec: {},
    }),
  ],
};

const eventsAt = '/api/v1/namespaces/events/events';
const event = {
  apiVersion: 'v1',
  kind: 'Event',
  metadata: {},
  involvedObject: { kind: 'Pod', namespace: 'events', name: 'p', apiVersion: 'v1' },
  reason: 'Why',
  message: 'because',
  source: { component: 'c', host: 'h' },
  type: 'Normal',
  count: 3,
  firstTimestamp: '2020-01-01T00:00:00Z',
  lastTimestamp: '2020-01-01T00:00:00Z',
};
export const events: Topic = {
  name: 'events',
  steps: [
    ...lifecycle(eventsAt, event),
    ...collected(eventsAt, event),
    ...variants(eventsAt, event, {
      'of elsewhere': { involvedObject: { namespace: 'other' } },
      'of no namespace': { involvedObject: { namespace: null } },
      'of a node': { involvedObject: { kind: 'Node', namespace: null, name: 'n' } },
      'of nothing': { involvedObject: null },
      'of a strange type': { type: 'Terrible' },
      'without type': { type: null },
    }),
    get('by object', `${eventsAt}?fieldSelector=involvedObject.kind%3DNode,involvedObject.name%3Dn`, {
      accept: table,
    }),
    get('by reason', `${eventsAt}?fieldSelector=reason%3DWhy,type!%3DNormal`),
    get('by a field that is none', `${eventsAt}?fieldSelector=message%3Dx`),
    get('in the newer group', '/apis/events.k8s.io/v1/namespaces/events/events', { accept: table }),
    post('in the newer group, made', '/apis/events.k8s.io/v1/namespaces/events/events', {
      apiVersion: 'events.k8s.io/v1',
      kind: 'Event',
      metadata: { name: 'newer' },
      eventTime: '2020-01-01T00:00:00.000000Z',
      reportingController: 'example.org/c',
      reportingInstance: 'i',
      action: 'Do',
      reason: 'Why',
      type: 'Normal',
      note: 'n',
      regarding: { kind: 'Pod', namespace: 'events', name: 'p' },
    }),
    post('in the newer group, without a time', '/apis/events.k8s.io/v1/namespaces/events/events', {
      apiVersion: 'events.k8s.io/v1',
      kind: 'Event',
      metadata: { name: 'newer-2' },
      regarding: { kind: 'Pod', namespace: 'events', name: 'p' },
    }),
    get('the newer in the older group', `${eventsAt}/newer`),
  ],
};

const newEventsAt = '/apis/events.k8s.io/v1/namespaces/events-v1/events';
const newEvent = {
  apiVersion: 'events.k8s.io/v1',
  kind: 'Event',
  metadata: {},
  eventTime: '2020-01-01T00:00:00.000000Z',
  reportingController: 'example.org/c',
  reportingInstance: 'i',
  action: 'Do',
  reason: 'Why',
  type: 'Normal',
  note: 'n',
  regarding: {
    kind: 'Pod',
    namespace: 'events-v1',
    name: 'p',
    uid: 'u',
    apiVersion: 'v1',
    resourceVersion: '7',
    fieldPath: 'spec.containers{a}',
  },
};
/** Events as newer clients write them, and by what both forms are selected. */
export const eventsV1: Topic = {
  name: 'events-v1',
  steps: [
    ...lifecycle(newEventsAt, newEvent),
    ...collected(newEventsAt, newEvent),
    post('one to be found', newEventsAt, named(newEvent, 'found')),
    post('one that is none', newEventsAt, merged(named(newEvent, 'wrong'), { reportingController: '' })),
    ...selections(newEventsAt, {
      'regarding.kind': 'Pod',
      'regarding.namespace': 'events-v1',
      'regarding.name': 'p',
      'regarding.uid': 'u',
      'regarding.apiVersion': 'v1',
      'regarding.resourceVersion': '7',
      'regarding.fieldPath': 'spec.containers{a}',
      reason: 'Why',
      reportingController: 'example.org/c',
      type: 'Normal',
    }),
    ...selections('/api/v1/namespaces/events-v1/events', {
      'involvedObject.namespace': 'events-v1',
      'involvedObject.uid': 'u',
      'involvedObject.apiVersion': 'v1',
      'involvedObject.resourceVersion': '7',
      'involvedObject.fieldPath': 'spec.containers{a}',
      reportingComponent: 'example.org/c',
      source: 'example.org/c',
    }),
  ],
};

const secretsAt = '/api/v1/namespaces/secrets/secrets';
const secret = { apiVersion: 'v1', kind: 'Secret', metadata: {}, data: { k: 'dg==' } };
export const secrets: Topic = {
  name: 'secrets',
  steps: [
    ...lifecycle(secretsAt, secret),
    ...collected(secretsAt, secret),
    ...changes(secretsAt, secret, {
      'another type': { type: 'example.org/x' },
      'plain text': { stringData: { k: 'w', l: 'm' } },
      immutable: { immutable: true },
      'another value': { data: { k: 'dw==' } },
    }),
    ...variants(secretsAt, secret, {
      'plain text': { stringData: { k: 'over', l: 'm' }, metadata: { name: 'plain' } },
      'a key that is none': { data: { 'a b': 'dg==' } },
      'no base64': { data: { k: '!' } },
      'a TLS secret without keys': { type: 'kubernetes.io/tls' },
      'a TLS secret': { type: 'kubernetes.io/tls', data: { 'tls.crt': 'YQ==', 'tls.key': 'YQ==' } },
      'a login without anything': { type: 'kubernetes.io/basic-auth' },
      'a registry that is no JSON': {
        type: 'kubernetes.io/dockerconfigjson',
        data: { '.dockerconfigjson': 'YQ==' },
      },
      'a token of no account': { type: 'kubernetes.io/service-account-token' },
      'an SSH key': { type: 'kubernetes.io/ssh-auth' },
    }).map((each) => (each.name === 'plain text' ? { ...each, name: 'made of plain text' } : each)),
    get('by type', `${secretsAt}?fieldSelector=type%3Dkubernetes.io/tls`, { accept: table }),
    patch('take a key away', `${secretsAt}/plain`, 'json', [{ op: 'remove', path: '/data/l' }]),
  ],
};
