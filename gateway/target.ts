import type { IncomingMessage } from 'node:http';
import { readHost } from './host.ts';

/** What a request is for, or why it is refused before anyone looks at anything else. */
export type Target =
  | { kind: 'app'; service: string; namespace: string; path: string }
  | { kind: 'root'; path: string }
  | { kind: 'refused'; status: number; title: string; reason: string };

type Request = Pick<
  IncomingMessage,
  'method' | 'url' | 'headers' | 'rawHeaders' | 'httpVersionMajor' | 'httpVersionMinor'
>;

/**
 * Reads where a request goes. Whatever two programs could read in two ways is refused (request smuggling). Node's parser
 * has refused the rest already: both Content-Length and Transfer-Encoding, two lengths, a name with a space, a bare CR.
 */
export function readTarget(req: Request, port: number): Target {
  const hosts = valuesOf(req.rawHeaders, 'host');
  if (hosts.length > 1) return refused(400, 'the request names more than one Host');
  const coding = req.headers['transfer-encoding'];
  if (coding !== undefined) {
    if (coding.toLowerCase() !== 'chunked')
      return refused(
        501,
        `the transfer coding "${coding.slice(0, 40)}" is not understood here; only chunked is`,
      );
    // RFC 9112, 6.1: HTTP/1.0 knows no codings, so somebody in between has misread it.
    if (req.httpVersionMajor < 1 || req.httpVersionMinor < 1)
      return refused(400, 'an HTTP/1.0 request cannot be chunked');
  }
  const url = req.url ?? '';
  const absolute = /^http:\/\/([^/?#]+)(.*)$/i.exec(url);
  // RFC 9112, 3.2.2: in the absolute form the URI's host counts. Two different ones are a trick.
  if (absolute && absolute[1]!.toLowerCase() !== hosts[0]?.toLowerCase())
    return refused(400, 'the request names one host in its first line and another one as its Host');
  const path = absolute ? (absolute[2]!.startsWith('/') ? absolute[2]! : `/${absolute[2]!}`) : url;
  if (!path.startsWith('/') && !(path === '*' && req.method === 'OPTIONS'))
    return refused(400, `"${url.slice(0, 80)}" is not a path`);

  const host = readHost(hosts[0], port);
  if (host.kind === 'foreign')
    return {
      kind: 'refused',
      status: 421,
      title: 'Not served here',
      reason: `This is kith's gateway, and ${host.reason}.`,
    };
  return { ...host, path };
}

function refused(status: number, reason: string): Target {
  return { kind: 'refused', status, title: 'Not a request this gateway passes on', reason };
}

function valuesOf(rawHeaders: string[], wanted: string): string[] {
  const values: string[] = [];
  for (let index = 0; index < rawHeaders.length; index += 2)
    if (rawHeaders[index]!.length === wanted.length && rawHeaders[index]!.toLowerCase() === wanted)
      values.push(rawHeaders[index + 1]!);
  return values;
}
