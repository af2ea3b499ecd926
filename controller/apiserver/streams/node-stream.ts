import { constants, type ClientHttp2Session } from 'node:http2';
import type { Duplex, Readable } from 'node:stream';
import { ApiError, badRequest, tooManyRequests, unavailable } from '../../../api/errors.ts';
import type { Pod } from '../../../api/types.ts';
import { within } from '../../../process/bounded.ts';
import type { Clock } from '../../../process/clock.ts';
import { Tunnel } from '../../../swarm/tunnel.ts';

/** The HTTP/2 session of a node's `streams` link, on which the node serves; undefined while there is none. */
export type NodeStreams = (nodeName: string) => ClientHttp2Session | undefined;

/** How long an agent may take to begin its answer: a command has begun by then, a port has answered. */
const answerMsMax = 15_000;
/** An agent's refusal is a sentence. */
const refusalCharactersMax = 2_000;

/** The live link to the pod's node. @throws ApiError where the pod is on none yet, or its node is away */
export function nodeOf(pod: Pod, nodeStreams: NodeStreams, what: string): ClientHttp2Session {
  const { name } = pod.metadata!;
  const node = pod.spec?.nodeName;
  if (!node)
    throw badRequest(`pod ${name} does not have a host assigned: kubectl describe pod ${name} says why`);
  const session = nodeStreams(node);
  if (!session || session.closed || session.destroyed)
    throw unavailable(`node ${node}, which runs pod ${name}, is not connected: ${what} once it is back`);
  return session;
}

/**
 * Opens a stream to the pod's agent: bytes both ways, each way ends by itself. Its `error` says that it was cut.
 *
 * @param path as `agent/streams/streams.ts` serves it
 * @throws ApiError with the agent's own words where it refuses
 */
export async function openNodeStream(
  pod: Pod,
  path: string,
  { nodeStreams, clock, signal }: { nodeStreams: NodeStreams; clock: Clock; signal: AbortSignal },
): Promise<Duplex> {
  const node = pod.spec?.nodeName;
  const session = nodeOf(pod, nodeStreams, 'try again');
  signal.throwIfAborted();
  const stream = session.request({ ':method': 'POST', ':path': path }, { endStream: false });
  stream.on('error', () => {});
  const give = () => stream.close(constants.NGHTTP2_CANCEL);
  signal.addEventListener('abort', give, { once: true });
  try {
    const answered = new Promise<{ status: number; tunnel: Tunnel }>((resolve, reject) => {
      // Listened to at once: of a stream that ends unheard nothing is left to read.
      stream.once('response', (headers) =>
        resolve({ status: Number(headers[':status']), tunnel: new Tunnel(stream).on('error', () => {}) }),
      );
      stream.once('close', () => reject(unavailable(`the link to node ${node} broke before it answered`)));
    });
    const { status, tunnel } = await within(clock, answerMsMax, answered, () =>
      unavailable(`node ${node} gave no answer within ${answerMsMax / 1000} s`),
    );
    if (status !== 200) throw await refusalOf(tunnel, status);
    return tunnel;
  } catch (error) {
    give();
    throw error;
  } finally {
    signal.removeEventListener('abort', give);
  }
}

/** What an agent said instead, in its own words. */
export async function refusalOf(answer: Readable, status: number): Promise<ApiError> {
  let text = '';
  answer.setEncoding('utf8');
  try {
    for await (const part of answer as AsyncIterable<string>) {
      text += part;
      if (text.length > refusalCharactersMax) break;
    }
  } catch {
    // Cut off: what came says as much as there is.
  }
  const message = text.trim().slice(0, refusalCharactersMax) || `the node answered ${status}`;
  switch (status) {
    case 400:
      return badRequest(message);
    case 404:
      return new ApiError(404, 'NotFound', message);
    case 429:
      return tooManyRequests(message);
    case 501:
      return new ApiError(501, 'NotImplemented', message);
    case 503:
      return unavailable(message);
    default:
      return new ApiError(500, 'InternalError', message);
  }
}

/** Where the pod's agent serves the topic (`agent/streams/streams.ts`). */
export function podPath(pod: Pod, topic: string, query: URLSearchParams, container?: string): string {
  const { namespace, name, uid } = pod.metadata!;
  // The very pod that the caller may reach, not the next of its name.
  query.set('uid', uid!);
  const segments = [topic, namespace!, name!, ...(container === undefined ? [] : [container])];
  return `/${segments.map(encodeURIComponent).join('/')}?${query.toString()}`;
}
