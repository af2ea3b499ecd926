/**
 * Runs inside the component: turns `export default {fetch(request, env)}` into the export `wasi:http/incoming-handler`.
 *
 * Exported by hand, one instance may serve request after request (about 5,000/s); the engine's own `fetch` event allows
 * one request per instance (about 100/s). The host must not enter an instance while a call is under way in it: a
 * suspended call and a new one would share one stack.
 */
import { wholeBodyOf } from './whole-body.ts';
import { getEnvironment } from 'wasi:cli/environment@0.2.3';
import {
  Fields,
  OutgoingBody,
  OutgoingResponse,
  ResponseOutparam,
  type IncomingRequest,
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
  const answer: Fetch = typeof handler === 'function' ? handler : (...of) => handler.fetch(...of);
  return {
    // No `async` and no `await` where none is needed: in this engine one costs as much as all else of a small answer.
    handle(incoming: IncomingRequest, out: ResponseOutparam): void | Promise<void> {
      serving = true;
      const after: Promise<unknown>[] = [];
      const context = { waitUntil: (promise: Promise<unknown>) => void after.push(promise) };
      const finish = (response: unknown): void | Promise<void> => {
        const sent = send(response instanceof Response ? response : failure(notAResponse(response)), out);
        if (sent || after.length > 0) return settle(sent, after, incoming);
        incoming[Symbol.dispose]();
      };
      let response: Response | Promise<Response>;
      try {
        response = answer(requestOf(incoming), env(), context);
      } catch (error) {
        return finish(failure(error));
      }
      if (response instanceof Response) return finish(response);
      return Promise.resolve(response).then(finish, (error) => finish(failure(error)));
    },
  };
}

async function settle(
  sent: void | Promise<void>,
  after: Promise<unknown>[],
  incoming: IncomingRequest,
): Promise<void> {
  await sent;
  incoming[Symbol.dispose]();
  for (const result of await Promise.allSettled(after))
    if (result.status === 'rejected') report(result.reason);
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

function requestOf(incoming: IncomingRequest): Request {
  const { tag, val } = incoming.method();
  const method = (val ?? tag).toUpperCase();
  const headers = new Headers();
  const fields = incoming.headers();
  for (const [name, value] of fields.entries()) headers.append(name, decoder.decode(value));
  fields[Symbol.dispose]();
  const url = `http://${incoming.authority() ?? headers.get('host') ?? 'localhost'}${incoming.pathWithQuery() ?? '/'}`;
  if (method === 'GET' || method === 'HEAD') return new Request(url, { method, headers });
  return new Request(url, { method, headers, body: bodyOf(incoming), duplex: 'half' } as RequestInit);
}

/** The request's body, read only as fast as the handler takes it. */
function bodyOf(incoming: IncomingRequest): ReadableStream<Uint8Array> {
  const body = incoming.consume();
  const input = body.stream();
  return new ReadableStream<Uint8Array>(
    {
      pull(controller) {
        try {
          controller.enqueue(input.blockingRead(BigInt(pieceBytes)));
        } catch (error) {
          if (tagOf(error) === 'closed') controller.close();
          else controller.error(new TypeError('the request broke off before its end'));
        }
      },
      cancel() {
        input[Symbol.dispose]();
      },
    },
    { highWaterMark: 0 },
  );
}

/** Returns a promise only if the body is a stream. */
function send(response: Response, out: ResponseOutparam): void | Promise<void> {
  const fields = new Fields();
  response.headers.forEach((value, name) => {
    try {
      fields.append(name, encoder.encode(value));
    } catch (error) {
      // Connection headers are the host's business, as in any HTTP server behind a proxy.
      if (tagOf(error) !== 'forbidden') throw error;
    }
  });
  const outgoing = new OutgoingResponse(fields);
  outgoing.setStatusCode(response.status);
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

async function stream(from: ReadableStream<Uint8Array>, body: OutgoingBody): Promise<void> {
  const output = body.write();
  let sent = true;
  const reader = from.getReader();
  try {
    for (let next = await reader.read(); !next.done; next = await reader.read()) write(output, next.value);
  } catch (error) {
    sent = false;
    if (tagOf(error) !== 'closed') report(error);
    // The visitor has gone, or the source failed: either way nobody wants the rest.
    void reader.cancel(error).catch(() => {});
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
  output.flush();
}

function tagOf(error: unknown): string | undefined {
  return (error as { payload?: { tag?: string } } | undefined)?.payload?.tag;
}
