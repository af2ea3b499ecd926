import {
  constants,
  type ClientHttp2Session,
  type ClientHttp2Stream,
  type IncomingHttpHeaders,
} from 'node:http2';
import type { Readable } from 'node:stream';
import { unavailable } from '../../../api/errors.ts';
import type { Pod } from '../../../api/types.ts';
import { streamBody } from '../../../client/stream-body.ts';
import type { Clock } from '../../../process/clock.ts';
import { containerOf } from '../streams/container.ts';
import { nodeOf, refusalOf, type NodeStreams } from '../streams/node-stream.ts';
import type { ApiServerResponse } from './exchange.ts';

export type { NodeStreams };

/** What kubectl may ask of a log; handed on to the agent by the same names. */
const logOptions = [
  'follow',
  'tailLines',
  'previous',
  'timestamps',
  'sinceSeconds',
  'sinceTime',
  'limitBytes',
];
/** How long an agent may take to begin its answer. */
const answerWithinMs = 10_000;

/**
 * GET `pods/<name>/log`: what the pod's agent says, passed through as it comes.
 *
 * @throws ApiError: which container is meant, that the pod is on no node yet, or that its node is away
 */
export async function podLog(
  pod: Pod,
  query: URLSearchParams,
  { nodeStreams, clock, signal }: { nodeStreams: NodeStreams; clock: Clock; signal: AbortSignal },
): Promise<ApiServerResponse> {
  const { name, namespace } = pod.metadata!;
  const container = containerOf(pod, query.get('container') ?? '');
  // As in Kubernetes, what has run nowhere has said nothing: no answer, and no mistake.
  if (!pod.spec?.nodeName) return { status: 204, headers: {}, body: Buffer.alloc(0) };
  const session = nodeOf(pod, nodeStreams, 'its logs can be read');
  const node = pod.spec!.nodeName!;
  const options = new URLSearchParams();
  for (const option of logOptions) {
    const value = query.get(option);
    if (value !== null) options.set(option, value);
  }
  const path = `/containerLogs/${namespace}/${name}/${container}?${options.toString()}`;
  const stream = session.request({ ':method': 'GET', ':path': path }, { endStream: true });
  const abort = () => stream.close(constants.NGHTTP2_CANCEL);
  signal.addEventListener('abort', abort, { once: true });
  stream.once('close', () => signal.removeEventListener('abort', abort));
  stream.on('error', () => {});
  const { headers, body } = await answerOf(stream, session, node, clock);
  const status = Number(headers[':status']);
  if (status !== 200) throw await refusalOf(body, status);
  return {
    status,
    headers: { 'content-type': headers['content-type'] ?? 'text/plain' },
    body,
  };
}

function answerOf(
  stream: ClientHttp2Stream,
  session: ClientHttp2Session,
  node: string,
  clock: Clock,
): Promise<{ headers: IncomingHttpHeaders; body: Readable }> {
  return new Promise((resolve, reject) => {
    const timer = clock.after(answerWithinMs, () => {
      stream.close(constants.NGHTTP2_CANCEL);
      reject(unavailable(`node ${node} gave no answer within ${answerWithinMs / 1000} s`));
    });
    stream.once('response', (headers) => {
      timer.cancel();
      resolve({
        headers,
        body: streamBody(stream, session, `the link to node ${node} broke in the middle of the log`),
      });
    });
    stream.once('close', () => {
      timer.cancel();
      reject(unavailable(`the link to node ${node} broke before it answered`));
    });
  });
}
