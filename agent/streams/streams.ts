import type { ServerHttp2Stream } from 'node:http2';
import type { Clock } from '../../process/clock.ts';
import type { Log } from '../../process/log.ts';
import type { StreamHandler } from '../../swarm/swarm.ts';
import type { Pods } from '../pods/pods.ts';
import { answer } from './answer.ts';
import { logHandler } from './logs.ts';
import { portForwardHandler } from './port-forward.ts';
import { sessionHandler } from './session.ts';

/**
 * What the member with this key answers to the nonce (`swarm/alive.ts`), asked on behalf of another one who does not hear it (SWIM's
 * indirect probe); undefined where it is not reached.
 */
export type Reach = (key: string, nonce: string) => Promise<string | undefined>;

const probeBodyBytesMax = 1_024;
/** A controller suspects few hosts at once; more questions than this are not for us to answer. */
const probesMax = 16;

/** What a kubelet serves and this host does not yet. */
const notServed = new Set(['run', 'cri', 'stats', 'metrics', 'checkpoint']);

/** What this host serves at once of each; `sessionIdleMsMax` is how long a session may lie still. */
export interface StreamLimits {
  followersMax?: number;
  sessionsMax?: number;
  sessionIdleMsMax?: number;
  forwardsMax?: number;
}

/** Serves the `streams` purpose: the controller asks, this host answers. */
export function streamsHandler(
  options: {
    pods: Pods;
    clock: Clock;
    log: Log;
    reach: Reach;
  } & StreamLimits,
): StreamHandler {
  const { log, reach } = options;
  const logs = logHandler(options);
  const sessions = sessionHandler({ ...options, idleMsMax: options.sessionIdleMsMax });
  const forward = portForwardHandler(options);
  let probes = 0;

  const probe = async (stream: ServerHttp2Stream) => {
    if (probes >= probesMax) return answer(stream, 503, `${probesMax} probes are under way already`);
    probes++;
    try {
      const { key, nonce } = JSON.parse(await bodyOf(stream)) as { key?: unknown; nonce?: unknown };
      if (!isHex(key) || !isHex(nonce))
        return answer(stream, 400, 'the body must be {"key": "<64 hex digits>", "nonce": "<64 hex digits>"}');
      const proof = await reach(key, nonce).catch(() => undefined);
      answer(stream, 200, JSON.stringify({ reached: proof !== undefined, proof }), 'application/json');
    } catch (error) {
      answer(stream, 400, `the probe could not be read: ${(error as Error).message}`);
    } finally {
      probes--;
    }
  };

  const serve = async (
    stream: ServerHttp2Stream,
    headers: Parameters<StreamHandler>[1],
    link: Parameters<StreamHandler>[2],
  ) => {
    if (link.peer.certificate.role !== 'controller')
      return answer(stream, 403, `only a controller may ask here, not a ${link.peer.certificate.role}`);
    const method = headers[':method'];
    const url = new URL(headers[':path'] ?? '/', 'http://agent');
    const topic = url.pathname.split('/')[1] ?? '';
    if (method === 'POST' && topic === 'probe') return probe(stream);
    if (method === 'GET' && topic === 'containerLogs') return logs(stream, url, headers);
    if (method === 'POST' && (topic === 'exec' || topic === 'attach')) return sessions(stream, url);
    if (method === 'POST' && topic === 'portForward') return forward(stream, url);
    if (notServed.has(topic))
      return answer(stream, 501, `${topic} is not served by this host's version of kith`);
    answer(stream, 404, `${method} ${url.pathname} is nothing this host knows`);
  };

  return (stream, headers, link) => {
    stream.on('error', () => {});
    serve(stream, headers, link).catch((error: unknown) => {
      log.warn('a request on the streams link failed', { path: headers[':path'], error });
      answer(stream, 500, 'the request failed on the host; its log says why');
    });
  };
}

function isHex(value: unknown): value is string {
  return typeof value === 'string' && /^[0-9a-f]{64}$/.test(value);
}

async function bodyOf(stream: ServerHttp2Stream): Promise<string> {
  const parts: Buffer[] = [];
  let bytes = 0;
  for await (const part of stream as AsyncIterable<Buffer>) {
    bytes += part.length;
    if (bytes > probeBodyBytesMax) throw new Error(`it is longer than ${probeBodyBytesMax} bytes`);
    parts.push(part);
  }
  return Buffer.concat(parts).toString('utf8');
}
