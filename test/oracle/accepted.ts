import type { Accepted } from './exception.ts';

const otherParser = 'Another parser says in other words why it cannot be read; code and reason are the same.';

/** Where kith answers otherwise than Kubernetes on purpose, and why. An entry that fits no difference any more fails the test. */
export const accepted: readonly Accepted[] = [
  {
    at: 'body*.columnDefinitions[*].description',
    because: 'Texts of some kilobytes that go with every table; no client is known that shows them.',
  },
  {
    at: ['body*.storageVersionHash'],
    because: 'It tells API servers of one cluster whether they store alike; there is one.',
  },
  {
    step: '*/a label that is none',
    at: 'body.details.causes[*]',
    kith: undefined,
    because:
      'Kubernetes tells the same mistake once for each place that looks at it, kith once; the message is the same.',
  },
  {
    at: 'body*.creationTimestamp',
    original: null,
    kith: undefined,
    because: 'Go writes null for a time that nobody set, within templates; what is absent reads the same.',
  },
  {
    at: ['body*.template.metadata', 'body*.jobTemplate.metadata'],
    original: { creationTimestamp: null },
    kith: undefined,
    because: 'The same, where a template has no metadata else.',
  },
  {
    step: 'discovery/core versions',
    at: 'body.serverAddressByClientCIDRs[0]',
    because: 'An address to reach the server at from elsewhere; kith listens on loopback alone.',
  },
  {
    step: 'discovery/*',
    at: ['body*[admissionregistration.k8s.io]', 'body*[flowcontrol.apiserver.k8s.io]'],
    because: 'No admission webhooks or flow schemas are served (docs/compatibility.md).',
  },
  {
    step: 'discovery/*',
    at: ['body*[apiservices].verbs*', 'body*[apiservices].subresources', 'body*[apiservices/status]'],
    because: 'APIServices tell what kith serves: nobody else serves a part of it, and they are not written.',
  },
  {
    step: 'discovery/*',
    at: 'body*[metrics.k8s.io]',
    because: 'Elsewhere metrics-server brings this group; kith serves it by itself.',
  },
  {
    step: 'discovery/*',
    at: [
      'body*[ipaddresses]',
      'body*[servicecidrs]',
      'body*[servicecidrs/status]',
      'body*[csidrivers]',
      'body*[csinodes]',
      'body*[csistoragecapacities]',
      'body*[volumeattachments]',
      'body*[volumeattachments/status]',
      'body*[componentstatuses]',
    ],
    because: 'Kinds of storage drivers, address ranges and the retired component statuses are not served.',
  },
  {
    step: 'discovery/*',
    at: ['body*[nodes/proxy]', 'body*[nodes].subresources[proxy]'],
    because: 'Nothing listens on a node: there is no kubelet to reach.',
  },
  // How a body cannot be read is told by another parser, in other words; code and reason are the same.
  ...[
    'nothing',
    'a list',
    'a number',
    'text',
    'no JSON',
    'no JSON at its end',
    'two objects',
    'JSON with comments',
  ].map((name) => ({ step: `bodies/${name}`, at: 'body.message', because: otherParser })),
  ...[
    'bytes that are no text',
    'much too deep',
    'YAML that is none',
    'YAML with tabs',
    'a version that is none',
  ].map((name) => ({ step: `bodies/${name}`, at: 'body.message', because: otherParser })),
  ...[
    'strategic: a list',
    'merge: of text',
    'merge: that is no JSON',
    'merge: of a list',
    'JSON: no list',
    'JSON: no JSON',
  ].map((name) => ({ step: `patches/${name}`, at: 'body.message', because: otherParser })),
  { step: 'pages/a token that is none', at: 'body.message', because: otherParser },
  {
    step: 'bodies/deep within',
    at: 'body.message',
    because:
      'kith reads 64 levels: no kind has so many, and whoever reads further down could be made to run out of stack.',
  },
  {
    step: 'bodies/two documents',
    at: '*',
    because: 'Kubernetes reads the first and drops the others without a word; kith drops nothing silently.',
  },
  ...['another kind', 'a kind that is none', 'another version', 'another group'].map((name) => ({
    step: `bodies/${name}`,
    at: 'body.message',
    because: 'Kubernetes names a line of its source, or types of Go; kith says which kind was expected.',
  })),
  {
    step: '*',
    at: 'body.details',
    original: undefined,
    kith: /"reason":"FieldValueTypeInvalid"/,
    because: 'Of a wrong type kith also names the field, by which its command line points to the line.',
  },
  ...['a test that fails', 'a path that is not there', 'an index beyond', 'an operation that is none'].map(
    (name) => ({
      step: `patches/JSON: ${name}`,
      at: ['body.message', 'body.details'],
      because: 'Kubernetes does not say which operation failed, nor how; kith says so after the same words.',
    }),
  ),
  // A mistake of the caller is no failure of the server: 400 and a reason, where the original says 500 and none.
  ...[
    'bodies/a deletion with another kind',
    'bodies/a deletion with no JSON',
    'patches/strategic: without the merge key',
    'patches/strategic: a directive that is none',
    'metadata/a resource version',
    'metadata/of a version that is none',
    'watches/a version that is none',
    'pods/bind to nothing',
  ].map((step) => ({
    step,
    at: ['code', 'body.code', 'body.reason', 'body.message', 'body.details'],
    because:
      'The original answers 500 without a reason to a mistake of the caller; kith answers 4xx with one.',
  })),
  {
    step: 'pages/one at a version that is none',
    at: '*',
    because:
      'The original answers 500; a single object is always read as it is now, whatever version is asked for.',
  },
  {
    step: 'pages/exactly at a*version*',
    at: '*',
    because:
      'kith keeps a past state only for lists that are being read in pages; else 410, as after compaction.',
  },
  {
    step: 'watches/a version that is too old',
    at: '*',
    because:
      'kith still has it: nothing has been compacted yet. 410 is shown in test/controller/apiserver/watch.test.ts.',
  },
  {
    step: 'watches/with initial events as tables',
    at: '*',
    because: 'The original refuses Tables here (406); kith can, and nobody is worse off.',
  },
  {
    step: 'watches/the old way',
    at: '*',
    because: 'Paths under /watch/ are retired since Kubernetes 1.11; no client that is in use asks for them.',
  },
  {
    step: 'discovery/*',
    at: ['body*[bindings]'],
    because: 'Pods are bound by their own subresource; POST to bindings is what schedulers did before 1.0.',
  },
  {
    step: 'discovery/aggregated or else',
    at: 'body.serverAddressByClientCIDRs[0]',
    because: 'An address to reach the server at from elsewhere; kith listens on loopback alone.',
  },
  {
    step: 'answers/only the head',
    at: 'body',
    because: 'An answer to HEAD has no body; in this process it is not cut off, at a listener it is.',
  },
  {
    step: 'nodes/*',
    at: ['body.spec', 'body*].spec', 'body.spec.taints*', 'body*.spec.taints*'],
    because:
      'A host of kith registers over a link that is heard, and counts as ready: there is no kubelet to wait for.',
  },
  {
    step: 'nodes/*',
    at: ['body.status', 'body*].status', 'body*.status.daemonEndpoints', 'body*.status.nodeInfo'],
    kith: undefined,
    because: 'What Go writes of an empty status; nothing listens on a node.',
  },
  {
    step: 'nodes/*',
    at: 'body*.metadata.resourceVersion',
    because: 'The original takes its taint away with the first PUT, hence one version more.',
  },
  {
    step: 'auth/discovery',
    at: 'body.serverAddressByClientCIDRs[0]',
    because: 'An address to reach the server at from elsewhere; kith listens on loopback alone.',
  },
  {
    at: ['body*.lastProbeTime', 'body*.lastUpdateTime', 'body*.lastHeartbeatTime', 'body*.currentMetrics'],
    original: null,
    kith: undefined,
    because: 'Go writes null for what nobody set; what is absent reads the same.',
  },
  {
    step: 'pods/*',
    at: ['body.message', 'body.details.causes[*].message'],
    original: /pod updates may not change fields other than.*<diff>/,
    kith: /pod updates may not change fields other than.*changed here/,
    because:
      'After the same words the original prints both specs in the syntax of Go, kith the fields that differ.',
  },
  ...['one that is given a token', 'ephemeral containers', 'one more ephemeral container', 'delete all'].map(
    (name) => ({
      step: `pods/${name}`,
      at: [
        'body*.spec.volumes',
        'body*.spec.containers[web].volumeMounts',
        'body*.spec.ephemeralContainers*.volumeMounts',
      ],
      kith: undefined,
      because: 'No token is mounted into pods: an app has no way to the API (docs/compatibility.md).',
    }),
  ),
  {
    step: 'leases/a time without parts of a second',
    at: '*',
    because:
      'RFC 3339 lets them be left out, and clients in other languages do; nothing is lost by reading it.',
  },
  {
    step: 'leases/a strategy',
    at: 'body*',
    because: 'A field of coordinated leader election, which is alpha and off in the original; kith keeps it.',
  },
  {
    step: 'metadata/of another uid',
    at: 'body.message',
    because: 'The original names its key in etcd; the rest is the same.',
  },
  {
    step: 'answers/application/json;as=Table;v=v1beta1*',
    at: ['body.apiVersion', 'body.rows[0].object.apiVersion'],
    because: 'Tables are v1 since Kubernetes 1.15; who asks for v1beta1 reads the same fields.',
  },
  {
    step: 'answers/application/json;as=PartialObjectMetadata*',
    at: 'body.message',
    because: 'The original ends with the name of a type of Go.',
  },
  {
    step: 'paths/*a%00b',
    at: ['body.message', 'body.details*'],
    because: 'A name with a zero byte reaches no kind, so nothing is looked up by it.',
  },
  {
    step: 'paths/DELETE of discovery',
    at: '*',
    because: 'The original answers a DELETE of a group as a GET; kith says that there is nothing to delete.',
  },
  {
    step: 'paths//',
    at: 'body.paths*',
    because: 'The paths that are served: other ones.',
  },
  { step: 'apply/YAML that is none', at: 'body.message', because: otherParser },
  ...[
    'nodes/tainted*',
    'pods/a finalizer without a domain',
    'metadata/an owner that is none',
    'patches/merge: another uid',
    'metadata/a deletion time, later',
    'deletions/hold more',
  ].map((step) => ({
    step,
    at: 'body.details.causes[*]',
    kith: undefined,
    because:
      'Kubernetes tells the same mistake once for each place that looks at it, kith once; the message is the same.',
  })),
  {
    step: '*/a scale of another version',
    at: 'body.message',
    because: 'Kubernetes goes on to name a line of its source.',
  },
  ...['merge: another kind', 'merge: another version', 'strategic: a wrong type'].map((name) => ({
    step: `patches/${name}`,
    at: ['body.message', 'body.details.causes[0].message'],
    because: 'Kubernetes names types of Go, or a line of its source; kith says what was expected.',
  })),
  {
    at: 'body*.status.conditions[0].lastTransitionTime',
    original: null,
    kith: undefined,
    because: 'Go writes null for what nobody set; what is absent reads the same.',
  },
  {
    step: 'services/*',
    at: 'body.status.loadBalancer',
    original: {},
    kith: undefined,
    because: 'Go writes an empty object for what nobody set; what is absent reads the same.',
  },
  {
    step: 'leases/no spec',
    at: 'body.spec',
    original: {},
    kith: undefined,
    because: 'Go writes an empty object for what nobody set; what is absent reads the same.',
  },
  {
    step: 'endpoint-slices/a name for hosts',
    at: 'body.endpoints[0].conditions',
    original: {},
    kith: undefined,
    because: 'Go writes an empty object for what nobody set; what is absent reads the same.',
  },
  {
    step: 'endpoint-slices/no endpoints',
    at: ['body.endpoints', 'body.metadata.managedFields[0].fieldsV1.f:endpoints'],
    kith: undefined,
    because: 'Go writes null for a list that nobody sent; what is absent reads the same.',
  },
  {
    step: 'controller-revisions/apply',
    at: '*',
    because:
      'The original loses `data` on the way through an apply, then refuses the change that it made itself.',
  },
  {
    step: 'controller-revisions/patch strategically',
    at: '*',
    because: 'The same of a strategic merge patch.',
  },
  {
    step: 'controller-revisions/*',
    at: ['body.applied', 'body.strategic'],
    original: undefined,
    because: 'Labels of the two that the original refused.',
  },
  {
    step: 'auth/who am I, as what is none',
    at: 'body.message',
    because: 'Kubernetes names types of Go; kith says which kind was expected.',
  },
  {
    step: 'stateful-sets/a template without containers',
    at: 'body.spec.template.spec.containers',
    because: 'Go writes null for an empty list here; an empty list is what was sent.',
  },
  {
    step: 'daemon-sets/*',
    at: 'body*.metadata.annotations',
    original: undefined,
    kith: { 'deprecated.daemonset.template.generation': '1' },
    because:
      'The original adds it when it makes the object, which it does not for metadata alone; kith stores it.',
  },
  {
    step: 'pods-not-granted/*',
    at: '*',
    because:
      "No home host grants these: refused by the field's name (api/validation/refusals.ts, docs/compatibility.md).",
  },
  {
    step: 'services-not-granted/*',
    at: 'warnings*',
    because: 'Homes have no public ports and answer no names of elsewhere: kith says so, and stores it.',
  },
  {
    step: 'runtime-classes/*',
    at: 'body*.annotations',
    kith: { 'kith.home.arpa/runtime-handler': 'wasm' },
    because: "A node reads its sandbox's name there, so that it need not read classes (api/nodes.ts).",
  },
  {
    step: 'claims/*',
    at: ['body*.dataSource.apiGroup', 'body*.dataSourceRef.apiGroup'],
    original: null,
    kith: undefined,
    because: 'Go writes null for a group that nobody named; what is absent reads the same.',
  },
  {
    step: 'cluster-roles/aggregated',
    at: 'body.rules',
    original: null,
    kith: undefined,
    because: 'The same of rules that there are none of.',
  },
  {
    step: 'priority-classes/those of the system',
    at: 'body.metadata.managedFields[*].manager',
    kith: 'kith-apiserver',
    because: 'What the server makes at its start is its own, under its own name.',
  },
  {
    step: 'quotas/what is used',
    at: ['body.status.used.configmaps', 'body.metadata.resourceVersion', 'body.metadata.managedFields[*'],
    because: "A quota's status follows what is taken a moment later; what is refused is reckoned at once.",
  },
];
