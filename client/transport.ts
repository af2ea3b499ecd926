import type { Readable } from 'node:stream';

export interface ApiRequest {
  method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** Path with its query: `/api/v1/pods?watch=true`. */
  path: string;
  headers?: Record<string, string>;
  body?: string | Buffer;
  signal?: AbortSignal;
}

export interface ApiResponse {
  status: number;
  headers: Record<string, string>;
  /** Ends with an error if the connection broke before the body was whole. */
  body: Readable;
}

/** One request over some connection: HTTPS on loopback, or an HTTP/2 session on a Noise stream. */
export interface Transport {
  request(request: ApiRequest): Promise<ApiResponse>;
  /** Resolves once a request has a chance; rejects with the signal's reason. Absent where only a request can tell. */
  reachable?(signal: AbortSignal): Promise<unknown>;
}
