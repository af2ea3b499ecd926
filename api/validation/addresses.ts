import { isIPv4, isIPv6 } from 'node:net';
import { invalidValue } from '../field-errors.ts';
import type { FieldError } from '../field-errors.ts';

/** An address as a number of `bits` bits, so that ranges can be compared. */
interface Address {
  value: bigint;
  bits: 32 | 128;
}

/** A range of addresses: `10.0.0.0/8`. */
export interface Cidr extends Address {
  prefix: number;
}

/** Old fields of Kubernetes take IPv4 parts with leading zeros, as decimal numbers. */
function withoutLeadingZeros(text: string): string {
  return text.includes(':') ? text : text.replace(/(^|\.)0+(?=\d)/g, '$1');
}

/** The address that the text names; undefined where it names none. */
export function parseAddress(text: string): Address | undefined {
  const plain = withoutLeadingZeros(text);
  if (isIPv4(plain))
    return { bits: 32, value: plain.split('.').reduce((sum, part) => sum * 256n + BigInt(part), 0n) };
  if (!isIPv6(plain) || plain.includes('%')) return undefined;
  const [head = '', tail] = plain.replace(/\d+\.\d+\.\d+\.\d+$/, asGroups).split('::');
  const groups = (part: string) => (part === '' ? [] : part.split(':'));
  const [first, last] = [groups(head), groups(tail ?? '')];
  const zeros = Array.from({ length: 8 - first.length - last.length }, () => '0');
  const all = tail === undefined ? first : [...first, ...zeros, ...last];
  const value = all.reduce((sum, group) => sum * 65_536n + BigInt(`0x${group}`), 0n);
  // `::ffff:10.0.0.1` is the IPv4 address in another dress.
  return value >> 32n === 0xffffn ? { bits: 32, value: value & 0xffff_ffffn } : { bits: 128, value };
}

function asGroups(dotted: string): string {
  const [a = 0, b = 0, c = 0, d = 0] = dotted.split('.').map(Number);
  return `${(a * 256 + b).toString(16)}:${(c * 256 + d).toString(16)}`;
}

export function parseCidr(text: string): Cidr | undefined {
  const [base = '', length = '', ...more] = text.split('/');
  const address = parseAddress(base);
  const prefix = Number(length);
  if (!address || more.length > 0 || !/^\d{1,3}$/.test(length) || prefix > address.bits) return undefined;
  const rest = BigInt(address.bits - prefix);
  return { ...address, value: (address.value >> rest) << rest, prefix };
}

/** Whether `inner` lies in `outer` and is smaller. */
export function isStrictlyWithin(inner: Cidr, outer: Cidr): boolean {
  const rest = BigInt(outer.bits - outer.prefix);
  return (
    inner.bits === outer.bits && outer.prefix < inner.prefix && inner.value >> rest === outer.value >> rest
  );
}

export function ipAddress(field: string, value: string): FieldError[] {
  return parseAddress(value)
    ? []
    : [invalidValue(field, value, 'must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)')];
}

export function cidr(field: string, value: string): FieldError[] {
  return parseCidr(value)
    ? []
    : [invalidValue(field, value, 'must be a valid CIDR value, (e.g. 10.9.8.0/24 or 2001:db8::/64)')];
}
