import { constants, type IncomingHttpHeaders, type ServerHttp2Stream } from 'node:http2';
import type { Clock } from '../../process/clock.ts';
import type { Link, StreamHandler } from '../../swarm/swarm.ts';
import type { ApiServer } from './create.ts';
import { deliver, type Outlet } from './http/deliver.ts';
import { carriedUpgrade } from './streams/carried-upgrade.ts';
import { answerUpgrade } from './tls/upgrades.ts';
import { userOfCertificate, type User } from './users.ts';

/**
 * Serves the API to members on their control links: whoever holds the link's certificate is the user. Hand it to
 * `swarm.listen({ handlers: { control: noiseListener(…) } })`.
 */
export function noiseListener(options: {
  apiServer: ApiServer;
  clock: Clock;
  /** @default the user that the link's certificate names */
  userOf?: (link: Link, headers: IncomingHttpHeaders) => User | undefined;
}): StreamHandler {
  const { apiServer, clock, userOf = ({ peer }) => userOfCertificate(peer.certificate) } = options;
  return (stream, headers, link) => {
    const outlet = streamOutlet(stream);
    const method = String(headers[':method'] ?? 'GET');
    const upgrade = carriedUpgrade(stream, headers);
    apiServer
      .handle({
        method,
        path: String(headers[':path'] ?? '/'),
        headers: plainHeaders(headers),
        user: userOf(link, headers),
        from: link.peer.key,
        signal: outlet.closed,
        ...(upgrade ? { upgrade } : { body: stream as AsyncIterable<Uint8Array> }),
      })
      .then((response) =>
        upgrade
          ? answerUpgrade(upgrade.socket, response)
          : deliver(response, outlet, method === 'HEAD', clock),
      )
      .catch(() => outlet.cut());
  };
}

function streamOutlet(stream: ServerHttp2Stream): Outlet {
  const gone = new AbortController();
  let wake: (() => void) | undefined;
  stream.once('close', () => {
    gone.abort();
    wake?.();
  });
  stream.on('drain', () => wake?.());
  stream.on('error', () => {});
  return {
    begin(status, headers) {
      if (!stream.destroyed) stream.respond({ ':status': status, ...headers });
    },
    write: (chunk) => stream.write(chunk),
    end(chunk) {
      if (chunk) stream.end(chunk);
      else stream.end();
      // What the caller still sends of a refused body is not wanted.
      if (!stream.readableEnded) stream.resume();
    },
    cut: () => stream.close(constants.NGHTTP2_INTERNAL_ERROR),
    drained: () => (gone.signal.aborted ? Promise.resolve() : new Promise((resolve) => (wake = resolve))),
    closed: gone.signal,
  };
}

function plainHeaders(headers: IncomingHttpHeaders): Record<string, string | undefined> {
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [name, Array.isArray(value) ? value.join(', ') : value]),
  );
}
