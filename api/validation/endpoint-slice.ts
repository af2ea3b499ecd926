import { isIP, isIPv4, isIPv6 } from 'node:net';
import { duplicate, invalidValue, required, tooMany } from '../field-errors.ts';
import type { FieldError } from '../field-errors.ts';
import { at, child } from '../field-path.ts';
import type { Endpoint, EndpointSlice } from '../types.ts';
import { validateReachable } from './endpoints.ts';
import { dnsLabel, dnsSubdomain } from './names.ts';
import { immutable, named, oneOf, portNumber } from './rules.ts';

/** Kubernetes' limits on one slice: a Service with more endpoints has several slices. */
const endpointsMax = 1000;
const addressesMax = 100;
const portsMax = 20_000;

export function validateEndpointSlice(slice: EndpointSlice, old?: EndpointSlice): FieldError[] {
  const { addressType } = slice;
  const endpoints = slice.endpoints ?? [];
  const ports = slice.ports ?? [];
  // What else is wrong then is wrong by that.
  if (old && addressType !== old.addressType) return immutable('addressType', addressType, old.addressType);
  const names = new Set<string>();
  return [
    ...(addressType
      ? oneOf('addressType', addressType, ['FQDN', 'IPv4', 'IPv6'])
      : [required('addressType')]),
    ...(endpoints.length > endpointsMax ? [tooMany('endpoints', endpoints.length, endpointsMax)] : []),
    ...endpoints.flatMap((endpoint, index) =>
      validateEndpoint(at('endpoints', index), endpoint, addressType),
    ),
    ...(ports.length > portsMax ? [tooMany('ports', ports.length, portsMax)] : []),
    ...ports.flatMap((port, index) => {
      const own = at('ports', index);
      const name = port.name ?? '';
      const errors = [
        ...named(child(own, 'name'), name || undefined, dnsLabel),
        ...oneOf(child(own, 'protocol'), port.protocol, ['SCTP', 'TCP', 'UDP']),
        ...(port.port === 0 ? [] : portNumber(child(own, 'port'), port.port)),
        ...(names.has(name) ? [duplicate(child(own, 'name'), name)] : []),
      ];
      names.add(name);
      return errors;
    }),
  ];
}

function validateEndpoint(
  field: string,
  { addresses, hostname, nodeName }: Endpoint,
  type: string,
): FieldError[] {
  const own = child(field, 'addresses');
  if (!addresses?.length) return [required(own, 'must contain at least 1 address')];
  return [
    ...(addresses.length > addressesMax ? [tooMany(own, addresses.length, addressesMax)] : []),
    ...addresses.flatMap((address, index) => {
      if (type === 'FQDN') return named(at(own, index), address, dnsSubdomain);
      const valid = type === 'IPv6' ? isIPv6(address) : isIPv4(address);
      if (valid) return validateReachable(at(own, index), address);
      const what = isIP(address) === 0 ? 'IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)' : `${type} address`;
      return [invalidValue(at(own, index), address, `must be a valid ${what}`)];
    }),
    ...named(child(field, 'hostname'), hostname || undefined, dnsLabel),
    ...named(child(field, 'nodeName'), nodeName || undefined, dnsSubdomain),
  ];
}
