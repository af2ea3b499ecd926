import type { IncomingMessage, ServerResponse } from 'node:http';
import { hasBody } from './headers.ts';

export function wantsJson(req: IncomingMessage): boolean {
  return /\bapplication\/json\b/.test(req.headers.accept ?? '');
}

const wantsHtml = (req: IncomingMessage) => /\btext\/html\b/.test(req.headers.accept ?? '');

/** One of the gateway's own answers: a page for browsers, one line of text for tools, JSON where asked. */
export function respond(
  req: IncomingMessage,
  res: ServerResponse,
  status: number,
  page: string,
  line: string,
  json: unknown = { error: line },
): void {
  const [type, body] = wantsJson(req)
    ? ['application/json', `${JSON.stringify(json)}\n`]
    : wantsHtml(req) || status === 200
      ? ['text/html; charset=utf-8', page]
      : ['text/plain; charset=utf-8', `kith: ${line}\n`];
  if (res.headersSent || res.destroyed) return;
  res.writeHead(status, {
    'content-type': type,
    'content-length': Buffer.byteLength(body),
    'cache-control': 'no-store',
    'content-security-policy': "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'",
    'x-content-type-options': 'nosniff',
    'cross-origin-resource-policy': 'same-origin',
    // The answer depends on what was asked for.
    vary: 'accept',
    // Whatever body the client still sends is not wanted, and may be long.
    ...(hasBody(req) ? { connection: 'close' } : {}),
    ...(status === 503 ? { 'retry-after': '1' } : {}),
  });
  res.end(req.method === 'HEAD' ? undefined : body);
  req.resume();
}
