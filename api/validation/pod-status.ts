import { isIP } from 'node:net';
import { invalidValue } from '../field-errors.ts';
import type { FieldError } from '../field-errors.ts';
import { at, child } from '../field-path.ts';
import type { Pod } from '../types.ts';
import { dnsSubdomain, qualifiedName } from './names.ts';
import { immutable, named } from './rules.ts';

/** Conditions that every pod has, by names without a domain. */
const systemConditions = ['PodScheduled', 'Ready', 'Initialized'];

/** What a host or a scheduler may say of a pod. */
export function validatePodStatus({ status = {} }: Pod, { status: old = {} }: Pod): FieldError[] {
  return [
    ...(status.conditions ?? []).flatMap(({ type }, index) =>
      systemConditions.includes(type)
        ? []
        : named(child(at('status.conditions', index), 'Type'), type, qualifiedName),
    ),
    ...(status.nominatedNodeName !== old.nominatedNodeName
      ? named('status.nominatedNodeName', status.nominatedNodeName || undefined, dnsSubdomain)
      : []),
    ...immutable('status.qosClass', status.qosClass, old.qosClass),
    ...(status.podIPs ?? []).flatMap(({ ip = '' }, index) => address(at('status.podIPs', index), ip)),
    ...(status.hostIPs ?? []).flatMap(({ ip = '' }, index) => address(at('status.hostIPs', index), ip)),
  ];
}

function address(field: string, ip: string): FieldError[] {
  return isIP(ip)
    ? []
    : [invalidValue(field, ip, 'must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)')];
}
