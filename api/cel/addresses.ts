import { BlockList, isIPv4, isIPv6 } from 'node:net';

/** An address, as `ip()` reads it. */
export class Ip {
  readonly text: string;
  readonly family: 4 | 6;
  constructor(text: string, family: 4 | 6) {
    this.text = text;
    this.family = family;
  }
}

/** A range of addresses, as `cidr()` reads it. */
export class Cidr {
  readonly ip: Ip;
  readonly bits: number;
  constructor(ip: Ip, bits: number) {
    this.ip = ip;
    this.bits = bits;
  }
}

/** Neither zones nor IPv4 written as IPv6, as Kubernetes has it. */
export function parseIp(text: string): Ip | undefined {
  if (isIPv4(text)) return new Ip(text, 4);
  return isIPv6(text) && !text.includes('%') && !/^::ffff:\d+\./i.test(text)
    ? new Ip(new URL(`http://[${text}]`).hostname.slice(1, -1), 6)
    : undefined;
}

export function parseCidr(text: string): Cidr | undefined {
  const [address = '', bits = '', ...more] = text.split('/');
  const ip = parseIp(address);
  if (!ip || more.length > 0 || !/^(0|[1-9]\d{0,2})$/.test(bits)) return undefined;
  return Number(bits) <= (ip.family === 4 ? 32 : 128) ? new Cidr(ip, Number(bits)) : undefined;
}

const familyName = ({ family }: Ip) => (family === 4 ? 'ipv4' : 'ipv6') as 'ipv4' | 'ipv6';

export function contains({ ip, bits }: Cidr, address: Ip): boolean {
  if (ip.family !== address.family) return false;
  const range = new BlockList();
  range.addSubnet(ip.text, bits, familyName(ip));
  return range.check(address.text, familyName(address));
}

/** The range with nothing set beyond its prefix. */
export function masked({ ip, bits }: Cidr): Cidr {
  const whole = ip.family === 4 ? 32 : 128;
  const kept = (bytesOf(ip) >> BigInt(whole - bits)) << BigInt(whole - bits);
  const hex = kept.toString(16).padStart(whole / 4, '0');
  const text =
    ip.family === 4
      ? (hex.match(/../g) ?? []).map((part) => parseInt(part, 16)).join('.')
      : (hex.match(/.{4}/g) ?? []).join(':');
  return new Cidr(parseIp(text)!, bits);
}

function bytesOf({ text, family }: Ip): bigint {
  if (family === 4) return text.split('.').reduce((sum, part) => sum * 256n + BigInt(part), 0n);
  const [left = '', right] = text.split('::');
  const parts = (side: string) => (side === '' ? [] : side.split(':'));
  const [head, tail] = [parts(left), parts(right ?? '')];
  const gap: string[] = right === undefined ? [] : Array<string>(8 - head.length - tail.length).fill('0');
  return [...head, ...gap, ...tail].reduce((sum, part) => sum * 65536n + BigInt(`0x${part}`), 0n);
}

const inRange = (ip: Ip, ranges: readonly string[]) =>
  ranges.some((range) => contains(parseCidr(range)!, ip));

export const addressTests: Readonly<Record<string, (ip: Ip) => boolean>> = {
  isUnspecified: ({ text }) => text === '0.0.0.0' || text === '::',
  isLoopback: (ip) => inRange(ip, ['127.0.0.0/8', '::1/128']),
  isLinkLocalMulticast: (ip) => inRange(ip, ['224.0.0.0/24', 'ff02::/16']),
  isLinkLocalUnicast: (ip) => inRange(ip, ['169.254.0.0/16', 'fe80::/10']),
  isGlobalUnicast: (ip) =>
    !addressTests['isUnspecified']!(ip) &&
    ip.text !== '255.255.255.255' &&
    !inRange(ip, ['127.0.0.0/8', '::1/128', '224.0.0.0/4', 'ff00::/8', '169.254.0.0/16', 'fe80::/10']),
};
