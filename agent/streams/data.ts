import type { Clock } from '../../process/clock.ts';
import type { Log } from '../../process/log.ts';
import type { StreamHandler } from '../../swarm/swarm.ts';
import type { Pods } from '../pods/pods.ts';
import { answer } from './answer.ts';
import { tunnelHandler, type TunnelLimits } from './tunnels.ts';

/** Serves the `data` purpose: tunnels to pods, and images and blobs through the handler that `agent/images` gives. */
export function dataHandler(options: {
  pods: Pods;
  clock: Clock;
  log: Log;
  blobs?: StreamHandler;
  limits?: Partial<TunnelLimits>;
}): StreamHandler {
  const tunnels = tunnelHandler(options);
  return (stream, headers, link) => {
    if (headers[':method'] === 'CONNECT') return tunnels.handler(stream, headers, link);
    const path = headers[':path'] ?? '';
    if (options.blobs && /^\/(blobs|images)\//.test(path)) return options.blobs(stream, headers, link);
    stream.on('error', () => {});
    answer(stream, 404, `${headers[':method']} ${path} is nothing this host serves`);
  };
}
