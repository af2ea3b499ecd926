import { Agent, request as httpsRequest } from 'node:https';
import type { IncomingMessage } from 'node:http';
import type { ApiRequest, ApiResponse, Transport } from './transport.ts';

/** Watches keep a connection each; more than this at once from one program is a fault. */
const socketsMax = 64;
/** The first byte of an answer: a stopped server must not hold its callers for ever. Writes wait for the disk. */
const answerWithinMs = 30_000;

export interface TlsTransport extends Transport {
  /** Drops the idle connections and ends the rest. */
  close(): void;
}

/** HTTPS with a bearer token, on kept-alive connections. `ca` is PEM; the server is checked against it alone. */
export function tlsTransport(options: { server: string; ca: string; token: string }): TlsTransport {
  const { server, ca, token } = options;
  const { hostname, port, protocol } = new URL(server);
  if (protocol !== 'https:')
    throw new Error(
      `${server} is not https. The token must not travel in the clear: use an https:// address.`,
    );
  const agent = new Agent({ keepAlive: true, ca, maxSockets: socketsMax });

  return {
    request: ({ method, path, headers, body, signal }: ApiRequest) =>
      new Promise<ApiResponse>((resolve, reject) => {
        const outgoing = httpsRequest({
          agent,
          // URL keeps the brackets of [::1], which the resolver does not know.
          hostname: hostname.replace(/^\[|\]$/g, ''),
          port: port || 443,
          method,
          path,
          headers: {
            ...headers,
            authorization: `Bearer ${token}`,
            ...(body !== undefined && { 'content-length': String(Buffer.byteLength(body)) }),
          },
          ...(signal && { signal }),
        });
        outgoing.setTimeout(answerWithinMs, () =>
          outgoing.destroy(new Error(`${server} gave no answer within ${answerWithinMs / 1000} s`)),
        );
        outgoing.once('error', reject);
        outgoing.once('response', (incoming: IncomingMessage) => {
          // From here on silence is a watch's normal state.
          outgoing.setTimeout(0);
          outgoing.off('error', reject);
          outgoing.on('error', () => {});
          resolve({
            status: incoming.statusCode ?? 0,
            headers: plainHeaders(incoming.headers),
            body: incoming,
          });
        });
        outgoing.end(body);
      }),
    close: () => agent.destroy(),
  };
}

function plainHeaders(headers: IncomingMessage['headers']): Record<string, string> {
  const plain: Record<string, string> = {};
  for (const [name, value] of Object.entries(headers))
    if (value !== undefined) plain[name] = Array.isArray(value) ? value.join(', ') : value;
  return plain;
}
