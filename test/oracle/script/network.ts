import { changes, collected, lifecycle, named, selections, statusOf, variants } from './kind.ts';
import { get, post, put, remove, type Topic } from './step.ts';

const servicesAt = '/api/v1/namespaces/services/services';
const service = {
  apiVersion: 'v1',
  kind: 'Service',
  metadata: {},
  spec: { selector: { app: 'web' }, ports: [{ port: 80 }] },
};
const spec = (more: object) => ({ spec: more });
const ports = (...them: object[]) => ({ spec: { ports: them } });

export const services: Topic = {
  name: 'services',
  steps: [
    ...lifecycle(servicesAt, service),
    ...collected(servicesAt, service),
    post('one of a type', servicesAt, named(service, 'typed'), { keep: 'spec.type' }),
    ...selections(servicesAt, { 'spec.type': 'ClusterIP' }),
    remove('delete the one of a type', `${servicesAt}/typed`, undefined, { keep: 'kind' }),
    ...statusOf(servicesAt, service, {
      conditions: [
        { type: 'Odd', status: 'True', reason: 'r', message: '', lastTransitionTime: '2020-01-01T00:00:00Z' },
      ],
    }),
    post('headless', servicesAt, {
      ...named(service, 'headless'),
      spec: { clusterIP: 'None', selector: { a: 'b' } },
    }),
    ...changes(servicesAt, service, {
      'another port': ports({ port: 81, name: 'x', targetPort: 'web' }),
      'another address': spec({ clusterIP: '10.96.0.77' }),
      'another type': spec({ type: 'Anything' }),
      'no selector': spec({ selector: null }),
      'one more family': spec({ ipFamilyPolicy: 'PreferDualStack' }),
    }),
    put('replace without its address', `${servicesAt}/changing`, named(service, 'changing')),
    ...variants(servicesAt, service, {
      'no ports': ports(),
      'a port without a number': ports({}),
      'a port that is none': ports({ port: 70000 }),
      'two ports without names': ports({ port: 80 }, { port: 81 }),
      'two ports of one name': ports({ port: 80, name: 'a' }, { port: 81, name: 'a' }),
      'a port twice': ports({ port: 80, name: 'a' }, { port: 80, name: 'b' }),
      'a port name that is none': ports({ port: 80, name: 'A_b' }),
      'a target that is none': ports({ port: 80, targetPort: 0 }),
      'a target name that is none': ports({ port: 80, targetPort: 'a_b' }),
      'a strange protocol': ports({ port: 80, protocol: 'ICMP' }),
      'a port with an app protocol': ports({ port: 80, appProtocol: 'http' }),
      'an app protocol that is none': ports({ port: 80, appProtocol: 'a b' }),
      'a type that is none': spec({ type: 'Magic' }),
      'an address that is none': spec({ clusterIP: 'here' }),
      'an address of elsewhere': spec({ clusterIP: '192.0.2.1' }),
      'a selector that is none': spec({ selector: { 'a b': 'c' } }),
      'an affinity that is none': spec({ sessionAffinity: 'Love' }),
      'an affinity to the client': spec({ sessionAffinity: 'ClientIP' }),
      'an affinity for too long': spec({
        sessionAffinity: 'ClientIP',
        sessionAffinityConfig: { clientIP: { timeoutSeconds: 100000 } },
      }),
      'an affinity that is configured and off': spec({
        sessionAffinityConfig: { clientIP: { timeoutSeconds: 10 } },
      }),
      'a policy that is none': spec({ internalTrafficPolicy: 'Far' }),
      'a family that is none': spec({ ipFamilies: ['IPv5'] }),
      'a family policy that is none': spec({ ipFamilyPolicy: 'Twice' }),
      'without an address but with one': spec({ clusterIP: 'None', clusterIPs: ['10.96.0.9'] }),
      'a node port of a cluster service': ports({ port: 80, nodePort: 30000 }),
      'a name that begins with a digit': { metadata: { name: '1a' } },
      'a name with a dot': { metadata: { name: 'a.b' } },
      'a traffic distribution': spec({ trafficDistribution: 'PreferClose' }),
      'a traffic distribution that is none': spec({ trafficDistribution: 'PreferFar' }),
      'a class of load balancers': spec({ loadBalancerClass: 'a/b' }),
      'no spec': { spec: null },
    }),
    get('list by type', `${servicesAt}?fieldSelector=spec.clusterIP%3DNone`),
  ],
};

