import type { IncomingMessage, ServerResponse } from 'node:http';
import { Fields } from './fields.ts';
import { FutureTrailers, IncomingBody, IncomingRequest } from './incoming.ts';
import { OutgoingBody, OutgoingRequest, OutgoingResponse, ResponseOutparam } from './outgoing.ts';
import { http as shimHttp } from './shim.ts';
import type { Source } from './streams.ts';

/**
 * The server's half of `wasi:http/types@0.2`, over node:http. Ours instead of the shim's because the shim's holds a whole request
 * and a whole answer in memory before it passes them on, so nothing could stream.
 */

/** What the component is called with for one request. */
export function exchange(message: IncomingMessage, answer: ServerResponse) {
  const source: Source<IncomingMessage> = { message };
  return {
    request: IncomingRequest.of(source),
    outparam: ResponseOutparam.of(answer),
    /** A guest with a garbage collector drops its handles late: until then they hold next to nothing. */
    release() {
      source.message = undefined;
    },
  };
}

const { FutureIncomingResponse, IncomingResponse, RequestOptions } = shimHttp.types;

/** `wasi:http/types`: what serves is ours; of what asks little is needed, because every request is denied. */
export const types = {
  Fields,
  FutureIncomingResponse,
  FutureTrailers,
  IncomingBody,
  IncomingRequest,
  IncomingResponse,
  OutgoingBody,
  OutgoingRequest,
  OutgoingResponse,
  RequestOptions,
  ResponseOutparam,
  httpErrorCode: () => undefined,
};
