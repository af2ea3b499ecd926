import type { ServerResponse } from 'node:http';
import { AnswerSink } from './answer-sink.ts';
import { Fields, lock } from './fields.ts';
import type { Method } from './incoming.ts';
import type { OutputStream } from './shim.ts';
import { outputTo } from './streams.ts';

export class OutgoingBody {
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

export class OutgoingResponse {
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

export class ResponseOutparam {
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

/** A request that the guest would like to send. It may write it down; `host.ts` denies every one. */
export class OutgoingRequest {
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

/** An answer that does not come from the app, in words; nothing if the app's own has begun. */
export function refuse(answer: ServerResponse, status: number, why: string): void {
  if (answer.headersSent) answer.destroy();
  else answer.writeHead(status, { 'content-type': 'text/plain; charset=utf-8' }).end(`${why}\n`);
}
