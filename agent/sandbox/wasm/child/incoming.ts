import type { IncomingMessage } from 'node:http';
import { Fields, type FieldEntry } from './fields.ts';
import { pollableCreate, type InputStream } from './shim.ts';
import { inputFrom, type Source } from './streams.ts';

/** A request's method, as `wasi:http/types@0.2` has it. */
export type Method = { tag: string; val?: string };
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

export class IncomingBody {
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
export class FutureTrailers {
  subscribe() {
    return pollableCreate();
  }

  get() {
    return { tag: 'ok', val: { tag: 'ok', val: undefined } };
  }
}

export class IncomingRequest {
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
