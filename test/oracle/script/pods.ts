import { changes, collected, lifecycle, merged, named, selections, statusOf, variants } from './kind.ts';
import { get, patch, post, put, remove, table, type Topic } from './step.ts';

const name = 'pods';
const all = `/api/v1/namespaces/${name}/pods`;

/** The smallest pod; without the token that the original mounts into each, which is asked of one pod alone. */
export const pod = {
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: {},
  spec: { automountServiceAccountToken: false, containers: [{ name: 'web', image: 'example/web:1' }] },
};

const running = {
  phase: 'Running',
  podIP: '192.0.2.7',
  podIPs: [{ ip: '192.0.2.7' }],
  startTime: '2020-01-01T00:00:00Z',
  conditions: [
    { type: 'Ready', status: 'True', lastTransitionTime: '2020-01-01T00:00:00Z' },
    { type: 'PodScheduled', status: 'True', lastTransitionTime: '2020-01-01T00:00:00Z' },
  ],
  containerStatuses: [
    {
      name: 'web',
      image: 'example/web:1',
      imageID: 'sha256:1',
      ready: true,
      started: true,
      restartCount: 2,
      state: { running: { startedAt: '2020-01-01T00:00:00Z' } },
      lastState: {
        terminated: {
          exitCode: 1,
          reason: 'Error',
          startedAt: '2020-01-01T00:00:00Z',
          finishedAt: '2020-01-01T00:00:00Z',
        },
      },
    },
  ],
};

const probe = { httpGet: { port: 80 } };
const whole = {
  metadata: { labels: { app: 'whole' } },
  spec: {
    nodeSelector: { disk: 'ssd' },
    initContainers: [{ name: 'first', image: 'example/init', command: ['true'] }],
    containers: [
      {
        name: 'web',
        image: 'example/web:latest',
        ports: [{ containerPort: 80 }, { containerPort: 53, protocol: 'UDP', name: 'dns' }],
        env: [
          { name: 'A', value: 'b' },
          { name: 'IP', valueFrom: { fieldRef: { fieldPath: 'status.podIP' } } },
          { name: 'CPU', valueFrom: { resourceFieldRef: { resource: 'limits.cpu' } } },
          { name: 'KEY', valueFrom: { configMapKeyRef: { name: 'c', key: 'k', optional: true } } },
        ],
        envFrom: [{ secretRef: { name: 's' }, prefix: 'S_' }],
        resources: { requests: { cpu: '0.5', memory: '64Mi' }, limits: { memory: '128Mi', cpu: 1 } },
        livenessProbe: probe,
        readinessProbe: { tcpSocket: { port: 'dns' }, periodSeconds: 3 },
        startupProbe: { exec: { command: ['ok'] }, failureThreshold: 30 },
        volumeMounts: [{ name: 'c', mountPath: '/c' }],
      },
    ],
    volumes: [
      { name: 'c', configMap: { name: 'c' } },
      { name: 's', secret: { secretName: 's' } },
      { name: 'e', emptyDir: {} },
      { name: 'd', downwardAPI: { items: [{ path: 'n', fieldRef: { fieldPath: 'metadata.name' } }] } },
      { name: 'p', projected: { sources: [{ configMap: { name: 'c' } }] } },
    ],
    tolerations: [{ key: 'k', operator: 'Exists' }],
    topologySpreadConstraints: [
      {
        maxSkew: 1,
        topologyKey: 'zone',
        whenUnsatisfiable: 'DoNotSchedule',
        labelSelector: { matchLabels: { a: 'b' } },
      },
    ],
    affinity: {
      podAntiAffinity: {
        preferredDuringSchedulingIgnoredDuringExecution: [
          { weight: 1, podAffinityTerm: { topologyKey: 'zone', labelSelector: { matchLabels: { a: 'b' } } } },
        ],
      },
    },
  },
};

