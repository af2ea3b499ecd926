import type { Address } from 'hyperdht';

/** `host:port` taken apart. Throws where it is not that. */
export function parseAddress(text: string): Address {
  const match = /^([a-z0-9.-]+):(\d{1,5})$/i.exec(text);
  const port = Number(match?.[2]);
  if (!match || port < 1 || port > 65_535) {
    throw new Error(`not a bootstrap node: "${text}". Needed is host:port, such as 203.0.113.7:49737.`);
  }
  return { host: match[1]!, port };
}

export function formatAddress({ host, port }: Address): string {
  return `${host}:${port}`;
}
