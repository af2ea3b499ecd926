import type { ClientHttp2Session, IncomingHttpHeaders, ServerHttp2Stream } from 'node:http2';
import type { MemberCertificate } from './certificate.ts';

/** What a connection is for; at most one of each per pair, so that bulk never delays control (docs/architecture.md). */
export type Purpose = 'control' | 'streams' | 'data';

/** Who is at the other end: proved by the Noise handshake (key) and by the cluster's signature (certificate). */
export interface Peer {
  /** Ed25519 public key, 64 hex digits. */
  key: string;
  certificate: MemberCertificate;
}

/** One live, admitted connection. */
export interface Link {
  readonly purpose: Purpose;
  readonly peer: Peer;
  /** Who dialled; independent of who serves HTTP/2. */
  readonly dialled: boolean;
  /** Set on the side that is the HTTP/2 client. */
  readonly session: ClientHttp2Session | undefined;
  /** `clock.now()` when the peer last proved to be alive on this link. */
  lastHeardAt(): number;
  /** Smoothed round trip of the heartbeats; undefined before the first. */
  roundTripMs(): number | undefined;
  /** Settles when the link ends, with the reason: `goodbye` (the peer said so), `silence`, or an error's text. */
  readonly closed: Promise<LinkEnd>;
  /** Says goodbye and ends. */
  close(): Promise<void>;
}

export interface LinkEnd {
  reason: 'goodbye' | 'silence' | 'error';
  detail: string;
}

/** Serves one HTTP/2 request that came over a link. */
export type StreamHandler = (stream: ServerHttp2Stream, headers: IncomingHttpHeaders, link: Link) => void;

/** A link that is dialled again, with jittered backoff, whenever it ends. */
export interface KeptLink {
  readonly current: Link | undefined;
  /** Why there is none at the moment, for people. */
  readonly lastError: Error | undefined;
  /** Resolves with the live link, waiting for one until `signal` aborts. */
  live(signal?: AbortSignal): Promise<Link>;
  onChange(listener: (link: Link | undefined) => void): () => void;
  stop(): Promise<void>;
}

export interface ListenOptions {
  /** Throws to refuse, with the reason that the peer is told. */
  admit: (peer: Peer, purpose: Purpose) => void | Promise<void>;
  /** Links of a purpose without a handler are refused (but `streams`, where the accepting side is the client). */
  handlers: Partial<Record<Purpose, StreamHandler>>;
  onLink?: (link: Link) => void;
  /** Whether to be found by the cluster's topic on the DHT. @default for controllers and gateways */
  announce?: boolean;
}

export interface DialOptions {
  signal?: AbortSignal;
  /** Until the peer answers the handshake. @default 3 s */
  timeoutMs?: number;
  /** Serves, where the dialling side is the HTTP/2 server (`streams`). */
  handler?: StreamHandler;
}

/** A member's presence in the swarm: one key, one DHT node, its links. */
export interface Swarm {
  readonly key: string;
  /** Accepts links from members. `handlers` serve the purposes on which this side is the HTTP/2 server. */
  listen(options: ListenOptions): Promise<void>;
  /** One attempt; the live link where there is one already. Throws a `SwarmError` that names the cause. */
  dial(key: string, purpose: Purpose, options?: DialOptions): Promise<Link>;
  /** Keeps a link to the first of `keys()` that answers. `handler` serves when this side is the HTTP/2 server (streams). */
  keep(keys: () => string[] | Promise<string[]>, purpose: Purpose, handler?: StreamHandler): KeptLink;
  /** Keys that claim on the DHT to be this cluster's controllers: hints, until a dial has seen the certificate. */
  findControllers(): Promise<string[]>;
  links(): Link[];
  close(): Promise<void>;
}
