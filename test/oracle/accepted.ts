import type { Accepted } from './exception.ts';

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
    at: [
      'body*[apiregistration.k8s.io]',
      'body*[admissionregistration.k8s.io]',
      'body*[flowcontrol.apiserver.k8s.io]',
    ],
    because: 'No admission webhooks, aggregated APIs or flow schemas are served (docs/compatibility.md).',
  },
  {
    step: 'discovery/*',
    at: ['body*[autoscaling/v1]', 'body*[autoscaling].versions[v1]'],
    because: 'Of each kind the newest stable version is served; clients go by the preferred one.',
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
    at: ['body*[nodes/proxy]', 'body*[pods/proxy]', 'body*[services/proxy]', 'body*.subresources[proxy]'],
    because: 'Nothing routes to a node or pod; apps are opened through the gateway.',
  },
  {
    step: 'pods-not-granted/*',
    at: '*',
    because:
      "No home host grants these: refused by the field's name (api/validation/refusals.ts, docs/compatibility.md).",
  },
  {
    step: 'services-not-granted/*',
    at: '*',
    because:
      "Homes have no public ports: refused by the field's name (api/validation/refusals.ts, docs/compatibility.md).",
  },
];
