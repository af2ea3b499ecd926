import { invalidValue, required } from '../field-errors.ts';
import type { FieldError } from '../field-errors.ts';
import { at, child } from '../field-path.ts';
import { sameJson } from '../plain-objects.ts';
import type { CoreEndpointPort, EndpointAddress, EndpointSubset, Endpoints } from '../types.ts';
import { ipAddress, parseAddress } from './addresses.ts';
import { dnsLabel, dnsSubdomain, isPortNumber, portRange, qualifiedName } from './names.ts';
import { named, oneOf } from './rules.ts';

/** Source: k8s.io/kubernetes/pkg/apis/core/validation/validation.go ValidateEndpoints */
export function validateEndpoints({ subsets = [] }: Endpoints, old?: Endpoints): FieldError[] {
  // Endpoints of an older version may be written back as they are.
  if (old && sameJson(subsets, old.subsets ?? [])) return [];
  return subsets.flatMap((subset, index) => validateSubset(at('subsets', index), subset));
}

function validateSubset(field: string, subset: EndpointSubset): FieldError[] {
  const { addresses = [], notReadyAddresses = [], ports = [] } = subset;
  const each = (name: string, list: EndpointAddress[]) =>
    list.flatMap((address, index) => validateAddress(at(child(field, name), index), address));
  return [
    ...(addresses.length + notReadyAddresses.length === 0
      ? [required(field, 'must specify `addresses` or `notReadyAddresses`')]
      : []),
    ...each('addresses', addresses),
    ...each('notReadyAddresses', notReadyAddresses),
    ...ports.flatMap((port, index) => validatePort(at(child(field, 'ports'), index), port, ports.length > 1)),
  ];
}

function validateAddress(field: string, { ip = '', hostname, nodeName }: EndpointAddress): FieldError[] {
  const own = child(field, 'ip');
  return [
    ...ipAddress(own, ip),
    ...named(child(field, 'hostname'), hostname || undefined, dnsLabel),
    ...named(child(field, 'nodeName'), nodeName, dnsSubdomain),
    ...validateReachable(own, ip),
  ];
}

/** Addresses that mean something to one machine alone are no endpoints. */
export function validateReachable(field: string, ip: string): FieldError[] {
  const address = parseAddress(ip);
  if (!address) return [invalidValue(field, ip, 'must be a valid IP address')];
  const { value, bits } = address;
  const isIn = (v4: bigint, v4Prefix: number, v6: bigint, v6Prefix: number) =>
    bits === 32 ? value >> BigInt(32 - v4Prefix) === v4 : value >> BigInt(128 - v6Prefix) === v6;
  if (value === 0n) return [invalidValue(field, ip, `may not be unspecified (${ip})`)];
  if (isIn(127n, 8, 1n, 128))
    return [invalidValue(field, ip, 'may not be in the loopback range (127.0.0.0/8, ::1/128)')];
  if (isIn(0xa9fen, 16, 0x3fan, 10))
    return [invalidValue(field, ip, 'may not be in the link-local range (169.254.0.0/16, fe80::/10)')];
  if (isIn(0xe00000n, 24, 0xff02n, 16))
    return [
      invalidValue(field, ip, 'may not be in the link-local multicast range (224.0.0.0/24, ff02::/10)'),
    ];
  return [];
}

function validatePort(field: string, port: CoreEndpointPort, isNameNeeded: boolean): FieldError[] {
  const { name, protocol, appProtocol } = port;
  const number = port.port ?? 0;
  return [
    ...(isNameNeeded && !name
      ? [required(child(field, 'name'))]
      : named(child(field, 'name'), name || undefined, dnsLabel)),
    ...(isPortNumber(number) ? [] : [invalidValue(child(field, 'port'), number, portRange)]),
    ...oneOf(child(field, 'protocol'), protocol, ['SCTP', 'TCP', 'UDP']),
    ...named(child(field, 'appProtocol'), appProtocol, qualifiedName),
  ];
}