/** Homes have no public ports: kith says no to these by name. */
export const servicesNotGranted: Topic = {
  name: 'services-not-granted',
  steps: variants('/api/v1/namespaces/services-not-granted/services', service, {
    'a port of every node': spec({ type: 'NodePort', ports: [{ port: 80, nodePort: 30123 }] }),
    'a load balancer': spec({ type: 'LoadBalancer', allocateLoadBalancerNodePorts: false }),
    'a name elsewhere': {
      spec: { type: 'ExternalName', externalName: 'example.org', selector: null, ports: null },
    },
    'addresses of elsewhere': spec({ externalIPs: ['192.0.2.9'] }),
    'local traffic only': spec({ internalTrafficPolicy: 'Local' }),
    'a port that is not TCP': spec({ ports: [{ port: 53, protocol: 'UDP' }] }),
  }),
};

const slicesAt = '/apis/discovery.k8s.io/v1/namespaces/endpoint-slices/endpointslices';
const slice = {
  apiVersion: 'discovery.k8s.io/v1',
  kind: 'EndpointSlice',
  metadata: { labels: { 'kubernetes.io/service-name': 'web' } },
  addressType: 'IPv4',
  endpoints: [{ addresses: ['192.0.2.1'], conditions: { ready: true }, nodeName: 'n' }],
  ports: [{ name: 'http', port: 80 }],
};
export const endpointSlices: Topic = {
  name: 'endpoint-slices',
  steps: [
    ...lifecycle(slicesAt, slice),
    ...collected(slicesAt, slice),
    ...changes(slicesAt, slice, {
      'another address type': { addressType: 'IPv6' },
      'no endpoints': { endpoints: null },
    }),
    ...variants(slicesAt, slice, {
      'no address type': { addressType: null },
      'a strange address type': { addressType: 'IPv5' },
      'an address that is none': { endpoints: [{ addresses: ['here'] }] },
      'an endpoint without an address': { endpoints: [{ addresses: [] }] },
      'a loopback address': { endpoints: [{ addresses: ['127.0.0.1'] }] },
      'a port that is none': { ports: [{ port: 0 }] },
      'two ports of one name': { ports: [{ port: 80 }, { port: 81 }] },
      'a strange protocol': { ports: [{ port: 80, protocol: 'ICMP' }] },
      'a name for hosts': { addressType: 'FQDN', endpoints: [{ addresses: ['example.org'] }] },
      'a node name that is none': { endpoints: [{ addresses: ['192.0.2.1'], nodeName: 'A_b' }] },
      'a host name that is none': { endpoints: [{ addresses: ['192.0.2.1'], hostname: 'A.b' }] },
    }),
  ],
};

const endpointsAt = '/api/v1/namespaces/endpoints/endpoints';
const endpoint = {
  apiVersion: 'v1',
  kind: 'Endpoints',
  metadata: {},
  subsets: [{ addresses: [{ ip: '192.0.2.1' }], ports: [{ port: 80 }] }],
};
export const endpoints: Topic = {
  name: 'endpoints',
  steps: [
    ...lifecycle(endpointsAt, endpoint),
    ...collected(endpointsAt, endpoint),
    ...variants(endpointsAt, endpoint, {
      'an address that is none': { subsets: [{ addresses: [{ ip: 'here' }] }] },
      'a subset of nothing': { subsets: [{}] },
      'a loopback address': { subsets: [{ addresses: [{ ip: '127.0.0.1' }] }] },
      'a port that is none': { subsets: [{ addresses: [{ ip: '192.0.2.1' }], ports: [{ port: 0 }] }] },
    }),
  ],
};

