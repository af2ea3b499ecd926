import type { ServerHttp2Stream } from 'node:http2';
import type { Duplex } from 'node:stream';
import type { Clock } from '../../process/clock.ts';
import type { Pods } from '../pods/pods.ts';
import { answer } from './answer.ts';
import { connectSoon, join } from './tunnels.ts';

/** A browser opens a dozen to one app, and several people may look at the same time. */
export const forwardsMax = 128;

/**
 * Serves `POST /portForward/{namespace}/{pod}?port=8080`: the stream is one connection to that port inside the pod, with
 * half-close both ways. Who may is the API server's to say: it asks on behalf of people.
 */
export function portForwardHandler(options: {
  pods: Pick<Pods, 'named'>;
  clock: Clock;
  forwardsMax?: number;
}) {
  const { pods, clock } = options;
  const max = options.forwardsMax ?? forwardsMax;
  let forwards = 0;

  return async (stream: ServerHttp2Stream, url: URL): Promise<void> => {
    const [, , namespace = '', pod = ''] = url.pathname.split('/').map(decodeURIComponent);
    const port = Number(url.searchParams.get('port'));
    if (!Number.isInteger(port) || port < 1 || port > 65_535)
      return answer(
        stream,
        400,
        `port must be a number from 1 to 65535, not ${url.searchParams.get('port')}`,
      );
    const worker = pods.named(namespace, pod);
    const uid = url.searchParams.get('uid');
    if (!worker || (uid !== null && worker.uid !== uid))
      return answer(stream, 404, `pod "${namespace}/${pod}" is not on this host`);
    const { sandbox } = worker;
    if (!sandbox) return answer(stream, 400, `pod "${namespace}/${pod}" is not running`);
    if (forwards >= max)
      return answer(stream, 503, `this host already forwards ${max} connections; end one of them`);
    forwards++;
    stream.once('close', () => forwards--);
    let socket: Duplex;
    try {
      socket = await connectSoon(clock, sandbox.connect(port));
    } catch (error) {
      return answer(stream, 502, (error as Error).message);
    }
    if (stream.destroyed) return void socket.destroy();
    stream.respond({ ':status': 200 });
    join(stream, socket, worker.sandboxGone);
  };
}
