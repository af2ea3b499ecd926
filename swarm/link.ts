import {
  connect,
  performServerHandshake,
  type ClientHttp2Session,
  type Http2Session,
  type ServerHttp2Session,
  type ServerHttp2Stream,
} from 'node:http2';
import { waitAtMost } from '../process/bounded.ts';
import type { Clock } from '../process/clock.ts';
import type { NoiseDuplex } from './duplex.ts';
import { FloodGuard } from './flood.ts';
import { releaseResetStreams } from './reset-streams.ts';
import { Heartbeat } from './heartbeat.ts';
import { http2Bounds, type Limits } from './limits.ts';
import type { Link, LinkEnd, Peer, Purpose, StreamHandler } from './swarm.ts';

/** In GOAWAY's debug data: tells a peer that leaves from one that was cut off. */
const goodbye = Buffer.from('goodbye');
/** How long a goodbye may take to reach the peer before the connection goes anyway. */
const GOODBYE_MS = 500;

export interface LinkOptions {
  duplex: NoiseDuplex;
  purpose: Purpose;
  peer: Peer;
  dialled: boolean;
  /** Serves, where this side is the HTTP/2 server. */
  handler: StreamHandler | undefined;
  clock: Clock;
  limits: Limits;
  /** The protocol version both sides agreed on, and what the peer can do beyond it. */
  version: number;
  features: readonly string[];
}

/** Whether this side is the HTTP/2 client: the dialler, but on `streams` the other one. */
export function isHttp2Client(purpose: Purpose, dialled: boolean): boolean {
  return purpose === 'streams' ? !dialled : dialled;
}

/** One admitted connection after its hello: HTTP/2, heartbeats, and one end that is told once. */
export class SwarmLink implements Link {
  readonly purpose: Purpose;
  readonly peer: Peer;
  readonly dialled: boolean;
  readonly version: number;
  readonly features: readonly string[];
  readonly session: ClientHttp2Session | undefined;
  readonly closed: Promise<LinkEnd>;
  #end!: (end: LinkEnd) => void;
  #ended = false;
  readonly #http: Http2Session;
  readonly #duplex: NoiseDuplex;
  readonly #heartbeat: Heartbeat;
  readonly #flood: FloodGuard;
  readonly #clock: Clock;

  constructor(options: LinkOptions) {
    const { duplex, purpose, peer, dialled, handler, clock, limits } = options;
    this.purpose = purpose;
    this.peer = peer;
    this.dialled = dialled;
    this.version = options.version;
    this.features = options.features;
    this.#duplex = duplex;
    this.#clock = clock;
    this.closed = new Promise((resolve) => (this.#end = resolve));

    const client = isHttp2Client(purpose, dialled);
    if (client) {
      this.session = openClient(duplex, purpose);
      this.#http = this.session;
    } else {
      this.#http = openServer(duplex, purpose, clock, (stream, headers) => {
        if (handler) handler(stream, headers, this);
        else stream.respond({ ':status': 501 }, { endStream: true });
      });
    }
    const { sessionWindowBytes } = http2Bounds(purpose);
    const widen = () => {
      if (!this.#http.destroyed) this.#http.setLocalWindowSize(sessionWindowBytes);
    };
    if (client) this.#http.once('connect', widen);
    else widen();

    this.#heartbeat = new Heartbeat(this.#http, clock, () =>
      this.#finish({ reason: 'silence', detail: `nothing was heard of ${peer.certificate.name} for 3 s` }),
    );
    this.#flood = new FloodGuard(this.#http, clock, limits, (what) =>
      this.#finish({ reason: 'error', detail: `${peer.certificate.name} sent too many ${what}` }),
    );
    duplex.onHeard = () => this.#heartbeat.heard();
    this.#http.on('goaway', (_code, _last, data?: Uint8Array) => {
      if (data && goodbye.equals(data)) {
        this.#finish({ reason: 'goodbye', detail: `${peer.certificate.name} said goodbye` });
      }
    });
    this.#http.on('error', (error) => this.#finish({ reason: 'error', detail: error.message }));
    this.#http.on('close', () => this.#finish({ reason: 'error', detail: 'the HTTP/2 session ended' }));
    duplex.on('error', (error) => this.#finish({ reason: 'error', detail: error.message }));
    duplex.on('close', () => this.#finish({ reason: 'error', detail: 'the connection closed' }));
  }

  lastHeardAt(): number {
    return this.#heartbeat.lastHeardAt;
  }

  roundTripMs(): number | undefined {
    return this.#heartbeat.roundTripMs;
  }

  async close(): Promise<void> {
    if (!this.#ended) {
      this.#ended = true;
      this.#stop();
      if (!this.#http.destroyed) this.#http.goaway(0, 0, goodbye);
      // The peer answers a goodbye by closing; GOAWAY leaves Node's buffers in the next turn.
      const gone = new Promise<void>((resolve) => this.#duplex.once('close', resolve));
      await waitAtMost(this.#clock, GOODBYE_MS, gone);
      this.#destroy();
      this.#end({ reason: 'goodbye', detail: 'closed on this side' });
    }
    await this.closed;
  }

  #finish(end: LinkEnd): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#stop();
    this.#destroy();
    this.#end(end);
  }

  #stop(): void {
    this.#heartbeat.stop();
    this.#flood.stop();
  }

  #destroy(): void {
    this.#http.destroy();
    this.#duplex.destroy();
  }
}

function openClient(duplex: NoiseDuplex, purpose: Purpose): ClientHttp2Session {
  const { session } = http2Bounds(purpose);
  // The authority is a name for nobody: who the peer is was settled by keys.
  return connect('http://kith', { ...session, createConnection: () => duplex });
}

function openServer(
  duplex: NoiseDuplex,
  purpose: Purpose,
  clock: Clock,
  onStream: (stream: ServerHttp2Stream, headers: import('node:http2').IncomingHttpHeaders) => void,
): ServerHttp2Session {
  const session = performServerHandshake(duplex, http2Bounds(purpose).session);
  releaseResetStreams(session, clock);
  session.on('stream', (stream, headers) => {
    // A stream that its peer resets emits 'error'; without a listener that would end the process.
    stream.on('error', () => {});
    onStream(stream, headers);
  });
  return session;
}
