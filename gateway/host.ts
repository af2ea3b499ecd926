/** What a request's Host header asks for. */
export type HostVerdict =
  | { kind: 'app'; service: string; namespace: string }
  /** The gateway's own page. */
  | { kind: 'root' }
  | { kind: 'foreign'; reason: string };

/** Every app lives under its own name here, so that the browser keeps their cookies and storage apart. */
export const appDomain = 'kith.localhost';

const label = '[a-z0-9](?:[-a-z0-9]{0,61}[a-z0-9])?';
const appPattern = new RegExp(`^(${label})\\.(${label})\\.kith\\.localhost$`);
const rootNames = new Set(['localhost', '127.0.0.1', '[::1]', appDomain]);

/**
 * Reads the Host header against an exact list, port included, before anything else is looked at: a page elsewhere that
 * points its own name at 127.0.0.1 (DNS rebinding) sends its own name here and gets nothing.
 */
export function readHost(header: string | undefined, port: number): HostVerdict {
  if (!header) return { kind: 'foreign', reason: 'the request has no Host header' };
  const split = /^(\[[0-9a-f:]+\]|[^:]+)(?::(\d+))?$/.exec(header.toLowerCase());
  if (!split) return { kind: 'foreign', reason: `"${header.slice(0, 80)}" is not a host name` };
  // A browser leaves the port out only where it is the scheme's own.
  if (Number(split[2] ?? 80) !== port) return { kind: 'foreign', reason: `the port is not ${port}` };
  const name = split[1]!;
  if (rootNames.has(name)) return { kind: 'root' };
  const app = appPattern.exec(name);
  if (app) return { kind: 'app', service: app[1]!, namespace: app[2]! };
  return { kind: 'foreign', reason: `"${name.slice(0, 80)}" is not an app of this gateway` };
}

/** The address at which an app opens in a browser. */
export function appUrl(service: string, namespace: string, port: number): string {
  return `http://${service}.${namespace}.${appDomain}${port === 80 ? '' : `:${port}`}/`;
}
