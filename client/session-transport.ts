import { constants, type ClientHttp2Session, type IncomingHttpHeaders } from 'node:http2';
import { streamBody } from './stream-body.ts';
import type { ApiRequest, ApiResponse, Transport } from './transport.ts';

/** What the `:authority` of requests over a link says: the link itself has already named the other end. */
export const linkAuthority = 'controller.kith.home.arpa';

/** Where the session comes from, such as a kept link of the swarm. */
export interface SessionSource {
  readonly current: { readonly session: ClientHttp2Session | undefined } | undefined;
  /** Resolves once there is a session; rejects with the signal's reason. */
  live(signal?: AbortSignal): Promise<unknown>;
}

/** Requests, and beside them the session for what is no request. */
export interface SessionTransport extends Transport {
  /** Undefined while there is none that lives. */
  readonly session: ClientHttp2Session | undefined;
}

/**
 * Requests over whatever HTTP/2 session is current. Where there is none the request fails at once, and the caller's backoff, or
 * `reachable`, decides.
 */
export function sessionTransport(source: SessionSource): SessionTransport {
  const live = () => {
    const session = source.current?.session;
    return session && !session.closed && !session.destroyed ? session : undefined;
  };
  return {
    get session() {
      return live();
    },
    reachable: (signal) => source.live(signal),
    request: ({ method, path, headers, body, signal }: ApiRequest) =>
      new Promise<ApiResponse>((resolve, reject) => {
        const session = live();
        if (!session)
          return reject(
            new Error('there is no link to the controller at the moment; it is being dialled again'),
          );
        if (signal?.aborted) return reject(signal.reason);
        const stream = session.request(
          { ...headers, ':method': method, ':path': path, ':scheme': 'https', ':authority': linkAuthority },
          { endStream: body === undefined },
        );
        const abort = () => stream.close(constants.NGHTTP2_CANCEL);
        signal?.addEventListener('abort', abort, { once: true });
        stream.once('close', () => signal?.removeEventListener('abort', abort));

        const fail = (error: Error) => reject(error);
        const closedEarly = () =>
          reject(new Error(`the link closed before an answer (HTTP/2 code ${stream.rstCode ?? 'none'})`));
        stream.once('error', fail);
        stream.once('close', closedEarly);
        stream.once('response', (incoming: IncomingHttpHeaders) => {
          stream.off('error', fail);
          stream.off('close', closedEarly);
          const readable = streamBody(stream, session, 'the link broke before the answer was whole');
          resolve({ status: Number(incoming[':status']), headers: plainHeaders(incoming), body: readable });
        });
        if (body !== undefined) stream.end(body);
      }),
  };
}

function plainHeaders(headers: IncomingHttpHeaders): Record<string, string> {
  const plain: Record<string, string> = {};
  for (const [name, value] of Object.entries(headers))
    if (value !== undefined && !name.startsWith(':'))
      plain[name] = Array.isArray(value) ? value.join(', ') : value;
  return plain;
}
