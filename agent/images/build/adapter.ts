/**
 * Runs inside the component: turns `export default {fetch(request, env)}` into the export `wasi:http/incoming-handler`.
 *
 * Exported by hand, one instance may serve request after request (about 5,000/s); the engine's own `fetch` event allows
 * one request per instance (about 100/s). The host must not enter an instance while a call is under way in it: a
 * suspended call and a new one would share one stack.
 */
import { isResponse, wholeBodyOf } from './whole-body.ts';
import { getEnvironment } from 'wasi:cli/environment@0.2.3';
import {
  Fields,
  OutgoingBody,
  OutgoingResponse,
  ResponseOutparam,
  type IncomingBody,
  type IncomingRequest,
  type InputStream,
  type OutputStream,
} from 'wasi:http/types@0.2.3';

export interface HandlerContext {
  /** Keeps the instance busy with `promise` after the response is out. */
  waitUntil(promise: Promise<unknown>): void;
}
type Fetch = (
  request: Request,
  env: Record<string, string>,
  context: HandlerContext,
) => Response | Promise<Response>;
/** What a user's module exports as default. */
export type Handler = Fetch | { fetch: Fetch };

/** What one read of a request's body asks for, and the largest piece that one write hands to the host. */
const pieceBytes = 64 * 1024;
const encoder = new TextEncoder();
const decoder = new TextDecoder();

let environment: Record<string, string> | undefined;
let serving = false;

/** The container's environment. It does not exist yet while the image is built, so asking then is an error and says so. */
function env(): Record<string, string> {
  if (!serving)
    throw new Error(
      'The environment is read while the image is built. Read it inside the handler, when a request comes.',
    );
  environment ??= Object.fromEntries(getEnvironment());
  return environment;
}

// Programs written for Node read `process.env`; nothing else of `process` exists here.
if (!('process' in globalThis))
  Object.defineProperty(globalThis, 'process', {
    value: {
      get env() {
        return env();
      },
    },
  });

export function incomingHandlerOf(handler: Handler) {
  const fetch: unknown = typeof handler === 'function' ? handler : handler?.fetch;
  if (typeof fetch !== 'function')
    throw new TypeError(
      `the default export is ${handler === null ? 'null' : typeof handler}; it must be a function or an object with a fetch(request, env) method`,
    );
  const answer: Fetch =
    typeof handler === 'function'
      ? handler
      : (request, variables, context) => handler.fetch(request, variables, context);
  return {
    // No `async` and no `await` where none is needed: in this engine one costs as much as all else of a small answer.
    handle(incoming: IncomingRequest, out: ResponseOutparam): void | Promise<void> {
      serving = true;
      const body = new RequestBody(incoming);
      const after: Promise<unknown>[] = [];
      const context = { waitUntil: (promise: Promise<unknown>) => void after.push(promise) };
      const finish = (response: unknown): void | Promise<void> => {
        const sent = send(isResponse(response) ? response : failure(notAResponse(response)), out);
        if (sent || after.length > 0) return settle(sent, after, body);
        body.release();
      };
      let response: Response | Promise<Response>;
      try {
        response = answer(requestOf(incoming, body), env(), context);
      } catch (error) {
        return finish(failure(error));
      }
      if (isResponse(response)) return finish(response);
      return Promise.resolve(response).then(finish, (error) => finish(failure(error)));
    },
  };
}

async function settle(
  sent: void | Promise<void>,
  after: Promise<unknown>[],
  body: RequestBody,
): Promise<void> {
  await sent;
  for (const result of await Promise.allSettled(after))
    if (result.status === 'rejected') report(result.reason);
  body.release();
}

function notAResponse(value: unknown): TypeError {
  return new TypeError(`the handler returned ${value === null ? 'null' : typeof value}, not a Response`);
}

function failure(error: unknown): Response {
  report(error);
  return new Response('Internal Server Error\n', { status: 500 });
}

/** The user's stack goes to the container's log, never to the visitor. */
function report(error: unknown): void {
  console.error(error instanceof Error ? `${error}\n${error.stack ?? ''}` : String(error));
}

function requestOf(incoming: IncomingRequest, body: RequestBody): Request {
  const { tag, val } = incoming.method();
  const method = (val ?? tag).toUpperCase();
  const headers = new Headers();
  const fields = incoming.headers();
  for (const [name, value] of fields.entries()) headers.append(name, decoder.decode(value));
  fields[Symbol.dispose]();
  // Each call to the host costs about 10 µs here, so the authority is asked for only where no header tells it.
  const host = headers.get('host') ?? incoming.authority() ?? 'localhost';
  const url = `http://${host}${incoming.pathWithQuery() ?? '/'}`;
  if (method === 'GET' || method === 'HEAD') return new Request(url, { method, headers });
  return new Request(url, { method, headers, body: body.stream(), duplex: 'half' } as RequestInit);
}