export const pods: Topic = {
  name,
  steps: [
    ...lifecycle(all, pod),
    ...collected(all, pod),
    ...statusOf(all, pod, running),
    post('create one with many fields', all, merged(named(pod, 'whole'), whole)),
    post('one that is given a token', all, {
      ...named(pod, 'token'),
      spec: { containers: pod.spec.containers },
    }),
    get('table of one with many fields', `${all}/whole`, { accept: table }),
    ...changes(all, merged(pod, { spec: { terminationGracePeriodSeconds: 5 } }), {
      'another image': { spec: { containers: [{ name: 'web', image: 'example/web:2' }] } },
      'another container': { spec: { containers: [{ name: 'web2', image: 'example/web:2' }] } },
      'another node': { spec: { nodeName: 'n' } },
      'another restart policy': { spec: { restartPolicy: 'Never' } },
      'one more toleration': { spec: { tolerations: [{ operator: 'Exists' }] } },
      'a deadline': { spec: { activeDeadlineSeconds: 10 } },
      'a longer deadline': { spec: { activeDeadlineSeconds: 20 } },
      'another account': { spec: { serviceAccountName: 'b' } },
      'an owner': { metadata: { ownerReferences: [{ apiVersion: 'v1', kind: 'Pod', name: 'o', uid: 'u' }] } },
      'a finalizer without a domain': { metadata: { finalizers: ['x'] } },
    }),
    post('bind', `${all}/changing/binding`, {
      apiVersion: 'v1',
      kind: 'Binding',
      metadata: { name: 'changing' },
      target: { kind: 'Node', name: 'n1' },
    }),
    post('bind again', `${all}/changing/binding`, {
      apiVersion: 'v1',
      kind: 'Binding',
      metadata: { name: 'changing' },
      target: { kind: 'Node', name: 'n2' },
    }),
    post('bind to nothing', `${all}/whole/binding`, { metadata: { name: 'whole' }, target: {} }),
    post('bind what is not there', `${all}/none/binding`, {
      metadata: { name: 'none' },
      target: { kind: 'Node', name: 'n1' },
    }),
    get('get what was bound', `${all}/changing`),
    remove('delete what is bound', `${all}/changing`),
    remove('delete it again, sooner', `${all}/changing?gracePeriodSeconds=1`),
    put('replace what is going', `${all}/changing`, named(pod, 'changing')),
    remove('delete it at once', `${all}/changing`, { gracePeriodSeconds: 0 }),
    post('evict', `${all}/whole/eviction`, {
      apiVersion: 'policy/v1',
      kind: 'Eviction',
      metadata: { name: 'whole' },
    }),
    post('evict what is gone', `${all}/whole/eviction`, {
      apiVersion: 'policy/v1',
      kind: 'Eviction',
      metadata: { name: 'whole' },
    }),
    post('evict under another name', `${all}/token/eviction`, {
      apiVersion: 'policy/v1',
      kind: 'Eviction',
      metadata: { name: 'other' },
    }),
    get('log of what runs nowhere', `${all}/token/log`),
    get('log of a container that is not there', `${all}/token/log?container=none`),
    get('ephemeral containers', `${all}/token/ephemeralcontainers`),
    patch('one more ephemeral container', `${all}/token/ephemeralcontainers`, 'strategic', {
      spec: { ephemeralContainers: [{ name: 'debug', image: 'example/debug' }] },
    }),
    patch('resize', `${all}/token/resize`, 'strategic', {
      spec: { containers: [{ name: 'web', resources: { requests: { cpu: '1' } } }] },
    }),
    post(
      'one to be resized',
      all,
      {
        ...named(pod, 'resized'),
        spec: {
          containers: [
            {
              name: 'web',
              image: 'example/web:1',
              resources: { requests: { cpu: '1' }, limits: { cpu: '3' } },
            },
          ],
        },
      },
      { keep: 'spec.containers.0.resources' },
    ),
    patch(
      'resize it',
      `${all}/resized/resize`,
      'strategic',
      {
        spec: { containers: [{ name: 'web', resources: { requests: { cpu: '2' } } }] },
      },
      { keep: 'spec.containers.0.resources' },
    ),
    get('resize of one', `${all}/token/resize`, { keep: 'spec.containers.0.resources' }),
    put('replace the resize', `${all}/token/resize`, '{{resize of one:*}}', {
      keep: 'spec.containers.0.resources',
    }),
    put('replace the ephemeral containers', `${all}/token/ephemeralcontainers`, '{{resize of one:*}}', {
      keep: 'spec.ephemeralContainers.0.name',
    }),
    patch(
      'where it is',
      `${all}/token/status`,
      'merge',
      {
        status: { podIP: '192.0.2.7', podIPs: [{ ip: '192.0.2.7' }], nominatedNodeName: 'n7' },
      },
      { keep: 'status.podIPs' },
    ),
    ...selections(all, {
      'spec.nodeName': '',
      'spec.restartPolicy': 'Always',
      'spec.schedulerName': 'default-scheduler',
      'spec.serviceAccountName': 'default',
      'spec.hostNetwork': 'false',
      'status.podIP': '192.0.2.7',
      'status.nominatedNodeName': 'n7',
    }),
    get('list by phase', `${all}?fieldSelector=status.phase%3DRunning`),
    remove('delete all', `${all}?gracePeriodSeconds=0`),
  ],
};

