import type { Clock } from '../../process/clock.ts';
import type { Log } from '../../process/log.ts';
import type { StreamHandler } from '../../swarm/swarm.ts';
import type { Pods } from '../pods/pods.ts';
import { answer } from './answer.ts';
import { Shares, type ShareLimits } from './shares.ts';
import { tunnelHandler, type TunnelLimits, type TunnelRule } from './tunnels.ts';

/** A host fetches one blob at a time, for a handful of images; each one open holds a file and its buffer, read or not. */
export const blobsPerPeerMax = 32;
/** A whole cluster that fetches a new image from the one that built it. */
export const blobsMax = 256;

/** Serves the `data` purpose: tunnels to pods, images and blobs through the handler that `agent/images` gives, and signs of life. */
export function dataHandler(options: {
  pods: Pods;
  clock: Clock;
  log: Log;
  blobs?: StreamHandler;
  limits?: Partial<TunnelLimits>;
  rule?: TunnelRule;
  blobLimits?: Partial<ShareLimits>;
  /** Answers who asks whether this host lives, by signing the nonce. */
  prove?: (nonce: string) => string;
}): StreamHandler {
  const { blobs, blobLimits, prove } = options;
  const tunnels = tunnelHandler(options);
  const shares = new Shares({ perPeer: blobsPerPeerMax, total: blobsMax, ...blobLimits });
  return (stream, headers, link) => {
    if (headers[':method'] === 'CONNECT') return tunnels.handler(stream, headers, link);
    const path = headers[':path'] ?? '';
    stream.on('error', () => {});
    if (blobs && /^\/(blobs|images)\//.test(path)) {
      const { key, certificate } = link.peer;
      const refusal = shares.refusal({ key, name: certificate.name }, 'blobs');
      if (refusal !== undefined) return answer(stream, 429, refusal);
      stream.once('close', shares.take(key));
      return blobs(stream, headers, link);
    }
    const nonce = /^\/alive\/([0-9a-f]{64})$/.exec(path)?.[1];
    if (nonce && prove) return answer(stream, 200, prove(nonce));
    answer(stream, 404, `${headers[':method']} ${path} is nothing this host serves`);
  };
}
