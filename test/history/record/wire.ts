import { connect, type ClientHttp2Session, type ClientHttp2Stream } from 'node:http2';
import { once } from 'node:events';
import { NoAnswer, type Answered, type Connection, type Place } from './api.ts';

/** Longer than any answer takes on a busy machine; a server that is silent for so long is a fault of its own. */
const answerMsMax = 30_000;

/** A server of TLS on loopback, by HTTP/2 as stock clients speak it; a connection of its own for each client. */
export function wirePlace(server: { port: number; ca: () => string; token: () => string }): Place {
  return {
    connect: () => new WireConnection(server),
    now: () => performance.now(),
    sleep: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
  };
}

class WireConnection implements Connection {
  readonly #server: Parameters<typeof wirePlace>[0];
  #session: ClientHttp2Session | undefined;

  constructor(server: Parameters<typeof wirePlace>[0]) {
    this.#server = server;
  }

  async ask(method: string, path: string, body?: { type: string; value: unknown }): Promise<Answered> {
    const stream = await this.#begin(method, path, body);
    stream.setTimeout(answerMsMax, () => stream.destroy(new Error('no answer in time')));
    const parts: Buffer[] = [];
    stream.on('data', (part: Buffer) => parts.push(part));
    const status = await answered(stream);
    return { status, json: jsonOf(Buffer.concat(parts).toString()) };
  }

  async watch(path: string, onLine: (line: string) => void, signal: AbortSignal): Promise<Answered> {
    const stream = await this.#begin('GET', path);
    const stop = () => stream.close();
    signal.addEventListener('abort', stop, { once: true });
    let rest = '';
    let status = 0;
    stream.on('response', (headers) => (status = Number(headers[':status'])));
    stream.setEncoding('utf8');
    stream.on('data', (text: string) => {
      const lines = (rest + text).split('\n');
      rest = lines.pop()!;
      if (status === 200) for (const line of lines) onLine(line);
      else rest = `${lines.join('\n')}${rest}`;
    });
    try {
      await answered(stream);
      return { status, json: jsonOf(status === 200 ? '{}' : rest) };
    } finally {
      signal.removeEventListener('abort', stop);
    }
  }

  close(): void {
    this.#session?.destroy();
  }

  async #begin(
    method: string,
    path: string,
    body?: { type: string; value: unknown },
  ): Promise<ClientHttp2Stream> {
    const session = await this.#connected();
    try {
      const headers = {
        ':method': method,
        ':path': path,
        authorization: `Bearer ${this.#server.token()}`,
        ...(body && { 'content-type': body.type }),
      };
      // Else a DELETE would be without a body.
      const stream = session.request(headers, { endStream: body === undefined });
      if (body) stream.end(JSON.stringify(body.value));
      return stream;
    } catch (error) {
      // The session ended at this very moment: nothing was sent.
      throw new NoAnswer((error as Error).message, true);
    }
  }

  async #connected(): Promise<ClientHttp2Session> {
    if (this.#session && !this.#session.closed && !this.#session.destroyed) return this.#session;
    const session = connect(`https://127.0.0.1:${this.#server.port}`, { ca: this.#server.ca() });
    // What becomes of the connection is told to each request on it.
    session.on('error', () => {});
    this.#session = session;
    try {
      await Promise.race([
        once(session, 'connect'),
        once(session, 'close').then(() => Promise.reject(new Error('it closed'))),
      ]);
    } catch (error) {
      session.destroy();
      throw new NoAnswer((error as Error).message, true);
    }
    return session;
  }
}

/** The status once all of the answer is there. @throws NoAnswer */
function answered(stream: ClientHttp2Stream): Promise<number> {
  let status: number | undefined;
  let hasEnded = false;
  let why = 'the connection ended';
  stream.on('response', (headers) => (status = Number(headers[':status'])));
  stream.on('end', () => (hasEnded = true));
  stream.on('error', (error) => (why = error.message));
  return new Promise((resolve, reject) =>
    stream.once('close', () => {
      // An end without a reset is the end of the answer; a stream that was cut ends too, with a code.
      if (hasEnded && status !== undefined && stream.rstCode === 0 && !stream.aborted) resolve(status);
      else reject(new NoAnswer(why));
    }),
  );
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new NoAnswer(`an answer that is no JSON: ${text.slice(0, 200)}`);
  }
}
