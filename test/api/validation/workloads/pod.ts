import type { SpoiltTable } from './spoilt.ts';

export const pods: SpoiltTable = {
  collection: '/api/v1/namespaces/default/pods',
  good: {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'web', namespace: 'default' },
    spec: { automountServiceAccountToken: false, containers: [{ name: 'web', image: 'hello:1' }] },
  },
  spoilt: [
    [{ spec: undefined }, 'spec.containers: Required value'],
    [{ 'spec.containers': [] }, 'spec.containers: Required value'],
    [{ 'spec.containers[0].name': undefined }, 'spec.containers[0].name: Required value'],
    [
      { 'spec.containers[0].name': 'A_b' },
      "spec.containers[0].name: Invalid value: \"A_b\": a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric character (e.g. 'my-name',  or '123-abc', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?')",
    ],
    [
      { 'spec.containers[0].name': 'a.b' },
      'spec.containers[0].name: Invalid value: "a.b": must not contain dots',
    ],
    [{ 'spec.containers[0].image': '' }, 'spec.containers[0].image: Required value'],
    [
      { 'spec.containers[0].image': ' x ' },
      'spec.containers[0].image: Invalid value: " x ": must not have leading or trailing whitespace',
    ],
    [
      {
        'spec.containers': [
          { name: 'a', image: 'x' },
          { name: 'a', image: 'x' },
        ],
      },
      'spec.containers[1].name: Duplicate value: "a"',
    ],
    [
      { 'spec.containers[0].imagePullPolicy': 'Sometimes' },
      'spec.containers[0].imagePullPolicy: Unsupported value: "Sometimes": supported values: "Always", "IfNotPresent", "Never"',
    ],
    [
      { 'spec.containers[0].terminationMessagePolicy': 'No' },
      'spec.containers[0].terminationMessagePolicy: Unsupported value: "No": supported values: "File", "FallbackToLogsOnError"',
    ],
    [
      { 'spec.containers[0].ports': [{ containerPort: 0 }] },
      'spec.containers[0].ports[0].containerPort: Required value',
    ],
    [
      { 'spec.containers[0].ports': [{ containerPort: 70000 }] },
      'spec.containers[0].ports[0].containerPort: Invalid value: 70000: must be between 1 and 65535, inclusive',
    ],
    [
      {
        'spec.containers[0].ports': [
          { containerPort: 80, name: 'A' },
          { containerPort: 81, name: 'web' },
          { containerPort: 82, name: 'web' },
        ],
      },
      'spec.containers[0].ports[0].name: Invalid value: "A": must contain only alpha-numeric characters (a-z, 0-9), and hyphens (-)',
      'spec.containers[0].ports[0].name: Invalid value: "A": must contain at least one letter (a-z)',
      'spec.containers[0].ports[2].name: Duplicate value: "web"',
    ],
    [
      { 'spec.containers[0].ports': [{ containerPort: 80, protocol: 'X' }] },
      'spec.containers[0].ports[0].protocol: Unsupported value: "X": supported values: "SCTP", "TCP", "UDP"',
    ],
    [{ 'spec.containers[0].env': [{ name: '' }] }, 'spec.containers[0].env[0].name: Required value'],
    [
      { 'spec.containers[0].env': [{ name: 'a=b', value: 'x' }] },
      'spec.containers[0].env[0].name: Invalid value: "a=b": a valid environment variable name must consist only of printable ASCII characters other than \'=\'',
    ],
    [
      { 'spec.containers[0].env': [{ name: 'A', valueFrom: {} }] },
      'spec.containers[0].env[0].valueFrom: Invalid value: "": must specify one of: `fieldRef`, `resourceFieldRef`, `configMapKeyRef` or `secretKeyRef`',
    ],
    [
      {
        'spec.containers[0].env': [
          { name: 'A', value: 'x', valueFrom: { fieldRef: { fieldPath: 'metadata.name' } } },
        ],
      },
      'spec.containers[0].env[0].valueFrom: Invalid value: "": may not be specified when `value` is not empty',
    ],
    [
      { 'spec.containers[0].env': [{ name: 'A', valueFrom: { fieldRef: { fieldPath: 'spec.foo' } } }] },
      'spec.containers[0].env[0].valueFrom.fieldRef.fieldPath: Invalid value: "spec.foo": error converting fieldPath: field label not supported: spec.foo',
    ],
    [
      { 'spec.containers[0].env': [{ name: 'A', valueFrom: { fieldRef: { fieldPath: '' } } }] },
      'spec.containers[0].env[0].valueFrom.fieldRef.fieldPath: Required value',
    ],
    [
      {
        'spec.containers[0].env': [
          { name: 'A', valueFrom: { resourceFieldRef: { resource: 'limits.foo' } } },
        ],
      },
      'spec.containers[0].env[0].valueFrom.resourceFieldRef.resource: Unsupported value: "limits.foo": supported values: "limits.cpu", "limits.ephemeral-storage", "limits.memory", "requests.cpu", "requests.ephemeral-storage", "requests.memory"',
    ],
    [
      { 'spec.containers[0].env': [{ name: 'A', valueFrom: { configMapKeyRef: { name: '', key: '' } } }] },
      "spec.containers[0].env[0].valueFrom.configMapKeyRef.name: Invalid value: \"\": a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')",
      'spec.containers[0].env[0].valueFrom.configMapKeyRef.key: Required value',
    ],
    [
      { 'spec.containers[0].env': [{ name: 'A', valueFrom: { secretKeyRef: { name: 'a', key: '..' } } }] },
      'spec.containers[0].env[0].valueFrom.secretKeyRef.key: Invalid value: "..": must not be \'..\'',
    ],
    [
      { 'spec.containers[0].envFrom': [{}] },
      'spec.containers[0].envFrom: Invalid value: "": must specify one of: `configMapRef` or `secretRef`',
    ],
    [
      { 'spec.containers[0].envFrom': [{ configMapRef: { name: '' } }] },
      'spec.containers[0].envFrom[0].configMapRef.name: Required value',
    ],
    [
      { 'spec.containers[0].envFrom': [{ prefix: 'a=', secretRef: { name: 'a' } }] },
      'spec.containers[0].envFrom[0].prefix: Invalid value: "a=": a valid environment variable name must consist only of printable ASCII characters other than \'=\'',
    ],
    [
      { 'spec.containers[0].envFrom': [{ configMapRef: { name: 'a' }, secretRef: { name: 'a' } }] },
      'spec.containers[0].envFrom: Invalid value: "": may not have more than one field specified at a time',
    ],
    [
      { 'spec.containers[0].volumeMounts': [{ name: 'x', mountPath: '/x' }] },
      'spec.containers[0].volumeMounts[0].name: Not found: "x"',
    ],
    [
      { 'spec.containers[0].volumeMounts': [{ name: '', mountPath: '' }] },
      'spec.containers[0].volumeMounts[0].name: Required value',
      'spec.containers[0].volumeMounts[0].name: Not found: ""',
      'spec.containers[0].volumeMounts[0].mountPath: Required value',
    ],
    [
      {
        'spec.volumes': [{ name: 'v' }],
        'spec.containers[0].volumeMounts': [
          { name: 'v', mountPath: '/x' },
          { name: 'v', mountPath: '/x', subPath: '../a' },
        ],
      },
      'spec.containers[0].volumeMounts[1].mountPath: Invalid value: "/x": must be unique',
      'spec.containers[0].volumeMounts.subPath: Invalid value: "../a": must not contain \'..\'',
    ],
    [
      {
        'spec.volumes': [{ name: 'v' }],
        'spec.containers[0].volumeMounts': [{ name: 'v', mountPath: '/x', subPath: '/a', subPathExpr: 'b' }],
      },
      'spec.containers[0].volumeMounts.subPath: Invalid value: "/a": must be a relative path',
      'spec.containers[0].volumeMounts[0].subPathExpr: Invalid value: "b": subPathExpr and subPath are mutually exclusive',
    ],
    [{ 'spec.volumes': [{ name: 'v' }, { name: 'v' }] }, 'spec.volumes[1].name: Duplicate value: "v"'],
    [
      { 'spec.volumes': [{ name: 'A' }] },
      "spec.volumes[0].name: Invalid value: \"A\": a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric character (e.g. 'my-name',  or '123-abc', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?')",
    ],
    [
      { 'spec.volumes': [{ name: 'v', emptyDir: {}, configMap: { name: 'a' } }] },
      'spec.volumes[0].configMap: Forbidden: may not specify more than 1 volume type',
    ],
    [{ 'spec.volumes': [{ name: 'v', configMap: {} }] }, 'spec.volumes[0].configMap.name: Required value'],
    [{ 'spec.volumes': [{ name: 'v', secret: {} }] }, 'spec.volumes[0].secret.secretName: Required value'],
    [
      { 'spec.volumes': [{ name: 'v', configMap: { name: 'a', defaultMode: 1000 } }] },
      'spec.volumes[0].configMap.defaultMode: Invalid value: 1000: must be a number between 0 and 0777 (octal), both inclusive',
    ],
    [
      { 'spec.volumes': [{ name: 'v', configMap: { name: 'a', items: [{ key: '', path: '' }] } }] },
      'spec.volumes[0].configMap.items[0].key: Required value',
      'spec.volumes[0].configMap.items[0].path: Required value',
    ],
    [
      { 'spec.volumes': [{ name: 'v', configMap: { name: 'a', items: [{ key: 'a', path: '/x' }] } }] },
      'spec.volumes[0].configMap.items[0].path: Invalid value: "/x": must be a relative path',
    ],
    [
      { 'spec.volumes': [{ name: 'v', downwardAPI: { items: [{ path: 'a' }] } }] },
      'spec.volumes[0].downwardAPI: Required value: one of fieldRef and resourceFieldRef is required',
    ],
    [
      {
        'spec.volumes': [
          { name: 'v', downwardAPI: { items: [{ path: 'a', fieldRef: { fieldPath: 'spec.x' } }] } },
        ],
      },
      'spec.volumes[0].downwardAPI.fieldRef.fieldPath: Invalid value: "spec.x": error converting fieldPath: field label not supported: spec.x',
    ],
    [{ 'spec.volumes': [{ name: 'v', projected: { sources: [{}] } }] }],
    [
      { 'spec.volumes': [{ name: 'v', projected: { sources: [{ configMap: {} }] } }] },
      'spec.volumes[0].projected.sources[0].configMap.name: Required value',
    ],
    [
      {
        'spec.volumes': [
          { name: 'v', projected: { sources: [{ configMap: { name: 'a' }, secret: { name: 'a' } }] } },
        ],
      },
      'spec.volumes[0].projected.sources[0]: Forbidden: may not specify more than 1 volume type per source',
    ],
    [
      { 'spec.volumes': [{ name: 'v', emptyDir: { sizeLimit: '-1' } }] },
      'spec.volumes[0].emptyDir.sizeLimit: Forbidden: SizeLimit field must be a valid resource quantity',
    ],
    [
      { 'spec.containers[0].livenessProbe': {} },
      'spec.containers[0].livenessProbe: Required value: must specify a handler type',
    ],
    [
      { 'spec.containers[0].livenessProbe': { exec: {} } },
      'spec.containers[0].livenessProbe.exec.command: Required value',
    ],
    [
      { 'spec.containers[0].livenessProbe': { httpGet: { port: 0 } } },
      'spec.containers[0].livenessProbe.httpGet.port: Invalid value: 0: must be between 1 and 65535, inclusive',
    ],
    [
      { 'spec.containers[0].livenessProbe': { httpGet: { port: 'Http' }, tcpSocket: { port: 1 } } },
      'spec.containers[0].livenessProbe.httpGet.port: Invalid value: "Http": must contain only alpha-numeric characters (a-z, 0-9), and hyphens (-)',
      'spec.containers[0].livenessProbe.tcpSocket: Forbidden: may not specify more than 1 handler type',
    ],
    [
      { 'spec.containers[0].livenessProbe': { httpGet: { port: 80, scheme: 'FTP' } } },
      'spec.containers[0].livenessProbe.httpGet.scheme: Unsupported value: "FTP": supported values: "HTTP", "HTTPS"',
    ],
    [
      { 'spec.containers[0].livenessProbe': { tcpSocket: { port: 80 }, successThreshold: 2 } },
      'spec.containers[0].livenessProbe.successThreshold: Invalid value: 2: must be 1',
    ],
    [
      {
        'spec.containers[0].livenessProbe': {
          tcpSocket: { port: 80 },
          initialDelaySeconds: -1,
          timeoutSeconds: -1,
          periodSeconds: -1,
          failureThreshold: -1,
        },
      },
      'spec.containers[0].livenessProbe.initialDelaySeconds: Invalid value: -1: must be greater than or equal to 0',
      'spec.containers[0].livenessProbe.timeoutSeconds: Invalid value: -1: must be greater than or equal to 0',
      'spec.containers[0].livenessProbe.periodSeconds: Invalid value: -1: must be greater than or equal to 0',
      'spec.containers[0].livenessProbe.failureThreshold: Invalid value: -1: must be greater than or equal to 0',
    ],
    [
      { 'spec.containers[0].readinessProbe': { tcpSocket: { port: 80 }, terminationGracePeriodSeconds: 3 } },
      'spec.containers[0].readinessProbe.terminationGracePeriodSeconds: Invalid value: 3: must not be set for readinessProbes',
    ],
    [
      { 'spec.containers[0].livenessProbe': { tcpSocket: { port: 80 }, terminationGracePeriodSeconds: 0 } },
      'spec.containers[0].livenessProbe.terminationGracePeriodSeconds: Invalid value: 0: must be greater than 0',
    ],
    [
      { 'spec.containers[0].livenessProbe': { grpc: { port: 0 } } },
      'spec.containers[0].livenessProbe.grpc.port: Invalid value: 0: must be between 1 and 65535, inclusive',
    ],
    [
      { 'spec.containers[0].lifecycle': { preStop: {} } },
      'spec.containers[0].lifecycle.preStop: Required value: must specify a handler type',
    ],
    [
      { 'spec.containers[0].lifecycle': { preStop: { sleep: { seconds: -1 } } } },
      'spec.containers[0].lifecycle.preStop.sleep: Invalid value: -1: must be non-negative and less than terminationGracePeriodSeconds (30)',
    ],
    [{ 'spec.containers[0].lifecycle': { postStart: { httpGet: { port: 80, path: 'x' } } } }],
    [
      { 'spec.containers[0].resources': { requests: { cpu: '2' }, limits: { cpu: '1' } } },
      'spec.containers[0].resources.requests: Invalid value: "2": must be less than or equal to cpu limit of 1',
    ],
    [
      { 'spec.containers[0].resources': { requests: { foo: '1' } } },
      'spec.containers[0].resources.requests[foo]: Invalid value: foo: must be a standard resource type or fully qualified',
      'spec.containers[0].resources.requests[foo]: Invalid value: foo: must be a standard resource for containers',
    ],
    [
      { 'spec.containers[0].resources': { requests: { cpu: '-1' } } },
      'spec.containers[0].resources.requests[cpu]: Invalid value: "-1": must be greater than or equal to 0',
    ],
    [
      { 'spec.containers[0].resources': { requests: { 'a.b/c': '1' } } },
      'spec.containers[0].resources.limits: Required value: Limit must be set for non overcommitable resources',
    ],
    [
      { 'spec.containers[0].resources': { requests: { 'a.b/c': '1' }, limits: { 'a.b/c': '2' } } },
      'spec.containers[0].resources.requests: Invalid value: "1": must be equal to a.b/c limit of 2',
    ],
    [
      { 'spec.containers[0].resources': { limits: { 'a.b/c': '1500m' } } },
      'spec.containers[0].resources.limits[a.b/c]: Invalid value: resource.Quantity{i:resource.int64Amount{value:1500, scale:-3}, d:resource.infDecAmount{Dec:(*inf.Dec)(nil)}, s:"1500m", Format:"DecimalSI"}: must be an integer',
      'spec.containers[0].resources.requests[a.b/c]: Invalid value: resource.Quantity{i:resource.int64Amount{value:1500, scale:-3}, d:resource.infDecAmount{Dec:(*inf.Dec)(nil)}, s:"1500m", Format:"DecimalSI"}: must be an integer',
    ],
    [
      { 'spec.containers[0].resources': { limits: { 'hugepages-2Mi': '2Mi' } } },
      'spec.containers[0].resources: Forbidden: HugePages require cpu or memory',
    ],
    [
      { 'spec.containers[0].restartPolicy': 'Always' },
      'spec.containers[0].restartPolicy: Forbidden: may not be set for non-init containers',
    ],
    [
      { 'spec.initContainers': [{ name: 'i', image: 'x', restartPolicy: 'Never' }] },
      'spec.initContainers[0].restartPolicy: Unsupported value: "Never": supported values: "Always"',
    ],
    [
      { 'spec.initContainers': [{ name: 'i', image: 'x', livenessProbe: { tcpSocket: { port: 1 } } }] },
      'spec.initContainers[0].livenessProbe: Forbidden: may not be set for init containers without restartPolicy=Always',
    ],
    [
      { 'spec.initContainers': [{ name: 'web', image: 'x' }] },
      'spec.initContainers[0].name: Duplicate value: "web"',
    ],
    [
      {
        'spec.initContainers': [{ name: 'i', image: 'x', lifecycle: { preStop: { sleep: { seconds: 1 } } } }],
      },
      'spec.initContainers[0].lifecycle: Forbidden: may not be set for init containers without restartPolicy=Always',
    ],
    [
      { 'spec.restartPolicy': 'Sometimes' },
      'spec.restartPolicy: Unsupported value: "Sometimes": supported values: "Always", "OnFailure", "Never"',
    ],
    [
      { 'spec.dnsPolicy': 'Sometimes' },
      'spec.dnsPolicy: Unsupported value: "Sometimes": supported values: "ClusterFirstWithHostNet", "ClusterFirst", "Default", "None"',
    ],
    [{ 'spec.terminationGracePeriodSeconds': -1 }],
    [
      { 'spec.activeDeadlineSeconds': 0 },
      'spec.activeDeadlineSeconds: Invalid value: 0: must be between 1 and 2147483647, inclusive',
    ],
    [
      { 'spec.nodeSelector': { '-a': 'b', c: '-' } },
      "spec.nodeSelector: Invalid value: \"-a\": name part must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')",
      "spec.nodeSelector: Invalid value: \"-\": a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyValue',  or 'my_value',  or '12345', regex used for validation is '(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?')",
    ],
    [
      { 'spec.nodeName': 'A_b' },
      "spec.nodeName: Invalid value: \"A_b\": a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')",
    ],
    [{ 'spec.hostname': 'a.b' }, 'spec.hostname: Invalid value: "a.b": must not contain dots'],
    [
      { 'spec.subdomain': 'A' },
      "spec.subdomain: Invalid value: \"A\": a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric character (e.g. 'my-name',  or '123-abc', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?')",
    ],
    [{ 'spec.imagePullSecrets': [{}] }],
    [
      { 'spec.tolerations': [{}] },
      'spec.tolerations[0].operator: Invalid value: "": operator must be Exists when `key` is empty, which means "match all values and all keys"',
    ],
    [
      { 'spec.tolerations': [{ key: '-a' }] },
      "spec.tolerations[0].key: Invalid value: \"-a\": name part must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')",
    ],
    [
      { 'spec.tolerations': [{ key: 'a', operator: 'Exists', value: 'b' }] },
      'spec.tolerations[0].operator: Invalid value: "b": value must be empty when `operator` is \'Exists\'',
    ],
    [
      { 'spec.tolerations': [{ key: 'a', operator: 'Is' }] },
      'spec.tolerations[0].operator: Unsupported value: "Is": supported values: "Equal", "Exists"',
    ],
    [
      { 'spec.tolerations': [{ key: 'a', effect: 'X' }] },
      'spec.tolerations[0].effect: Unsupported value: "X": supported values: "NoSchedule", "PreferNoSchedule", "NoExecute"',
    ],
    [
      { 'spec.tolerations': [{ key: 'a', tolerationSeconds: 3 }] },
      'spec.tolerations[0].effect: Invalid value: "": effect must be \'NoExecute\' when `tolerationSeconds` is set',
    ],
    [
      { 'spec.tolerations': [{ key: 'a', value: '-' }] },
      "spec.tolerations[0].operator: Invalid value: \"-\": a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyValue',  or 'my_value',  or '12345', regex used for validation is '(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?')",
    ],
    [
      { 'spec.topologySpreadConstraints': [{}] },
      'spec.topologySpreadConstraints[0].maxSkew: Invalid value: 0: must be greater than zero',
      'spec.topologySpreadConstraints[0].topologyKey: Required value: can not be empty',
      'spec.topologySpreadConstraints[0].whenUnsatisfiable: Unsupported value: "": supported values: "DoNotSchedule", "ScheduleAnyway"',
    ],
    [
      { 'spec.topologySpreadConstraints': [{ maxSkew: 1, topologyKey: 'a', whenUnsatisfiable: 'X' }] },
      'spec.topologySpreadConstraints[0].whenUnsatisfiable: Unsupported value: "X": supported values: "DoNotSchedule", "ScheduleAnyway"',
    ],
    [
      {
        'spec.topologySpreadConstraints': [
          {
            maxSkew: 1,
            topologyKey: 'a',
            whenUnsatisfiable: 'DoNotSchedule',
            labelSelector: { matchExpressions: [{ key: 'a', operator: 'Is' }] },
          },
        ],
      },
      'spec.topologySpreadConstraints[0].labelSelector.matchExpressions[0].operator: Invalid value: "Is": not a valid selector operator',
    ],
    [
      {
        'spec.topologySpreadConstraints': [
          { maxSkew: 1, topologyKey: 'a', whenUnsatisfiable: 'DoNotSchedule' },
          { maxSkew: 2, topologyKey: 'a', whenUnsatisfiable: 'DoNotSchedule' },
        ],
      },
      'spec.topologySpreadConstraints[0].{topologyKey, whenUnsatisfiable}: Duplicate value: "{a, DoNotSchedule}"',
    ],
    [
      {
        'spec.topologySpreadConstraints': [
          { maxSkew: 1, topologyKey: 'a', whenUnsatisfiable: 'ScheduleAnyway', minDomains: 2 },
        ],
      },
      'spec.topologySpreadConstraints[0].minDomains: Invalid value: 2: can only use minDomains if whenUnsatisfiable=DoNotSchedule, not ScheduleAnyway',
    ],
    [
      { 'spec.readinessGates': [{ conditionType: 'a b' }] },
      "spec.readinessGates[0].conditionType: Invalid value: \"a b\": name part must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')",
    ],
    [
      { 'spec.schedulingGates': [{ name: 'a' }, { name: 'a' }, { name: '-' }] },
      'spec.schedulingGates[1]: Duplicate value: "a"',
      "spec.schedulingGates[2]: Invalid value: \"-\": name part must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')",
    ],
    [
      { 'spec.schedulingGates': [{ name: 'a' }], 'spec.nodeName': 'n' },
      'spec.nodeName: Forbidden: cannot be set until all schedulingGates have been cleared',
    ],
    [
      { 'spec.ephemeralContainers': [{ name: 'd', image: 'x' }] },
      'spec.ephemeralContainers: Forbidden: cannot be set on create',
    ],
    [
      { 'spec.affinity': { nodeAffinity: { requiredDuringSchedulingIgnoredDuringExecution: {} } } },
      'spec.affinity.nodeAffinity.requiredDuringSchedulingIgnoredDuringExecution.nodeSelectorTerms: Required value: must have at least one node selector term',
    ],
    [
      {
        'spec.affinity': {
          nodeAffinity: {
            requiredDuringSchedulingIgnoredDuringExecution: {
              nodeSelectorTerms: [
                {
                  matchExpressions: [
                    { key: 'a', operator: 'Is' },
                    { key: 'a', operator: 'In' },
                    { key: 'a', operator: 'Exists', values: ['x'] },
                    { key: 'a', operator: 'Gt', values: ['x', 'y'] },
                  ],
                },
              ],
            },
          },
        },
      },
      'spec.affinity.nodeAffinity.requiredDuringSchedulingIgnoredDuringExecution.nodeSelectorTerms[0].matchExpressions[0].operator: Invalid value: "Is": not a valid selector operator',
      "spec.affinity.nodeAffinity.requiredDuringSchedulingIgnoredDuringExecution.nodeSelectorTerms[0].matchExpressions[1].values: Required value: must be specified when `operator` is 'In' or 'NotIn'",
      "spec.affinity.nodeAffinity.requiredDuringSchedulingIgnoredDuringExecution.nodeSelectorTerms[0].matchExpressions[2].values: Forbidden: may not be specified when `operator` is 'Exists' or 'DoesNotExist'",
      "spec.affinity.nodeAffinity.requiredDuringSchedulingIgnoredDuringExecution.nodeSelectorTerms[0].matchExpressions[3].values: Required value: must be specified single value when `operator` is 'Lt' or 'Gt'",
    ],
    [
      {
        'spec.affinity': {
          nodeAffinity: { preferredDuringSchedulingIgnoredDuringExecution: [{ weight: 0, preference: {} }] },
        },
      },
      'spec.affinity.nodeAffinity.preferredDuringSchedulingIgnoredDuringExecution[0].weight: Invalid value: 0: must be in the range 1-100',
    ],
    [
      {
        'spec.affinity': {
          nodeAffinity: {
            requiredDuringSchedulingIgnoredDuringExecution: {
              nodeSelectorTerms: [
                { matchFields: [{ key: 'metadata.namespace', operator: 'In', values: ['x'] }] },
              ],
            },
          },
        },
      },
      'spec.affinity.nodeAffinity.requiredDuringSchedulingIgnoredDuringExecution.nodeSelectorTerms[0].matchFields[0].key: Invalid value: "metadata.namespace": not a valid field selector key',
    ],
    [
      { 'spec.affinity': { podAffinity: { requiredDuringSchedulingIgnoredDuringExecution: [{}] } } },
      'spec.affinity.podAffinity.requiredDuringSchedulingIgnoredDuringExecution[0].topologyKey: Required value: can not be empty',
      'spec.affinity.podAffinity.requiredDuringSchedulingIgnoredDuringExecution[0].topologyKey: Invalid value: "": name part must be non-empty',
      "spec.affinity.podAffinity.requiredDuringSchedulingIgnoredDuringExecution[0].topologyKey: Invalid value: \"\": name part must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')",
    ],
    [
      {
        'spec.affinity': {
          podAntiAffinity: {
            preferredDuringSchedulingIgnoredDuringExecution: [
              {
                weight: 101,
                podAffinityTerm: {
                  topologyKey: 'a',
                  labelSelector: { matchLabels: { a: '-' } },
                  namespaces: ['A'],
                },
              },
            ],
          },
        },
      },
      'spec.affinity.podAntiAffinity.preferredDuringSchedulingIgnoredDuringExecution[0].weight: Invalid value: 101: must be in the range 1-100',
      "spec.affinity.podAntiAffinity.preferredDuringSchedulingIgnoredDuringExecution[0].podAffinityTerm.labelSelector.matchLabels: Invalid value: \"-\": a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyValue',  or 'my_value',  or '12345', regex used for validation is '(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?')",
      "spec.affinity.podAntiAffinity.preferredDuringSchedulingIgnoredDuringExecution[0].podAffinityTerm.namespace: Invalid value: \"A\": a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric character (e.g. 'my-name',  or '123-abc', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?')",
    ],
    [
      { 'spec.containers[0].securityContext': { runAsUser: -1 } },
      'spec.containers[0].securityContext.runAsUser: Invalid value: -1: must be between 0 and 2147483647, inclusive',
    ],
    [
      {
        'spec.securityContext': {
          runAsNonRoot: true,
          runAsUser: -1,
          fsGroup: -1,
          supplementalGroups: [-1],
          fsGroupChangePolicy: 'X',
        },
      },
      'spec.securityContext.fsGroup: Invalid value: -1: must be between 0 and 2147483647, inclusive',
      'spec.securityContext.runAsUser: Invalid value: -1: must be between 0 and 2147483647, inclusive',
      'spec.securityContext.supplementalGroups[0]: Invalid value: -1: must be between 0 and 2147483647, inclusive',
      'spec.securityContext.fsGroupChangePolicy: Unsupported value: "X": supported values: "Always", "OnRootMismatch"',
    ],
    [
      { 'spec.containers[0].resizePolicy': [{ resourceName: 'gpu', restartPolicy: 'NotRequired' }] },
      'spec.containers[0].resizePolicy: Unsupported value: gpu: supported values: "cpu", "memory"',
    ],
    [
      { 'spec.containers[0].resizePolicy': [{ resourceName: 'cpu', restartPolicy: 'X' }] },
      'spec.containers[0].resizePolicy: Unsupported value: "X": supported values: "NotRequired", "RestartContainer"',
    ],
    [
      { 'metadata.name': 'A' },
      "metadata.name: Invalid value: \"A\": a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')",
    ],
    [{ 'metadata.name': undefined }, 'metadata.name: Required value: name or generateName is required'],
    [
      { 'metadata.labels': { '-a': 'b' } },
      "metadata.labels: Invalid value: \"-a\": name part must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')",
    ],
    [
      { 'metadata.labels': { a: '-' } },
      "metadata.labels: Invalid value: \"-\": a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyValue',  or 'my_value',  or '12345', regex used for validation is '(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?')",
    ],
    [
      { 'metadata.annotations': { 'a b': 'c' } },
      "metadata.annotations: Invalid value: \"a b\": name part must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')",
    ],
    [
      { 'metadata.annotations': { 'controller.kubernetes.io/pod-deletion-cost': '+1' } },
      'metadata.annotations[controller.kubernetes.io/pod-deletion-cost]: Invalid value: "+1": must be a 32bit integer',
    ],
    [
      { 'metadata.finalizers': ['x'] },
      'metadata.finalizers[0]: Invalid value: "x": name is neither a standard finalizer name nor is it fully qualified',
    ],
    [
      { 'metadata.finalizers': ['a.b/c d'] },
      "metadata.finalizers: Invalid value: \"a.b/c d\": name part must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')",
    ],
    [
      { 'metadata.ownerReferences': [{}] },
      'metadata.ownerReferences.apiVersion: Invalid value: "": version must not be empty',
      'metadata.ownerReferences.kind: Invalid value: "": kind must not be empty',
      'metadata.ownerReferences.name: Invalid value: "": name must not be empty',
      'metadata.ownerReferences.uid: Invalid value: "": uid must not be empty',
    ],
    [
      {
        'metadata.ownerReferences': [
          { apiVersion: 'v1', kind: 'Pod', name: 'a', uid: 'b', controller: true },
          { apiVersion: 'v1', kind: 'Pod', name: 'c', uid: 'd', controller: true },
        ],
      },
      'metadata.ownerReferences: Invalid value: []v1.OwnerReference{…}: Only one reference can have Controller set to true. Found "true" in references for Pod/a and Pod/c',
    ],
  ],
  changes: [
    [{ 'spec.containers[0].image': 'hello:2' }],
    [{ 'spec.containers[0].image': '' }, 'spec.containers[0].image: Required value'],
    [{ 'spec.activeDeadlineSeconds': 5 }],
    [
      { 'spec.activeDeadlineSeconds': -1 },
      'spec.activeDeadlineSeconds: Invalid value: -1: must be between 1 and 2147483647, inclusive',
      'spec.activeDeadlineSeconds: Invalid value: -1: must be between 0 and 2147483647, inclusive',
    ],
    [{ 'metadata.labels': { a: 'b' } }],
    [
      { 'spec.containers': [] },
      'spec.containers: Required value',
      'spec.containers: Forbidden: pod updates may not add or remove containers',
    ],
    [
      {
        'spec.containers': [
          { name: 'web', image: 'hello:1' },
          { name: 'b', image: 'x' },
        ],
      },
      'spec.containers: Forbidden: pod updates may not add or remove containers',
    ],
    [
      { 'spec.initContainers': [{ name: 'b', image: 'x' }] },
      'spec.initContainers: Forbidden: pod updates may not add or remove containers',
    ],
    [
      { 'spec.schedulingGates': [{ name: 'a' }] },
      "spec.schedulingGates[0].name: Forbidden: only deletion is allowed, but found new scheduling gate 'a'",
    ],
    [
      { 'spec.hostname': 'x', 'spec.restartPolicy': 'Never' },
      'spec: Forbidden: pod updates may not change fields other than `spec.containers[*].image`,`spec.initContainers[*].image`,`spec.activeDeadlineSeconds`,`spec.tolerations` (only additions to existing tolerations),`spec.terminationGracePeriodSeconds` (allow it to be set to 1 if it was previously negative)',
    ],
  ],
  statuses: [
    [{ 'status.phase': 'Running' }],
    [{ 'status.qosClass': 'Guaranteed' }, 'status.qosClass: Invalid value: "Guaranteed": field is immutable'],
    [
      { 'status.conditions': [{ type: 'a b', status: 'True' }] },
      "status.conditions[0].Type: Invalid value: \"a b\": name part must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')",
    ],
    [
      { 'status.nominatedNodeName': 'A_b' },
      "status.nominatedNodeName: Invalid value: \"A_b\": a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')",
    ],
    [
      { 'status.podIP': 'x', 'status.podIPs': [{ ip: 'x' }] },
      'status.podIPs[0]: Invalid value: "x": must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)',
    ],
  ],
};