const spec = (more: object) => ({ spec: more });
const container = (more: object) => spec({ containers: [{ name: 'web', image: 'i', ...more }] });
const volume = (more: object) => spec({ volumes: [{ name: 'v', ...more }] });

/** What is wrong with a pod is said by field, in the words that people search for. */
export const podsRefused: Topic = {
  name: 'pods-refused',
  steps: variants('/api/v1/namespaces/pods-refused/pods', pod, {
    'no containers': spec({ containers: [] }),
    'no spec': { spec: null },
    'a container without anything': spec({ containers: [{}] }),
    'a container without an image': spec({ containers: [{ name: 'web' }] }),
    'two of one name': spec({
      containers: [
        { name: 'a', image: 'i' },
        { name: 'a', image: 'i' },
      ],
    }),
    'a name that is none': container({ name: 'Web_1' }),
    'an image with spaces': container({ image: ' i ' }),
    'a port that is none': container({ ports: [{ containerPort: 70000 }] }),
    'a port without a number': container({ ports: [{ name: 'p' }] }),
    'a port of a strange protocol': container({ ports: [{ containerPort: 1, protocol: 'ICMP' }] }),
    'a port with a long name': container({ ports: [{ containerPort: 1, name: 'much-too-long-for-a-port' }] }),
    'two ports of one name': container({
      ports: [
        { containerPort: 1, name: 'p' },
        { containerPort: 2, name: 'p' },
      ],
    }),
    'a port twice': container({ ports: [{ containerPort: 1 }, { containerPort: 1 }] }),
    'a variable without a name': container({ env: [{ value: 'x' }] }),
    'a variable with an equals sign': container({ env: [{ name: 'a=b', value: 'x' }] }),
    'a variable from nothing': container({ env: [{ name: 'a', valueFrom: {} }] }),
    'a variable from two': container({
      env: [
        {
          name: 'a',
          valueFrom: {
            fieldRef: { fieldPath: 'metadata.name' },
            configMapKeyRef: { name: 'c', key: 'k' },
          },
        },
      ],
    }),
    'a variable with a value and a source': container({
      env: [{ name: 'a', value: 'v', valueFrom: { fieldRef: { fieldPath: 'metadata.name' } } }],
    }),
    'a variable of a field that is none': container({
      env: [{ name: 'a', valueFrom: { fieldRef: { fieldPath: 'spec.nothing' } } }],
    }),
    'a variable of a resource that is none': container({
      env: [{ name: 'a', valueFrom: { resourceFieldRef: { resource: 'limits.luck' } } }],
    }),
    'variables from nowhere': container({ envFrom: [{}] }),
    'more requested than allowed': container({
      resources: { requests: { cpu: '2' }, limits: { cpu: '1' } },
    }),
    'a negative request': container({ resources: { requests: { memory: '-1' } } }),
    'a quantity that is none': container({ resources: { requests: { memory: 'much' } } }),
    'an unknown resource': container({ resources: { requests: { luck: '1' } } }),
    'a pull policy that is none': container({ imagePullPolicy: 'Sometimes' }),
    'a probe of nothing': container({ livenessProbe: {} }),
    'a probe of two': container({ livenessProbe: { httpGet: { port: 1 }, tcpSocket: { port: 1 } } }),
    'a probe with a negative time': container({
      livenessProbe: { tcpSocket: { port: 1 }, periodSeconds: -1 },
    }),
    'a probe that succeeds twice': container({
      livenessProbe: { tcpSocket: { port: 1 }, successThreshold: 2 },
    }),
    'a probe of a port that is none': container({ readinessProbe: { httpGet: { port: 0 } } }),
    'a probe of a port name that is none': container({ readinessProbe: { tcpSocket: { port: 'a_b' } } }),
    'a probe of a strange scheme': container({ readinessProbe: { httpGet: { port: 1, scheme: 'FTP' } } }),
    'a probe with a header that is none': container({
      readinessProbe: { httpGet: { port: 1, httpHeaders: [{ name: 'a b', value: '' }] } },
    }),
    'a mount of no volume': container({ volumeMounts: [{ name: 'none', mountPath: '/a' }] }),
    'a mount without a path': container({ volumeMounts: [{ name: 'none' }] }),
    'two mounts at one path': {
      spec: {
        containers: [
          {
            name: 'web',
            image: 'i',
            volumeMounts: [
              { name: 'v', mountPath: '/a' },
              { name: 'v', mountPath: '/a' },
            ],
          },
        ],
        volumes: [{ name: 'v', emptyDir: {} }],
      },
    },
    'a mount that climbs out': {
      spec: {
        containers: [
          { name: 'web', image: 'i', volumeMounts: [{ name: 'v', mountPath: '/a', subPath: '../b' }] },
        ],
        volumes: [{ name: 'v', emptyDir: {} }],
      },
    },
    'a termination message policy that is none': container({ terminationMessagePolicy: 'Loud' }),
    'a lifecycle hook of nothing': container({ lifecycle: { preStop: {} } }),
    'a restart policy of one container': container({ restartPolicy: 'Always' }),
    'a volume without a name': spec({ volumes: [{ emptyDir: {} }] }),
    'a volume of nothing': volume({}),
    'a volume of two': volume({ emptyDir: {}, configMap: { name: 'c' } }),
    'two volumes of one name': spec({
      volumes: [
        { name: 'v', emptyDir: {} },
        { name: 'v', emptyDir: {} },
      ],
    }),
    'a volume of a map without a name': volume({ configMap: {} }),
    'a volume of a secret without a name': volume({ secret: {} }),
    'a volume with a mode that is none': volume({ configMap: { name: 'c', defaultMode: 4096 } }),
    'a volume with a path that climbs out': volume({
      configMap: { name: 'c', items: [{ key: 'k', path: '../k' }] },
    }),
    'a volume with an absolute path': volume({ configMap: { name: 'c', items: [{ key: 'k', path: '/k' }] } }),
    'a volume of a field that is none': volume({
      downwardAPI: { items: [{ path: 'p', fieldRef: { fieldPath: 'spec.x' } }] },
    }),
    'a projected volume of nothing': volume({ projected: { sources: [{}] } }),
    'an empty folder of negative size': volume({ emptyDir: { sizeLimit: '-1' } }),
    'an empty folder of a strange medium': volume({ emptyDir: { medium: 'Tape' } }),
    'a restart policy that is none': spec({ restartPolicy: 'Sometimes' }),
    'a DNS policy that is none': spec({ dnsPolicy: 'Guess' }),
    'a negative grace': spec({ terminationGracePeriodSeconds: -1 }),
    'a deadline of zero': spec({ activeDeadlineSeconds: 0 }),
    'a host name that is none': spec({ hostname: 'A.b' }),
    'a node name that is none': spec({ nodeName: 'A_b' }),
    'a node selector that is none': spec({ nodeSelector: { 'a b': 'c' } }),
    'a toleration that is none': spec({ tolerations: [{ operator: 'Exists', value: 'v' }] }),
    'a toleration without a key': spec({ tolerations: [{ operator: 'Equal', value: 'v' }] }),
    'a toleration of a strange effect': spec({ tolerations: [{ key: 'a', effect: 'Flee' }] }),
    'a toleration that ends but does not evict': spec({
      tolerations: [{ key: 'a', effect: 'NoSchedule', tolerationSeconds: 1 }],
    }),
    'a node affinity of nothing': spec({
      affinity: {
        nodeAffinity: { requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms: [] } },
      },
    }),
    'a node affinity with a strange operator': spec({
      affinity: {
        nodeAffinity: {
          requiredDuringSchedulingIgnoredDuringExecution: {
            nodeSelectorTerms: [{ matchExpressions: [{ key: 'a', operator: 'Like', values: ['b'] }] }],
          },
        },
      },
    }),
    'a preference with a weight of zero': spec({
      affinity: {
        nodeAffinity: {
          preferredDuringSchedulingIgnoredDuringExecution: [
            { weight: 0, preference: { matchExpressions: [{ key: 'a', operator: 'Exists' }] } },
          ],
        },
      },
    }),
    'a pod affinity without a topology': spec({
      affinity: {
        podAffinity: { requiredDuringSchedulingIgnoredDuringExecution: [{ labelSelector: {} }] },
      },
    }),
    'a spread of nothing': spec({ topologySpreadConstraints: [{}] }),
    'a spread twice': spec({
      topologySpreadConstraints: [
        { maxSkew: 1, topologyKey: 'z', whenUnsatisfiable: 'DoNotSchedule' },
        { maxSkew: 2, topologyKey: 'z', whenUnsatisfiable: 'DoNotSchedule' },
      ],
    }),
    'a readiness gate that is none': spec({ readinessGates: [{ conditionType: 'a b' }] }),
    'a scheduling gate that is none': spec({ schedulingGates: [{ name: 'a b' }] }),
    'an account that is not there': spec({ serviceAccountName: 'none' }),
    'a runtime class that is not there': spec({ runtimeClassName: 'none' }),
    'a priority class that is not there': spec({ priorityClassName: 'none' }),
    'a preemption policy that is none': spec({ preemptionPolicy: 'Shove' }),
    'a pull secret without a name': spec({ imagePullSecrets: [{}] }),
    'a type that is wrong': container({ ports: [{ containerPort: 'eighty' }] }),
    'a list that is none': spec({ containers: { name: 'web' } }),
    'a user who is negative': spec({ securityContext: { runAsUser: -1 } }),
    'root that must not be': container({ securityContext: { runAsNonRoot: true, runAsUser: -5 } }),
    'init containers of one name': spec({
      initContainers: [{ name: 'web', image: 'i' }],
    }),
    'a probe of an init container': spec({
      initContainers: [{ name: 'first', image: 'i', readinessProbe: { tcpSocket: { port: 1 } } }],
    }),
    'a sidecar': spec({ initContainers: [{ name: 'side', image: 'i', restartPolicy: 'Always' }] }),
    'an init container with a strange policy': spec({
      initContainers: [{ name: 'side', image: 'i', restartPolicy: 'Never' }],
    }),
    'ephemeral containers at birth': spec({ ephemeralContainers: [{ name: 'e', image: 'i' }] }),
    'an overhead that nobody asked for': spec({ overhead: { cpu: '1' } }),
    'many wrong things': spec({
      restartPolicy: 'x',
      containers: [{ name: 'A', image: '', ports: [{ containerPort: 0 }], imagePullPolicy: 'y' }],
      volumes: [{ name: 'B' }],
    }),
  }),
};