const ingressesAt = '/apis/networking.k8s.io/v1/namespaces/ingresses/ingresses';
const backend = { service: { name: 'web', port: { number: 80 } } };
const ingress = {
  apiVersion: 'networking.k8s.io/v1',
  kind: 'Ingress',
  metadata: {},
  spec: {
    rules: [{ host: 'example.org', http: { paths: [{ path: '/', pathType: 'Prefix', backend }] } }],
    tls: [{ hosts: ['example.org'], secretName: 's' }],
  },
};
const path = (more: object) => ({
  spec: { rules: [{ http: { paths: [{ path: '/', pathType: 'Prefix', backend, ...more }] } }] },
});
export const ingresses: Topic = {
  name: 'ingresses',
  steps: [
    ...lifecycle(ingressesAt, ingress),
    ...collected(ingressesAt, ingress),
    ...statusOf(ingressesAt, ingress, { loadBalancer: { ingress: [{ ip: '192.0.2.1' }] } }),
    ...variants(ingressesAt, ingress, {
      'a default backend': { spec: { rules: null, defaultBackend: backend } },
      'neither rule nor backend': { spec: { rules: null } },
      'a host that is none': { spec: { rules: [{ host: 'a_b' }] } },
      'a host that is an address': { spec: { rules: [{ host: '192.0.2.1' }] } },
      'a wildcard': { spec: { rules: [{ host: '*.example.org' }] } },
      'a path type that is none': path({ pathType: 'Regex' }),
      'no path type': path({ pathType: null }),
      'a path that is relative': path({ path: 'a' }),
      'a path with two slashes': path({ path: '/a//b' }),
      'a backend of nothing': path({ backend: {} }),
      'a backend without a port': path({ backend: { service: { name: 'web' } } }),
      'a backend of two': path({ backend: { ...backend, resource: { kind: 'A', name: 'b' } } }),
      'a class': { spec: { ingressClassName: 'c' } },
      'a class by annotation': { metadata: { annotations: { 'kubernetes.io/ingress.class': 'c' } } },
      'a class by both': {
        metadata: { annotations: { 'kubernetes.io/ingress.class': 'c' } },
        spec: { ingressClassName: 'c' },
      },
    }),
  ],
};

const classesAt = '/apis/networking.k8s.io/v1/ingressclasses';
const ingressClass = {
  apiVersion: 'networking.k8s.io/v1',
  kind: 'IngressClass',
  metadata: {},
  spec: { controller: 'example.org/c' },
};
export const ingressClasses: Topic = {
  name: 'ingress-classes',
  steps: [
    ...lifecycle(classesAt, ingressClass, 'ingress-class'),
    ...collected(classesAt, ingressClass, 'ingress-class-collected'),
    ...variants(classesAt, ingressClass, {
      'no controller': { metadata: { name: 'ic-1' }, spec: { controller: null } },
      'a controller without a domain': { metadata: { name: 'ic-2' }, spec: { controller: 'c' } },
      parameters: { metadata: { name: 'ic-3' }, spec: { parameters: { kind: 'A', name: 'b' } } },
      'parameters of a namespace': {
        metadata: { name: 'ic-4' },
        spec: { parameters: { kind: 'A', name: 'b', scope: 'Namespace' } },
      },
    }),
  ],
};

const policiesAt = '/apis/networking.k8s.io/v1/namespaces/network-policies/networkpolicies';
const policy = {
  apiVersion: 'networking.k8s.io/v1',
  kind: 'NetworkPolicy',
  metadata: {},
  spec: {
    podSelector: { matchLabels: { app: 'web' } },
    ingress: [{ from: [{ podSelector: {} }], ports: [{ port: 80 }] }],
  },
};
export const networkPolicies: Topic = {
  name: 'network-policies',
  steps: [
    ...lifecycle(policiesAt, policy),
    ...collected(policiesAt, policy),
    ...variants(policiesAt, policy, {
      'of everything': { spec: { podSelector: {}, ingress: null } },
      outwards: {
        spec: { egress: [{ to: [{ ipBlock: { cidr: '192.0.2.0/24', except: ['192.0.2.1/32'] } }] }] },
      },
      'a range that is none': { spec: { ingress: [{ from: [{ ipBlock: { cidr: 'here' } }] }] } },
      'an exception outside': {
        spec: { ingress: [{ from: [{ ipBlock: { cidr: '192.0.2.0/24', except: ['198.51.100.0/24'] } }] }] },
      },
      'a peer of nothing': { spec: { ingress: [{ from: [{}] }] } },
      'a peer of two': {
        spec: { ingress: [{ from: [{ podSelector: {}, ipBlock: { cidr: '192.0.2.0/24' } }] }] },
      },
      'a strange protocol': { spec: { ingress: [{ ports: [{ protocol: 'ICMP', port: 1 }] }] } },
      'a range of ports': { spec: { ingress: [{ ports: [{ port: 80, endPort: 90 }] }] } },
      'a range of ports backwards': { spec: { ingress: [{ ports: [{ port: 80, endPort: 70 }] }] } },
      'a policy type that is none': { spec: { policyTypes: ['Sideways'] } },
      'a selector that is none': { spec: { podSelector: { matchLabels: { 'a b': 'c' } } } },
    }),
  ],
};
