import type { ClientHttp2Session, IncomingHttpHeaders, ServerHttp2Stream } from 'node:http2';
import type { Duplex } from 'node:stream';
import { openTunnel } from '../../../swarm/tunnel.ts';
import type { Upgrade } from '../http/exchange.ts';

/** Says on a link what protocol the caller of a joined machine asks to leave HTTP for. */
const upgradeHeader = 'kith-upgrade';

/** What a handshake is made of. */
const carried = /^(sec-websocket-.*|x-stream-protocol-version|user-agent|impersonate-.*)$/;

/**
 * Takes a connection that asks to leave HTTP over a link to the controller. HTTP/2 knows no such thing, so the stream's body is the
 * connection, from the answer's status line on: whoever carries it understands none of it.
 *
 * @param headers what the link's own user adds
 * @throws TunnelRefused, or Error where the link breaks
 */
export function carryUpgrade(
  session: ClientHttp2Session,
  { message }: Upgrade,
  { authority, headers, signal }: { authority: string; headers: Record<string, string>; signal: AbortSignal },
): Promise<Duplex> {
  const told = Object.entries(message.headers).flatMap(([name, value]) =>
    value !== undefined && carried.test(name) ? [[name, String(value)]] : [],
  );
  return openTunnel(
    session,
    {
      ...(Object.fromEntries(told) as Record<string, string>),
      ...headers,
      ':method': message.method ?? 'GET',
      ':path': message.url ?? '/',
      ':scheme': 'https',
      ':authority': authority,
      [upgradeHeader]: message.headers.upgrade ?? '',
    },
    { signal },
  );
}

/** The connection that a stream of a link carries; undefined where it carries none. The answer, whatever it is, goes onto its socket. */
export function carriedUpgrade(stream: ServerHttp2Stream, headers: IncomingHttpHeaders): Upgrade | undefined {
  const upgrade = headers[upgradeHeader];
  if (typeof upgrade !== 'string') return undefined;
  const { ':method': method, ':path': url, ...rest } = headers;
  const plain = Object.fromEntries(Object.entries(rest).filter(([name]) => !name.startsWith(':')));
  stream.respond({ ':status': 200 });
  return {
    message: { method, url, headers: { ...plain, connection: 'Upgrade', upgrade } },
    socket: stream,
    head: Buffer.alloc(0),
  };
}
