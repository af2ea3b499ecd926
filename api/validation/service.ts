import { duplicate, invalidValue, required } from '../field-errors.ts';
import type { FieldError } from '../field-errors.ts';
import { isIPv4, isIPv6 } from 'node:net';
import { at, child } from '../field-path.ts';
import type { Service, ServicePort, ServiceSpec } from '../types.ts';
import { validateLabels } from './metadata.ts';
import { dnsLabel, qualifiedName } from './names.ts';
import { validatePort } from './probe.ts';
import { immutable, named, oneOf, portNumber } from './rules.ts';
import { validateType } from './service-type.ts';

/** A Service's timeout for an affinity may not exceed a day. */
const affinitySecondsMax = 86_400;

export function validateService({ spec }: Service, old?: Service): FieldError[] {
  if (!spec) return [required('spec')];
  return [
    ...oneOf('spec.type', spec.type, ['ClusterIP', 'ExternalName', 'LoadBalancer', 'NodePort']),
    ...validateType(spec, old?.spec),
    ...validatePorts('spec.ports', spec),
    ...validateLabels('spec.selector', spec.selector),
    ...validateAddresses(spec),
    ...oneOf('spec.sessionAffinity', spec.sessionAffinity, ['ClientIP', 'None']),
    ...validateAffinity(spec),
    ...oneOf('spec.internalTrafficPolicy', spec.internalTrafficPolicy, ['Cluster', 'Local']),
    ...(spec.ipFamilies ?? []).flatMap((family, index) =>
      oneOf(at('spec.ipFamilies', index), family, ['IPv4', 'IPv6']),
    ),
    ...oneOf('spec.ipFamilyPolicy', spec.ipFamilyPolicy, [
      'PreferDualStack',
      'RequireDualStack',
      'SingleStack',
    ]),
    ...oneOf('spec.trafficDistribution', spec.trafficDistribution, ['PreferClose']),
    // An address given once stays: clients hold it. Left out of an update, it is filled in from what is stored.
    ...(old?.spec?.clusterIP && spec.clusterIP && spec.type !== 'ExternalName'
      ? immutable('spec.clusterIP', spec.clusterIP, old.spec.clusterIP)
      : []),
  ];
}

function validatePorts(field: string, { ports = [], clusterIP, type }: ServiceSpec): FieldError[] {
  const names = new Set<string>();
  const numbers = new Set<string>();
  const none = ports.length === 0 && clusterIP !== 'None' && type !== 'ExternalName';
  return [
    ...(none ? [required(field)] : []),
    ...ports.flatMap((port, index) => {
      const own = at(field, index);
      const errors = validateServicePort(own, port, ports.length > 1);
      if (port.name && names.has(port.name)) errors.push(duplicate(child(own, 'name'), port.name));
      names.add(port.name ?? '');
      const number = `${port.protocol ?? 'TCP'} ${port.port}`;
      if (numbers.has(number))
        errors.push(duplicate(own, { port: port.port, protocol: port.protocol ?? 'TCP' }));
      numbers.add(number);
      return errors;
    }),
  ];
}

function validateServicePort(field: string, port: ServicePort, nameNeeded: boolean): FieldError[] {
  return [
    ...(nameNeeded && !port.name ? [required(child(field, 'name'))] : []),
    ...named(child(field, 'name'), port.name || undefined, dnsLabel),
    ...portNumber(child(field, 'port'), port.port ?? 0),
    ...oneOf(child(field, 'protocol'), port.protocol, ['SCTP', 'TCP', 'UDP']),
    ...validatePort(child(field, 'targetPort'), port.targetPort ?? port.port ?? 0),
    ...named(child(field, 'appProtocol'), port.appProtocol, qualifiedName),
  ];
}

function validateAddresses({ type, clusterIP, clusterIPs }: ServiceSpec): FieldError[] {
  if (type === 'ExternalName') return [];
  const detail = "must be empty, 'None', or a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)";
  const errors =
    clusterIP && !isClusterIP(clusterIP) ? [invalidValue('spec.clusterIP', clusterIP, detail)] : [];
  for (const [index, address] of (clusterIPs ?? []).entries())
    if (!isClusterIP(address)) errors.push(invalidValue(at('spec.clusterIPs', index), address, detail));
  if (clusterIPs?.length && clusterIPs[0] !== (clusterIP ?? ''))
    errors.push(invalidValue('spec.clusterIPs', clusterIPs, 'first value must match `clusterIP`'));
  return errors;
}

function isClusterIP(address: string): boolean {
  return address === 'None' || isIPv4(address) || isIPv6(address);
}

function validateAffinity({ sessionAffinity, sessionAffinityConfig }: ServiceSpec): FieldError[] {
  const field = 'spec.sessionAffinityConfig';
  if (sessionAffinity !== 'ClientIP')
    return sessionAffinityConfig
      ? [{ field, type: 'FieldValueForbidden', detail: 'must not be set when session affinity is None' }]
      : [];
  const seconds = sessionAffinityConfig?.clientIP?.timeoutSeconds;
  return seconds === undefined || (seconds > 0 && seconds <= affinitySecondsMax)
    ? []
    : [
        invalidValue(
          `${field}.clientIP.timeoutSeconds`,
          seconds,
          `must be greater than 0 and less than ${affinitySecondsMax}`,
        ),
      ];
}
