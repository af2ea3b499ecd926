import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import type { User } from '../users.ts';

/** A connection that its caller asked to leave HTTP on (`Connection: Upgrade`). Whoever answers 101 has taken the socket. */
export interface Upgrade {
  message: Pick<IncomingMessage, 'method' | 'url' | 'headers'>;
  socket: Duplex;
  /** What came behind the request already. */
  head: Buffer;
}

/** One request, whatever it came over. */
export interface ApiServerRequest {
  method: string;
  /** With its query. */
  path: string;
  /** Lower-case names. */
  headers: Record<string, string | undefined>;
  body?: AsyncIterable<Uint8Array>;
  /** Undefined: the listener could not tell who asks. */
  user: User | undefined;
  /** False once what the caller has shown counts no more; asked again while an answer streams. @default always good */
  isStillGood?: (() => boolean) | undefined;
  /** Where it came from, for the audit log: `127.0.0.1:53210`, or a member's key. */
  from?: string | undefined;
  /** Why the listener lets it go no further, whoever asks. @default nothing stands against it */
  refusal?: string | undefined;
  /** Aborts when the caller has gone. */
  signal: AbortSignal;
  /** Only from listeners whose connections can leave HTTP. */
  upgrade?: Upgrade;
}

export interface ApiServerResponse {
  status: number;
  headers: Record<string, string | string[]>;
  /** A stream ends with an error where it broke off: the listener must then not end the body in good order. */
  body: Buffer | AsyncIterable<Buffer>;
}

/** A path of kith's own beside the Kubernetes API, such as `/apis/kith.home.arpa/v1/invites`. */
export interface ExtensionRoute {
  method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  /** Matched against the whole path, without its query; its named groups reach the handler as `params`. */
  pattern: RegExp;
  /** Who may. @default only the group system:masters */
  groups?: readonly string[];
  /** Returns what is sent as JSON; throws an `ApiError` to refuse. */
  handler(request: {
    user: User;
    params: Record<string, string>;
    query: URLSearchParams;
    body: unknown;
    signal: AbortSignal;
  }): unknown | Promise<unknown>;
}
