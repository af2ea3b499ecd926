import type { IncomingMessage, Server, ServerResponse } from 'node:http';

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
  res.writeHead(status, {
    'content-type': type,
    'content-length': Buffer.byteLength(body),
    'cache-control': 'no-store',
    'content-security-policy': "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'",
    'x-content-type-options': 'nosniff',
    ...(status === 503 ? { 'retry-after': '1' } : {}),
  });
  res.end(req.method === 'HEAD' ? undefined : body);
  // Whatever body the client still sends is not wanted.
  req.resume();
}

/** Listens on loopback alone. */
export function listen(server: Server, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) =>
      reject(
        error.code === 'EADDRINUSE'
          ? Object.assign(new Error(`port ${port} on 127.0.0.1 is in use by another program`), {
              code: 'KITH_PORT_BUSY',
              next: 'stop that program, or choose another port with --gateway-port',
              cause: error,
            })
          : error,
      ),
    );
    server.listen({ host: '127.0.0.1', port }, resolve);
  });
}