/** What no home host grants: kith says no to it by the field's name, where Kubernetes says yes. */
export const podsNotGranted: Topic = {
  name: 'pods-not-granted',
  steps: variants('/api/v1/namespaces/pods-not-granted/pods', pod, {
    'the network of the host': spec({ hostNetwork: true }),
    'the processes of the host': spec({ hostPID: true }),
    'the channels of the host': spec({ hostIPC: true }),
    privileged: container({ securityContext: { privileged: true } }),
    'more rights than at first': container({ securityContext: { allowPrivilegeEscalation: true } }),
    'a capability': container({ securityContext: { capabilities: { add: ['NET_ADMIN'] } } }),
    'a port of the host': container({ ports: [{ containerPort: 80, hostPort: 80 }] }),
    'a folder of the host': volume({ hostPath: { path: '/etc' } }),
    'a seccomp profile': spec({ securityContext: { seccompProfile: { type: 'Unconfined' } } }),
    'names for the host file': spec({ hostAliases: [{ ip: '192.0.2.1', hostnames: ['a'] }] }),
    'a shared process space': spec({ shareProcessNamespace: true }),
    sysctls: spec({ securityContext: { sysctls: [{ name: 'net.core.somaxconn', value: '1' }] } }),
    'a token in a volume': volume({ projected: { sources: [{ serviceAccountToken: { path: 't' } }] } }),
    'an NFS volume': volume({ nfs: { server: 's', path: '/' } }),
  }),
};
