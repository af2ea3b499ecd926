import type { Spoilt } from '../spoil.ts';

export const networking: Spoilt[] = [
  {
    object: {
      apiVersion: 'networking.k8s.io/v1',
      kind: 'Ingress',
      metadata: { name: 'web', namespace: 'default' },
      spec: {
        rules: [
          {
            host: 'a.example',
            http: {
              paths: [
                {
                  path: '/',
                  pathType: 'Prefix',
                  backend: { service: { name: 'web', port: { number: 80 } } },
                },
              ],
            },
          },
        ],
        tls: [{ hosts: ['a.example'], secretName: 'web' }],
      },
    },
    wrong: [
      [
        'spec',
        {},
        'spec: Invalid value: []networking.IngressRule(nil): either `defaultBackend` or `rules` must be specified',
      ],
      [
        'spec.ingressClassName',
        'Nginx',
        "spec.ingressClassName: Invalid value: \"Nginx\": a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')",
      ],
      [
        'spec.rules[0].host',
        '10.0.0.1',
        'spec.rules[0].host: Invalid value: "10.0.0.1": must be a DNS name, not an IP address',
      ],
      [
        'spec.rules[0].host',
        'A.example',
        "spec.rules[0].host: Invalid value: \"A.example\": a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')",
      ],
      [
        'spec.rules[0].host',
        '*.*.example',
        "spec.rules[0].host: Invalid value: \"*.*.example\": a wildcard DNS-1123 subdomain must start with '*.', followed by a valid DNS subdomain, which must consist of lower case alphanumeric characters, '-' or '.' and end with an alphanumeric character (e.g. '*.example.com', regex used for validation is '\\*\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')",
      ],
      ['spec.rules[0].http', {}, 'spec.rules[0].http.paths: Required value'],
      [
        'spec.rules[0].http.paths[0].pathType',
        undefined,
        'spec.rules[0].http.paths[0].pathType: Required value: pathType must be specified',
      ],
      [
        'spec.rules[0].http.paths[0].pathType',
        'Regex',
        'spec.rules[0].http.paths[0].pathType: Unsupported value: "Regex": supported values: "Exact", "ImplementationSpecific", "Prefix"',
      ],
      [
        'spec.rules[0].http.paths[0].path',
        'a',
        'spec.rules[0].http.paths[0].path: Invalid value: "a": must be an absolute path',
      ],
      [
        'spec.rules[0].http.paths[0].path',
        '/a//b',
        'spec.rules[0].http.paths[0].path: Invalid value: "/a//b": must not contain \'//\'',
      ],
      [
        'spec.rules[0].http.paths[0].path',
        '/a/..',
        'spec.rules[0].http.paths[0].path: Invalid value: "/a/..": cannot end with \'/..\'',
      ],
      [
        'spec.rules[0].http.paths[0].backend',
        {},
        'spec.rules[0].http.paths[0].backend: Invalid value: "": resource or service backend is required',
      ],
      [
        'spec.rules[0].http.paths[0].backend.service.name',
        '1web',
        "spec.rules[0].http.paths[0].backend.service.name: Invalid value: \"1web\": a DNS-1035 label must consist of lower case alphanumeric characters or '-', start with an alphabetic character, and end with an alphanumeric character (e.g. 'my-name',  or 'abc-123', regex used for validation is '[a-z]([-a-z0-9]*[a-z0-9])?')",
      ],
      [
        'spec.rules[0].http.paths[0].backend.service.name',
        '',
        'spec.rules[0].http.paths[0].backend.service.name: Required value',
      ],
      [
        'spec.rules[0].http.paths[0].backend.service.port',
        {},
        'spec.rules[0].http.paths[0].backend: Required value: port name or number is required',
      ],
      [
        'spec.rules[0].http.paths[0].backend.service.port',
        { number: 80, name: 'http' },
        'spec.rules[0].http.paths[0].backend: Invalid value: "": cannot set both port name & port number',
      ],
      [
        'spec.rules[0].http.paths[0].backend.service.port',
        { number: 70000 },
        'spec.rules[0].http.paths[0].backend.service.port.number: Invalid value: 70000: must be between 1 and 65535, inclusive',
      ],
      [
        'spec.rules[0].http.paths[0].backend.service.port',
        { name: 'HTTP' },
        'spec.rules[0].http.paths[0].backend.service.port.name: Invalid value: "HTTP": must contain only alpha-numeric characters (a-z, 0-9), and hyphens (-)',
        'spec.rules[0].http.paths[0].backend.service.port.name: Invalid value: "HTTP": must contain at least one letter (a-z)',
      ],
      [
        'spec.rules[0].http.paths[0].backend.resource',
        { kind: 'B', name: 'b' },
        'spec.rules[0].http.paths[0].backend: Invalid value: "": cannot set both resource and service backends',
      ],
      [
        'spec.defaultBackend',
        { resource: { kind: '', name: 'a/b', apiGroup: 'A' } },
        "spec.defaultBackend.resource.apiGroup: Invalid value: \"A\": a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')",
        'spec.defaultBackend.resource.kind: Required value: kind is required',
        'spec.defaultBackend.resource.name: Invalid value: "a/b": may not contain \'/\'',
      ],
      [
        'spec.tls[0].hosts[0]',
        'a..b',
        "spec.tls[0].hosts[0]: Invalid value: \"a..b\": a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')",
      ],
      [
        'spec.tls[0].secretName',
        'A',
        "spec.tls[0].secretName: Invalid value: \"A\": a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')",
      ],
      [
        'metadata.name',
        'A',
        "metadata.name: Invalid value: \"A\": a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')",
      ],
    ],
    rightUpdates: [['spec.ingressClassName', 'nginx']],
  },
  {
    object: {
      apiVersion: 'networking.k8s.io/v1',
      kind: 'IngressClass',
      metadata: { name: 'web' },
      spec: { controller: 'example.com/web', parameters: { kind: 'P', name: 'p', scope: 'Cluster' } },
    },
    wrong: [
      ['spec.controller', '', 'spec.controller: Required value'],
      [
        'spec.controller',
        'web',
        'spec.controller: Invalid value: "web": must be a domain-prefixed path (such as "acme.io/foo")',
      ],
      [
        'spec.controller',
        'A.b/c',
        "spec.controller: Invalid value: \"A.b\": a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')",
      ],
      [
        'spec.controller',
        'example.com/a b',
        "spec.controller: Invalid value: \"a b\": Invalid path (regex used for validation is '[A-Za-z0-9/\\-._~%!$&'()*+,;=:]+')",
      ],
      ['spec.parameters.kind', '', 'spec.parameters.kind: Required value: kind is required'],
      ['spec.parameters.name', 'a/b', 'spec.parameters.name: Invalid value: "a/b": may not contain \'/\''],
      [
        'spec.parameters.scope',
        'World',
        'spec.parameters.scope: Unsupported value: "World": supported values: "Cluster", "Namespace"',
      ],
      [
        'spec.parameters.namespace',
        'a',
        "spec.parameters.namespace: Forbidden: `parameters.scope` is set to 'Cluster'",
      ],
      [
        'spec.parameters.scope',
        'Namespace',
        "spec.parameters.namespace: Required value: `parameters.scope` is set to 'Namespace'",
      ],
    ],
    wrongUpdates: [
      [
        'spec.controller',
        'example.com/other',
        'spec.controller: Invalid value: "example.com/other": field is immutable',
      ],
    ],
  },
  {
    object: {
      apiVersion: 'networking.k8s.io/v1',
      kind: 'NetworkPolicy',
      metadata: { name: 'web', namespace: 'default' },
      spec: {
        podSelector: { matchLabels: { app: 'web' } },
        ingress: [
          {
            from: [{ ipBlock: { cidr: '10.0.0.0/8', except: ['10.1.0.0/16'] } }],
            ports: [{ port: 80, endPort: 90 }],
          },
        ],
        policyTypes: ['Ingress'],
      },
    },
    wrong: [
      [
        'spec.policyTypes',
        ['Ingress', 'Egress', 'Ingress'],
        'spec.policyTypes: Invalid value: []networking.PolicyType{"Ingress", "Egress", "Ingress"}: may not specify more than two policyTypes',
      ],
      [
        'spec.policyTypes',
        ['Sideways'],
        'spec.policyTypes[0]: Unsupported value: "Sideways": supported values: "Ingress", "Egress"',
      ],
      [
        'spec.podSelector.matchLabels',
        { a: 'b c' },
        "spec.podSelector.matchLabels: Invalid value: \"b c\": a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyValue',  or 'my_value',  or '12345', regex used for validation is '(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?')",
      ],
      [
        'spec.ingress[0].ports[0].protocol',
        'ICMP',
        'spec.ingress[0].ports[0].protocol: Unsupported value: "ICMP": supported values: "TCP", "UDP", "SCTP"',
      ],
      [
        'spec.ingress[0].ports[0].port',
        0,
        'spec.ingress[0].ports[0].port: Invalid value: 0: must be between 1 and 65535, inclusive',
      ],
      [
        'spec.ingress[0].ports[0].endPort',
        70,
        'spec.ingress[0].ports[0].endPort: Invalid value: 80: must be greater than or equal to `port`',
      ],
      [
        'spec.ingress[0].ports[0].port',
        'http',
        'spec.ingress[0].ports[0].endPort: Invalid value: 90: may not be specified when `port` is non-numeric',
      ],
      [
        'spec.ingress[0].ports[0].port',
        undefined,
        'spec.ingress[0].ports[0].endPort: Invalid value: 90: may not be specified when `port` is not specified',
      ],
      [
        'spec.ingress[0].ports[0]',
        { port: 'HTTP' },
        'spec.ingress[0].ports[0].port: Invalid value: "HTTP": must contain only alpha-numeric characters (a-z, 0-9), and hyphens (-)',
        'spec.ingress[0].ports[0].port: Invalid value: "HTTP": must contain at least one letter (a-z)',
      ],
      ['spec.ingress[0].from[0]', {}, 'spec.ingress[0].from[0]: Required value: must specify a peer'],
      [
        'spec.ingress[0].from[0].podSelector',
        {},
        'spec.ingress[0].from[0]: Forbidden: may not specify both ipBlock and another peer',
      ],
      ['spec.ingress[0].from[0].ipBlock.cidr', '', 'spec.ingress[0].from[0].ipBlock.cidr: Required value'],
      [
        'spec.ingress[0].from[0].ipBlock.cidr',
        '10.0.0.0',
        'spec.ingress[0].from[0].ipBlock.cidr: Invalid value: "10.0.0.0": must be a valid CIDR value, (e.g. 10.9.8.0/24 or 2001:db8::/64)',
      ],
      [
        'spec.ingress[0].from[0].ipBlock.cidr',
        '::/129',
        'spec.ingress[0].from[0].ipBlock.cidr: Invalid value: "::/129": must be a valid CIDR value, (e.g. 10.9.8.0/24 or 2001:db8::/64)',
      ],
      [
        'spec.ingress[0].from[0].ipBlock.except[0]',
        '11.0.0.0/16',
        'spec.ingress[0].from[0].ipBlock.except[0]: Invalid value: "11.0.0.0/16": must be a strict subset of `cidr`',
      ],
      [
        'spec.ingress[0].from[0].ipBlock.except[0]',
        '10.0.0.0/8',
        'spec.ingress[0].from[0].ipBlock.except[0]: Invalid value: "10.0.0.0/8": must be a strict subset of `cidr`',
      ],
      [
        'spec.ingress[0].from[0].ipBlock.except[0]',
        'x',
        'spec.ingress[0].from[0].ipBlock.except[0]: Invalid value: "x": must be a valid CIDR value, (e.g. 10.9.8.0/24 or 2001:db8::/64)',
      ],
      ['spec.egress', [{ to: [{}] }], 'spec.egress[0].to[0]: Required value: must specify a peer'],
    ],
    rightUpdates: [['spec.policyTypes', ['Ingress', 'Egress']]],
  },
  {
    object: {
      apiVersion: 'v1',
      kind: 'Endpoints',
      metadata: { name: 'web', namespace: 'default' },
      subsets: [{ addresses: [{ ip: '10.1.2.3', hostname: 'a' }], ports: [{ port: 80 }] }],
    },
    wrong: [
      [
        'subsets[0].addresses',
        [],
        'subsets[0]: Required value: must specify `addresses` or `notReadyAddresses`',
      ],
      [
        'subsets[0].addresses[0].ip',
        'x',
        'subsets[0].addresses[0].ip: Invalid value: "x": must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)',
        'subsets[0].addresses[0].ip: Invalid value: "x": must be a valid IP address',
      ],
      [
        'subsets[0].addresses[0].ip',
        '127.0.0.1',
        'subsets[0].addresses[0].ip: Invalid value: "127.0.0.1": may not be in the loopback range (127.0.0.0/8, ::1/128)',
      ],
      [
        'subsets[0].addresses[0].ip',
        '0.0.0.0',
        'subsets[0].addresses[0].ip: Invalid value: "0.0.0.0": may not be unspecified (0.0.0.0)',
      ],
      [
        'subsets[0].addresses[0].ip',
        '169.254.1.1',
        'subsets[0].addresses[0].ip: Invalid value: "169.254.1.1": may not be in the link-local range (169.254.0.0/16, fe80::/10)',
      ],
      [
        'subsets[0].addresses[0].ip',
        '224.0.0.1',
        'subsets[0].addresses[0].ip: Invalid value: "224.0.0.1": may not be in the link-local multicast range (224.0.0.0/24, ff02::/10)',
      ],
      [
        'subsets[0].addresses[0].ip',
        'fe80::1',
        'subsets[0].addresses[0].ip: Invalid value: "fe80::1": may not be in the link-local range (169.254.0.0/16, fe80::/10)',
      ],
      [
        'subsets[0].addresses[0].hostname',
        'A',
        "subsets[0].addresses[0].hostname: Invalid value: \"A\": a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric character (e.g. 'my-name',  or '123-abc', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?')",
      ],
      [
        'subsets[0].addresses[0].nodeName',
        'A b',
        "subsets[0].addresses[0].nodeName: Invalid value: \"A b\": a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')",
      ],
      [
        'subsets[0].ports',
        [{ port: 80 }, { port: 81 }],
        'subsets[0].ports[0].name: Required value',
        'subsets[0].ports[1].name: Required value',
      ],
      [
        'subsets[0].ports[0].port',
        0,
        'subsets[0].ports[0].port: Invalid value: 0: must be between 1 and 65535, inclusive',
      ],
      [
        'subsets[0].ports[0].protocol',
        'X',
        'subsets[0].ports[0].protocol: Unsupported value: "X": supported values: "SCTP", "TCP", "UDP"',
      ],
      [
        'subsets[0].ports[0].name',
        'A_b',
        "subsets[0].ports[0].name: Invalid value: \"A_b\": a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric character (e.g. 'my-name',  or '123-abc', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?')",
      ],
      [
        'subsets[0].ports[0].appProtocol',
        'a b',
        "subsets[0].ports[0].appProtocol: Invalid value: \"a b\": name part must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')",
      ],
    ],
  },
];
