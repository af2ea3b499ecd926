import type { IncomingMessage, ServerResponse } from 'node:http';
import { AnswerSink } from './answer-sink.ts';
import { Fields, lock, type FieldEntry } from './fields.ts';
import { http as shimHttp, pollableCreate, type InputStream, type OutputStream } from './shim.ts';
import { inputFrom, outputTo, type Source } from './streams.ts';

/**
 * The server's half of `wasi:http/types@0.2`, over node:http. Ours instead of the shim's because the shim's holds a whole request
 * and a whole answer in memory before it passes them on, so nothing could stream.
 */

type Method = { tag: string; val?: string };
const plainMethods = new Set([
  'GET',
  'HEAD',
  'POST',
  'PUT',
  'DELETE',
  'CONNECT',
  'OPTIONS',
  'TRACE',
  'PATCH',
]);

class IncomingBody {
  #stream: InputStream | undefined;

  static of(source: Source): IncomingBody {
    const body = new IncomingBody();
    body.#stream = inputFrom(source);
    return body;
  }

  stream(): InputStream {
    const stream = this.#stream;
    if (!stream) throw undefined;
    this.#stream = undefined;
    return stream;
  }

  static finish(_body: IncomingBody): FutureTrailers {
    return new FutureTrailers();
  }
}

/** Trailers are not passed on in either direction: browsers cannot read them and gateways drop them. */
class FutureTrailers {
  subscribe() {
    return pollableCreate();
  }

  get() {
    return { tag: 'ok', val: { tag: 'ok', val: undefined } };
  }
}

class IncomingRequest {
  #source!: Source<IncomingMessage>;
  #consumed = false;

  static of(source: Source<IncomingMessage>): IncomingRequest {
    const request = new IncomingRequest();
    request.#source = source;
    return request;
  }

  get #message(): IncomingMessage {
    const { message } = this.#source;
    if (!message) throw new Error('The request is over.');
    return message;
  }

  method(): Method {
    const name = this.#message.method ?? 'GET';
    return plainMethods.has(name) ? { tag: name.toLowerCase() } : { tag: 'other', val: name };
  }

  pathWithQuery(): string | undefined {
    return this.#message.url;
  }

  scheme(): { tag: string } {
    return { tag: 'HTTP' };
  }

  authority(): string | undefined {
    return this.#message.headers.host;
  }

  headers(): Fields {
    const raw = this.#message.rawHeaders;
    const entries: FieldEntry[] = [];
    for (let i = 0; i + 1 < raw.length; i += 2)
      entries.push([raw[i]!.toLowerCase(), Buffer.from(raw[i + 1]!, 'latin1')]);
    return Fields.received(entries);
  }

  consume(): IncomingBody {
    if (this.#consumed) throw undefined;
    this.#consumed = true;
    return IncomingBody.of(this.#source);
  }
}

class OutgoingBody {
  #sink = new AnswerSink();
  #taken = false;
  #finished = false;

  static sinkOf(body: OutgoingBody): AnswerSink {
    return body.#sink;
  }

  write(): OutputStream {
    if (this.#taken) throw undefined;
    this.#taken = true;
    return outputTo(this.#sink);
  }

  static finish(body: OutgoingBody, _trailers: Fields | undefined): void {
    body.#finished = true;
    body.#sink.finish();
  }

  /** Dropped without `finish`: the answer is not whole, and whoever reads it must be able to tell. */
  [Symbol.dispose](): void {
    if (!this.#finished) this.#sink.abort();
  }
}

class OutgoingResponse {
  #headers: Fields;
  #status = 200;
  #body: OutgoingBody | undefined;

  constructor(headers: Fields) {
    this.#headers = lock(headers);
  }

  statusCode(): number {
    return this.#status;
  }

  setStatusCode(status: number): void {
    // 1xx is not an answer; node:http would wait for one.
    if (status < 200 || status > 599) throw undefined;
    this.#status = status;
  }

  headers(): Fields {
    return this.#headers;
  }

  body(): OutgoingBody {
    if (this.#body) throw undefined;
    return (this.#body = new OutgoingBody());
  }

  static send(response: OutgoingResponse, answer: ServerResponse): void {
    const headers: [string, string][] = response.#headers
      .entries()
      .map(([name, value]) => [name, Buffer.from(value).toString('latin1')]);
    if (response.#body) OutgoingBody.sinkOf(response.#body).attach(answer, response.#status, headers);
    else new AnswerSink().attach(answer, response.#status, headers).finish();
  }
}

class ResponseOutparam {
  #answer: ServerResponse | undefined;

  static of(answer: ServerResponse): ResponseOutparam {
    const outparam = new ResponseOutparam();
    outparam.#answer = answer;
    return outparam;
  }

  static set(
    outparam: ResponseOutparam,
    result: { tag: 'ok'; val: OutgoingResponse } | { tag: 'err'; val: { tag: string; val?: unknown } },
  ): void {
    const answer = outparam.#answer;
    outparam.#answer = undefined;
    if (!answer) return;
    if (result.tag === 'ok') OutgoingResponse.send(result.val, answer);
    else refuse(answer, 502, `The app answered with the error ${result.val.tag}.`);
  }
}

/** An answer that does not come from the app, in words; nothing if the app's own has begun. */
export function refuse(answer: ServerResponse, status: number, why: string): void {
  if (answer.headersSent) answer.destroy();
  else answer.writeHead(status, { 'content-type': 'text/plain; charset=utf-8' }).end(`${why}\n`);
}

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

/** A request that the guest would like to send. It may write it down; `host.ts` denies every one. */
class OutgoingRequest {
  #headers: Fields;
  #method: Method = { tag: 'get' };
  #path: string | undefined;
  #scheme: { tag: string; val?: string } | undefined;
  #authority: string | undefined;

  constructor(headers: Fields) {
    this.#headers = lock(headers);
  }

  body(): OutgoingBody {
    const body = new OutgoingBody();
    // Nobody will read it: who writes is told `closed` instead of being made to wait.
    OutgoingBody.sinkOf(body).finish();
    return body;
  }

  method(): Method {
    return this.#method;
  }

  setMethod(method: Method): void {
    this.#method = method;
  }

  pathWithQuery(): string | undefined {
    return this.#path;
  }

  setPathWithQuery(path: string | undefined): void {
    this.#path = path;
  }

  scheme(): { tag: string; val?: string } | undefined {
    return this.#scheme;
  }

  setScheme(scheme: { tag: string; val?: string } | undefined): void {
    this.#scheme = scheme;
  }

  authority(): string | undefined {
    return this.#authority;
  }

  setAuthority(authority: string | undefined): void {
    this.#authority = authority;
  }

  headers(): Fields {
    return this.#headers;
  }
}

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
