import { duplicate, forbiddenField, invalidValue, required } from '../field-errors.ts';
import type { FieldError } from '../field-errors.ts';
import { at, child } from '../field-path.ts';
import { hasHealthPort, isReachedFromOutside } from '../service-type.ts';
import type { ServiceSpec } from '../types.ts';
import { dnsSubdomain, qualifiedName } from './names.ts';
import { immutable, named, oneOf, portNumber } from './rules.ts';

/** What a Service may say, and must, by its type. Source: pkg/apis/core/validation, ValidateService */
export function validateType(spec: ServiceSpec, old?: ServiceSpec): FieldError[] {
  return [
    ...validateHeadless(spec),
    ...validateExternalName(spec),
    ...validateNodePorts(spec),
    ...validateLoadBalancer(spec, old),
    ...validateExternalTraffic(spec, old),
  ];
}

function validateHeadless({ type, clusterIPs }: ServiceSpec): FieldError[] {
  if (clusterIPs?.[0] !== 'None' || (type !== 'NodePort' && type !== 'LoadBalancer')) return [];
  return [invalidValue('spec.clusterIPs[0]', 'None', `may not be set to 'None' for ${type} services`)];
}

function validateExternalName(spec: ServiceSpec): FieldError[] {
  if (spec.type !== 'ExternalName') return [];
  const none = 'may not be set for ExternalName services';
  const name = (spec.externalName ?? '').replace(/\.$/, '');
  return [
    ...(spec.clusterIPs?.length ? [forbiddenField('spec.clusterIPs', none)] : []),
    ...(spec.ipFamilies?.length ? [forbiddenField('spec.ipFamilies', none)] : []),
    ...(spec.ipFamilyPolicy ? [forbiddenField('spec.ipFamilyPolicy', none)] : []),
    ...(name === '' ? [required('spec.externalName')] : named('spec.externalName', name, dnsSubdomain)),
  ];
}

function validateNodePorts({ type, ports = [] }: ServiceSpec): FieldError[] {
  const taken = new Set<string>();
  return ports.flatMap(({ nodePort, protocol = 'TCP' }, index) => {
    if (!nodePort) return [];
    const field = child(at('spec.ports', index), 'nodePort');
    const number = `${protocol} ${nodePort}`;
    const isTwice = taken.has(number);
    taken.add(number);
    return [
      ...(type === 'ClusterIP' ? [forbiddenField(field, "may not be used when `type` is 'ClusterIP'")] : []),
      ...(isTwice ? [duplicate(field, nodePort)] : []),
    ];
  });
}

function validateLoadBalancer(spec: ServiceSpec, old?: ServiceSpec): FieldError[] {
  const { type, loadBalancerClass } = spec;
  if (type !== 'LoadBalancer')
    return (['allocateLoadBalancerNodePorts', 'loadBalancerClass'] as const)
      .filter((name) => spec[name] !== undefined)
      .map((name) => forbiddenField(child('spec', name), "may only be used when `type` is 'LoadBalancer'"));
  return [
    ...(old?.type === 'LoadBalancer' && old.loadBalancerClass !== loadBalancerClass
      ? [invalidValue('spec.loadBalancerClass', loadBalancerClass ?? null, 'may not change once set')]
      : []),
    ...named('spec.loadBalancerClass', loadBalancerClass, qualifiedName),
  ];
}

function validateExternalTraffic(spec: ServiceSpec, old?: ServiceSpec): FieldError[] {
  const { externalTrafficPolicy: policy, healthCheckNodePort: port } = spec;
  const errors: FieldError[] = [];
  if (isReachedFromOutside(spec))
    errors.push(...oneOf('spec.externalTrafficPolicy', policy, ['Cluster', 'Local']));
  else if (policy)
    errors.push(
      invalidValue(
        'spec.externalTrafficPolicy',
        policy,
        'may only be set for externally-accessible services',
      ),
    );
  const field = 'spec.healthCheckNodePort';
  if (hasHealthPort(spec)) {
    errors.push(...portNumber(field, port));
    if (old && hasHealthPort(old)) errors.push(...immutable(field, port, old.healthCheckNodePort));
  } else if (port)
    errors.push(
      invalidValue(
        field,
        port,
        "may only be set when `type` is 'LoadBalancer' and `externalTrafficPolicy` is 'Local'",
      ),
    );
  return errors;
}
