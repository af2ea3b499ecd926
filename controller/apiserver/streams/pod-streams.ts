import { badRequest } from '../../../api/errors.ts';
import type { Pod } from '../../../api/types.ts';
import type { Clock } from '../../../process/clock.ts';
import type { Concurrency } from '../http/concurrency.ts';
import type { ApiServerRequest, ApiServerResponse, Upgrade } from '../http/exchange.ts';
import { isTrue } from '../http/request-info.ts';
import type { User } from '../users.ts';
import type { CommandChannels, CommandOptions } from './channels.ts';
import { containerOf } from './container.ts';
import { lifeOf } from './life.ts';
import { nodeOf, openNodeStream, podPath, type NodeStreams } from './node-stream.ts';
import { runRemoteCommand } from './remote-command.ts';
import { acceptSpdy, isSpdy, spdyProtocol } from './spdy/accept.ts';
import { SpdyCommand, spdyCommandProtocols } from './spdy/command.ts';
import { servePortForward, spdyPortForwardProtocol } from './spdy/port-forward.ts';
import { commandProtocols, WebSocketCommand } from './web-socket-command.ts';
import { channelPortsMax, portForwardProtocols, serveChannelPortForward } from './web-socket-port-forward.ts';
import { tunnelOver } from './web-socket-tunnel.ts';
import { acceptWebSocket, agreedProtocol } from './web-socket.ts';

export interface PodStreamOptions {
  nodeStreams: NodeStreams;
  clock: Clock;
  concurrency: Concurrency;
}

/** What one stream is about. */
interface Wanted extends PodStreamOptions {
  pod: Pod;
  upgrade: Upgrade;
  query: URLSearchParams;
  signal: AbortSignal;
}

/** A session that has left HTTP: settles when it is over. In an object, since a promise in a promise is one. */
interface Begun {
  over: Promise<void>;
}

/** Subresources of pods that leave HTTP for a protocol of streams. */
export const streamedSubresources: readonly string[] = ['exec', 'attach', 'portforward'];

/** WebSocket messages that carry SPDY: what kubectl asks for first, from 1.31 on. */
const tunnelledPortForward = `SPDY/3.1+${spdyPortForwardProtocol}`;

/**
 * Serves exec, attach or portforward of a pod. What can be refused is refused before the connection leaves HTTP, so that the caller
 * gets a Status; then the answer is 101, its upgrade taken, and its body ends with the session.
 *
 * @throws ApiError
 */
export async function podStream(
  pod: Pod,
  subresource: string,
  { upgrade, user, signal }: ApiServerRequest & { user: User },
  query: URLSearchParams,
  options: PodStreamOptions,
): Promise<ApiServerResponse> {
  if (!upgrade) throw badRequest('Upgrade request required');
  const leave = options.concurrency.enter(user, 'session');
  try {
    const wanted = { ...options, pod, upgrade, query, signal };
    const { over } =
      subresource === 'portforward'
        ? await beginPortForward(wanted)
        : await beginCommand(subresource, wanted);
    return { status: 101, headers: {}, body: lifeOf(over.finally(leave)) };
  } catch (error) {
    leave();
    throw error;
  }
}

async function beginCommand(subresource: string, wanted: Wanted): Promise<Begun> {
  const { pod, upgrade, query, signal, clock } = wanted;
  const container = containerOf(pod, query.get('container') ?? '');
  const options = commandOptions(query);
  const protocol = isSpdy(upgrade)
    ? spdyProtocol(upgrade, spdyCommandProtocols)
    : agreedProtocol(upgrade.message.headers['sec-websocket-protocol'], commandProtocols);
  const asked = new URLSearchParams({ stdin: String(options.stdin), tty: String(options.tty) });
  for (const word of query.getAll('command')) asked.append('command', word);
  const node = await openNodeStream(pod, podPath(pod, subresource, asked, container), wanted);
  let channels: CommandChannels;
  try {
    channels = isSpdy(upgrade)
      ? await SpdyCommand.over(acceptSpdy(upgrade, protocol), options, clock)
      : new WebSocketCommand(await acceptWebSocket(upgrade, protocol, clock), options);
  } catch {
    // The connection is no longer HTTP, so there is no word for it; it is over.
    node.destroy();
    upgrade.socket.destroy();
    return { over: Promise.resolve() };
  }
  return { over: runRemoteCommand(node, channels, signal) };
}

async function beginPortForward(wanted: Wanted): Promise<Begun> {
  const { pod, upgrade, query, signal, clock, nodeStreams } = wanted;
  // Whether the pod is there is told now; which ports, only each connection says.
  nodeOf(pod, nodeStreams, 'try again');
  const gone = new AbortController();
  const open = (port: number) =>
    openNodeStream(pod, podPath(pod, 'portForward', new URLSearchParams({ port: String(port) })), {
      clock,
      nodeStreams,
      signal: gone.signal,
    });
  const about = { name: pod.metadata!.name!, open, clock, signal };
  if (isSpdy(upgrade)) {
    const socket = acceptSpdy(upgrade, spdyProtocol(upgrade, [spdyPortForwardProtocol]));
    return { over: servePortForward(socket, about).finally(() => gone.abort()) };
  }
  const served = [tunnelledPortForward, ...portForwardProtocols];
  const protocol = agreedProtocol(upgrade.message.headers['sec-websocket-protocol'], served);
  const ports = protocol === tunnelledPortForward ? [] : portsIn(query);
  const webSocket = await acceptWebSocket(upgrade, protocol, clock).catch(() => undefined);
  if (!webSocket) return { over: Promise.resolve() };
  const over =
    protocol === tunnelledPortForward
      ? servePortForward(tunnelOver(webSocket), about)
      : serveChannelPortForward(webSocket, ports, about);
  return { over: over.finally(() => gone.abort()) };
}

function commandOptions(query: URLSearchParams): CommandOptions {
  const [stdin, stdout, stderr, tty] = ['stdin', 'stdout', 'stderr', 'tty'].map((name) =>
    isTrue(query.get(name)),
  ) as [boolean, boolean, boolean, boolean];
  if (!stdin && !stdout && !stderr) throw badRequest('you must specify at least 1 of stdin, stdout, stderr');
  return { stdin, stdout, stderr, tty };
}

/** `ports=8080&ports=9090` or `ports=8080,9090`. */
function portsIn(query: URLSearchParams): number[] {
  const texts = query.getAll('ports').flatMap((each) => each.split(','));
  const ports = texts.map(Number);
  const wrong = texts.find(
    (_, index) => !(ports[index]! > 0 && ports[index]! < 65_536 && Number.isInteger(ports[index])),
  );
  if (wrong !== undefined) throw badRequest(`unable to parse port ${JSON.stringify(wrong)}`);
  if (ports.length === 0) throw badRequest('query parameter "ports" is required');
  if (ports.length > channelPortsMax)
    throw badRequest(`${ports.length} ports at once: at most ${channelPortsMax}`);
  return ports;
}
