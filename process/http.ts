const http = process.getBuiltinModule('node:http');

/**
 * Node's HTTP/1.1. An `import` of node:http itself reads each of its exports, and three that nobody here wants (`WebSocket` …) load
 * the whole of Node's fetch: 12 MB, 6 of them anonymous, and 35 ms for every program (measured with Node 24.21).
 */
export const { createServer, get, request, STATUS_CODES } = http;
export const Agent = http.Agent;
export type Agent = InstanceType<typeof http.Agent>;
export const ServerResponse = http.ServerResponse;
export type ServerResponse = InstanceType<typeof http.ServerResponse>;

/** Headers that belong to one connection and are never passed on (RFC 9110, 7.6.1). */
export const hopByHopHeaders: ReadonlySet<string> = new Set([
  'connection',
  'keep-alive',
  'proxy-authenticate',
  'proxy-authorization',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
  // The answer to an upgrade that we do not pass on (RFC 7540, 3.2.1).
  'http2-settings',
]);
