import { addressTests, contains, masked, parseCidr, parseIp } from '../addresses.ts';
import type { Cidr, Ip } from '../addresses.ts';
import { def, fail, ofText } from './definition.ts';
import type { Def } from './definition.ts';

const noIp = (value: string): never =>
  fail(
    `IP Address ${JSON.stringify(value)} parse error during conversion from string: ParseAddr(${JSON.stringify(value)}): unable to parse IP`,
  );
const noCidr = (value: string): never =>
  fail(
    `network address parse error during conversion from string: netip.ParsePrefix(${JSON.stringify(value)}): no '/'`,
  );

/** IP addresses and ranges. */
export const addresses: readonly Def[] = [
  def<[Cidr, string]>('cidr.containsCIDR(string): bool', ([range, inner]) => {
    const part = parseCidr(inner) ?? noCidr(inner);
    return part.bits >= range.bits && contains(range, part.ip);
  }),
  def<[Cidr]>('cidr.masked(): cidr', ([range]) => masked(range)),
  ofText<[string]>('isIP(string): bool', ([value]) => parseIp(value) !== undefined),
  ofText<[string]>('isCIDR(string): bool', ([value]) => parseCidr(value) !== undefined),
  ofText<[string]>('ip(string): ip', ([value]) => parseIp(value) ?? noIp(value)),
  ofText<[string]>('cidr(string): cidr', ([value]) => parseCidr(value) ?? noCidr(value)),
  ofText<[string]>('ip.isCanonical(string): bool', ([value]) => parseIp(value)?.text === value),
  def<[Ip]>('ip.family(): int', ([{ family }]) => BigInt(family)),
  ...Object.entries(addressTests).map(([name, test]) => def<[Ip]>(`ip.${name}(): bool`, ([ip]) => test(ip))),
  def<[Cidr]>('cidr.ip(): ip', ([{ ip }]) => ip),
  def<[Cidr]>('cidr.prefixLength(): int', ([{ bits }]) => BigInt(bits)),
  def<[Cidr, Ip]>('cidr.containsIP(ip): bool', ([range, ip]) => contains(range, ip)),
  def<[Cidr, string]>('cidr.containsIP(string): bool', ([range, ip]) =>
    contains(range, parseIp(ip) ?? noIp(ip)),
  ),
  def<[Cidr, Cidr]>(
    'cidr.containsCIDR(cidr): bool',
    ([range, part]) => part.bits >= range.bits && contains(range, part.ip),
  ),
];
