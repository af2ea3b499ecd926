import type { IncomingMessage } from 'node:http';
import { hopByHopHeaders } from '../process/http.ts';

/** Names and values by turns, as they came (`message.rawHeaders`): repeated ones stay apart, letters keep their case. */
export type RawHeaders = string[];

/** Say who was forwarded: what a client claims of itself is replaced by what is true. */
const forwarding = /^(x-forwarded-|forwarded$|x-real-ip$)/;

/** Whatever the Connection header names: without these the app would read another message than we did. */
const neverNamed = new Set(['host', 'content-length', 'expect', 'content-type']);

/** Never in a trailer (RFC 9110, 6.5.1): they frame, route or authenticate, and were judged before it came. */
const notInTrailers = new Set([
  ...hopByHopHeaders,
  ...neverNamed,
  'authorization',
  'cookie',
  'set-cookie',
  'content-encoding',
  'content-range',
  'cache-control',
  'te',
]);

/** Methods for which a missing length means "a body without an end" to some servers. */
const bodyMethods = new Set(['POST', 'PUT', 'PATCH']);

/** What the Connection header names beside its two usual words; undefined for nothing. */
function namedIn(connection: string | undefined): Set<string> | undefined {
  if (!connection || connection === 'keep-alive' || connection === 'close') return undefined;
  const names = connection
    .split(',')
    .map((name) => name.trim().toLowerCase())
    .filter((name) => !neverNamed.has(name));
  return new Set(names);
}

/** Whether the request has a body; its framing was checked before (target.ts). */
export function hasBody({ headers }: Pick<IncomingMessage, 'headers'>): boolean {
  return headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0;
}

/**
 * The request's headers for the app. The framing is always said anew and in full: a GET whose chunked body went out
 * without its `Transfer-Encoding` would be read as the next request (request smuggling).
 */
export function requestHeaders(req: IncomingMessage, upgrade?: string): RawHeaders {
  const { headers, rawHeaders } = req;
  const named = namedIn(headers.connection);
  const out: RawHeaders = [];
  for (let index = 0; index < rawHeaders.length; index += 2) {
    const name = rawHeaders[index]!.toLowerCase();
    if (hopByHopHeaders.has(name) || named?.has(name) || forwarding.test(name)) continue;
    out.push(rawHeaders[index]!, rawHeaders[index + 1]!);
  }
  out.push('X-Forwarded-For', req.socket.remoteAddress ?? '127.0.0.1');
  out.push('X-Forwarded-Host', headers.host ?? '', 'X-Forwarded-Proto', 'http');
  if (headers['transfer-encoding'] !== undefined) {
    out.push('Transfer-Encoding', 'chunked');
    if (headers.trailer !== undefined) out.push('Trailer', String(headers.trailer));
  } else if (headers['content-length'] === undefined && bodyMethods.has(req.method ?? ''))
    out.push('Content-Length', '0');
  if (upgrade !== undefined) out.push('Connection', 'Upgrade', 'Upgrade', upgrade);
  else if (wantsTrailers(req)) out.push('TE', 'trailers', 'Connection', 'keep-alive, TE');
  return out;
}

/** The one word of TE that may be said again to the next hop. */
function wantsTrailers({ headers }: IncomingMessage): boolean {
  return headers.te !== undefined && /(^|,)\s*trailers\s*(,|$)/i.test(String(headers.te));
}

/** The answer's headers for the client. `isChunked`: how the client gets the body, which is when trailers can follow it. */
export function responseHeaders(response: IncomingMessage, isChunked: boolean): RawHeaders {
  const { headers, rawHeaders, statusCode } = response;
  const named = namedIn(headers.connection);
  const out: RawHeaders = [];
  for (let index = 0; index < rawHeaders.length; index += 2) {
    const name = rawHeaders[index]!.toLowerCase();
    if (hopByHopHeaders.has(name) || named?.has(name)) continue;
    // RFC 9110, 8.6: a 204 has none, and a client that believed one would wait for it.
    if (name === 'content-length' && statusCode === 204) continue;
    out.push(rawHeaders[index]!, ownHeader(name, rawHeaders[index + 1]!));
  }
  if (isChunked && headers.trailer !== undefined) out.push('Trailer', String(headers.trailer));
  return out;
}

/**
 * A header of an answer as the client may have it. An app's cookies are its own: with a `Domain`, one app could set the session of
 * all others, since every app's name ends alike and browsers know no boundary above it.
 */
export function ownHeader(name: string, value: string): string {
  return name.toLowerCase() === 'set-cookie' ? value.replace(/;\s*domain\s*(=[^;]*)?(?=;|$)/gi, '') : value;
}

/** The trailers that may be passed on, as pairs. */
export function trailersOf({ rawTrailers }: IncomingMessage): [string, string][] {
  const pairs: [string, string][] = [];
  for (let index = 0; index < rawTrailers.length; index += 2)
    if (!notInTrailers.has(rawTrailers[index]!.toLowerCase()))
      pairs.push([rawTrailers[index]!, rawTrailers[index + 1]!]);
  return pairs;
}
