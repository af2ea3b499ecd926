import type { IncomingHttpHeaders, ServerHttp2Stream } from 'node:http2';
import type { Duplex } from 'node:stream';
import type { Pod } from '../../api/types.ts';
import type { Role } from '../../swarm/certificate.ts';
import type { Link, Peer, StreamHandler } from '../../swarm/swarm.ts';
import { resetStream } from '../../swarm/tunnel.ts';
import type { Log } from '../../process/log.ts';
import { within } from '../../process/bounded.ts';
import type { Clock } from '../../process/clock.ts';
import type { Pods } from '../pods/pods.ts';
import { answer } from './answer.ts';
import { Shares, type ShareLimits } from './shares.ts';

/** One gateway with a browser's worth of connections for many users fits; one that opens without an end does not. */
export const tunnelsPerPeerMax = 512;
/** Each costs some 30 KiB while idle. */
export const tunnelsMax = 2_048;
/** A port that neither accepts nor refuses within this time does not answer. */
const connectMsMax = 10_000;

const allowed: readonly Role[] = ['controller', 'gateway', 'node'];

export type TunnelLimits = ShareLimits;

/** Why a tunnel is not opened: 403 for good, 503 for now. */
export interface TunnelRefusal {
  status: 403 | 503;
  reason: string;
}

/** Who may open which pod. */
export interface TunnelRule {
  /** Why this member may not open the pod; undefined: it may. */
  refusal(pod: Pod, peer: Peer): Promise<TunnelRefusal | undefined>;
  /** Called after each change: what is open already may be so no longer. */
  onChange(listener: () => void): void;
}

/**
 * Serves CONNECT: `:authority` names a pod's address and port, `kith-pod-uid` the pod itself, and the stream becomes a byte
 * stream into its sandbox. Each direction ends by itself (half-close), waits for a slow reader, and may be idle for as
 * long as it likes: WebSockets are. All tunnels into a sandbox end with it.
 */
export function tunnelHandler(options: {
  pods: Pick<Pods, 'get'>;
  clock: Clock;
  log: Log;
  limits?: Partial<TunnelLimits>;
  rule?: TunnelRule;
}): { handler: StreamHandler; open(): number } {
  const { pods, clock, log, rule } = options;
  const shares = new Shares({ perPeer: tunnelsPerPeerMax, total: tunnelsMax, ...options.limits });

  const joined = new Set<{ stream: ServerHttp2Stream; peer: Peer; pod: Pod }>();
  /** Cuts what would not be opened now. What nobody knows at the moment goes on. */
  const recheck = async () => {
    for (const { stream, peer, pod } of joined) {
      const refusal = await rule!.refusal(pod, peer);
      if (refusal?.status === 403) resetStream(stream, new Error(refusal.reason));
    }
  };
  rule?.onChange(
    () => void recheck().catch((error: unknown) => log.warn('open tunnels were not judged', { error })),
  );

  const open = async (stream: ServerHttp2Stream, headers: IncomingHttpHeaders, link: Link) => {
    const { key, certificate } = link.peer;
    if (!allowed.includes(certificate.role))
      return answer(stream, 403, `a ${certificate.role} may not open tunnels; go through a gateway`);
    const target = parseAuthority(headers[':authority']);
    const uid = headers['kith-pod-uid'];
    if (!target || typeof uid !== 'string')
      return answer(stream, 404, 'a tunnel needs :authority <podIP>:<port> and the header kith-pod-uid');
    const worker = pods.get(uid);
    const sandbox = worker?.sandbox;
    if (!worker || !sandbox || worker.local.podIP !== target.address)
      return answer(stream, 404, `there is no pod ${uid} at ${target.address} here`);
    // Its app may close any moment. Refused now, a request of any kind can still go to another replica; cut later, it could not.
    if (worker.pod.metadata?.deletionTimestamp) return answer(stream, 503, `pod ${uid} is ending`);
    const closed = await rule?.refusal(worker.pod, link.peer);
    if (closed) return answer(stream, closed.status, closed.reason);
    if (stream.destroyed) return;
    const refusal = shares.refusal({ key, name: certificate.name }, 'tunnels');
    if (refusal !== undefined) return answer(stream, 429, refusal);
    stream.once('close', shares.take(key));
    let socket: Duplex;
    try {
      socket = await connectSoon(clock, sandbox.connect(target.port));
    } catch (error) {
      return answer(stream, 503, `port ${target.port} does not answer: ${(error as Error).message}`);
    }
    if (stream.destroyed) {
      socket.destroy();
      return;
    }
    stream.respond({ ':status': 200 });
    const tunnel = { stream, peer: link.peer, pod: worker.pod };
    joined.add(tunnel);
    stream.once('close', () => joined.delete(tunnel));
    join(stream, socket, worker.sandboxGone);
  };

  return {
    open: () => shares.total,
    handler: (stream, headers, link) => {
      // A peer that goes away in the middle is no event of ours.
      stream.on('error', () => {});
      open(stream, headers, link).catch((error: unknown) => {
        log.warn('a tunnel failed', { error });
        answer(stream, 503, 'the tunnel could not be opened');
      });
    },
  };
}

/** Copies both ways until both have ended; when either breaks, or the sandbox goes, the other is cut, and can tell. */
export function join(stream: ServerHttp2Stream, socket: Duplex, gone: Promise<void>): void {
  const cut = (why: Error) => {
    socket.destroy();
    resetStream(stream, why);
  };
  socket.once('error', cut);
  socket.once('close', () => {
    // Closed before its end: the reader must not take what came so far for all there is.
    if (!socket.readableEnded) return cut(new Error('the pod broke the connection'));
    // Nobody reads what the other side may still send.
    if (stream.writableFinished) stream.close();
    else stream.once('finish', () => stream.close());
  });
  stream.once('aborted', () => socket.destroy());
  stream.once('close', () => socket.destroy());
  void gone.then(() => cut(new Error('the pod has ended')));
  stream.pipe(socket);
  socket.pipe(stream);
}

/** `10.244.1.7:8080`; IPv4 alone, since pods have no other addresses. */
function parseAuthority(authority: string | undefined): { address: string; port: number } | undefined {
  const match = /^(\d{1,3}(?:\.\d{1,3}){3}):(\d{1,5})$/.exec(authority ?? '');
  const port = Number(match?.[2]);
  return match && port > 0 && port < 65_536 ? { address: match[1]!, port } : undefined;
}

/** A connection into the pod that comes about in time; one that comes later is not left open. */
export function connectSoon(clock: Clock, opening: Promise<Duplex>): Promise<Duplex> {
  return within(clock, connectMsMax, opening, () => {
    opening.then(
      (socket) => socket.destroy(),
      // Nothing came about, and that it was too late is said already.
      () => {},
    );
    return new Error(`it took longer than ${connectMsMax / 1000} s`);
  });
}