/** The request's body, read only as fast as the handler takes it, and all that the host lent for this request. */
class RequestBody {
  readonly #incoming: IncomingRequest;
  #body: IncomingBody | undefined;
  #input: InputStream | undefined;

  constructor(incoming: IncomingRequest) {
    this.#incoming = incoming;
  }

  stream(): ReadableStream<Uint8Array> {
    this.#body = this.#incoming.consume();
    this.#input = this.#body.stream();
    return new ReadableStream<Uint8Array>(
      {
        pull: (controller) => {
          try {
            if (!this.#input) throw new TypeError('the request is over');
            controller.enqueue(this.#input.blockingRead(BigInt(pieceBytes)));
          } catch (error) {
            if (tagOf(error) === 'closed') controller.close();
            else controller.error(new TypeError('the request broke off before its end', { cause: error }));
          }
        },
      },
      { highWaterMark: 0 },
    );
  }

  /** Gives all back, children first. What is not given back stays in the host's tables for the life of the instance. */
  release(): void {
    this.#input?.[Symbol.dispose]();
    this.#body?.[Symbol.dispose]();
    this.#input = undefined;
    this.#incoming[Symbol.dispose]();
  }
}

/** Returns a promise only if the body is a stream. */
function send(response: Response, out: ResponseOutparam): void | Promise<void> {
  const outgoing = new OutgoingResponse(fieldsOf(response.headers));
  if (response.status !== 200) outgoing.setStatusCode(response.status);
  const body = outgoing.body();
  ResponseOutparam.set(out, { tag: 'ok', val: outgoing });
  const whole = response.bodyUsed ? undefined : wholeBodyOf(response);
  if (whole === undefined && response.body) return stream(response.body, body);
  const output = body.write();
  let sent = true;
  try {
    if (whole) write(output, whole);
  } catch (error) {
    sent = false;
    if (tagOf(error) !== 'closed') report(error);
  }
  end(body, output, sent);
}

/** One call for all of them; only if the host refuses one is each tried, and the refused left out. */
function fieldsOf(headers: Headers): Fields {
  const entries: [string, Uint8Array][] = [];
  headers.forEach((value, name) => entries.push([name, encoder.encode(value)]));
  try {
    return Fields.fromList(entries);
  } catch {
    const fields = new Fields();
    for (const [name, value] of entries)
      try {
        fields.append(name, value);
      } catch (error) {
        // Connection headers are the host's business, as in any HTTP server behind a proxy.
        if (tagOf(error) !== 'forbidden')
          console.error(`The header ${name} was left out: its value cannot be sent.`);
      }
    return fields;
  }
}

async function stream(from: ReadableStream<Uint8Array>, body: OutgoingBody): Promise<void> {
  const output = body.write();
  let sent = true;
  let reader: ReadableStreamDefaultReader<Uint8Array> | undefined;
  try {
    reader = from.getReader();
    for (let next = await reader.read(); !next.done; next = await reader.read()) {
      write(output, next.value);
      output.flush();
    }
  } catch (error) {
    sent = false;
    if (tagOf(error) !== 'closed') report(error);
    // The visitor has gone, or the source failed: either way nobody wants the rest.
    void reader?.cancel(error).catch(() => {});
  }
  end(body, output, sent);
}

/** A body that is dropped without finish is told to the visitor as cut off, not as complete. */
function end(body: OutgoingBody, output: OutputStream, sent: boolean): void {
  output[Symbol.dispose]();
  if (sent) OutgoingBody.finish(body, undefined);
  else body[Symbol.dispose]();
}

function write(output: OutputStream, bytes: Uint8Array): void {
  for (let at = 0; at < bytes.length;) {
    const permit = Math.min(Number(output.checkWrite()), pieceBytes);
    if (permit === 0) {
      const pollable = output.subscribe();
      pollable.block();
      pollable[Symbol.dispose]();
      continue;
    }
    output.write(bytes.subarray(at, at + permit));
    at += permit;
  }
}

function tagOf(error: unknown): string | undefined {
  return (error as { payload?: { tag?: string } } | undefined)?.payload?.tag;
}
