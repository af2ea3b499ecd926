/**
 * The load, in a process of its own and on bare sockets, so that it costs little itself. Answers each line of its input
 * (`LoadOrder` as JSON) with one line (`LoadResult`).
 */
import { connect, type Socket } from 'node:net';
import { createInterface } from 'node:readline';

export interface LoadOrder {
  /** On 127.0.0.1; or the path of a unix socket. */
  port: number | string;
  host: string;
  connections: number;
  ms: number;
  /** Requests a second, sent when they are due whatever has become of the earlier ones; absent: as fast as answers come. */
  rate?: number;
}

export interface LoadResult {
  perSecond: number;
  p50Ms: number;
  p99Ms: number;
  errors: number;
}

/** One keep-alive connection with one request at a time. */
class Connection {
  readonly #socket: Socket;
  readonly #request: Buffer;
  #onAnswer: ((ok: boolean) => void) | undefined;
  #text = '';

  constructor(port: number | string, host: string) {
    this.#request = Buffer.from(`GET / HTTP/1.1\r\nHost: ${host}\r\nAccept: */*\r\n\r\n`);
    this.#socket =
      typeof port === 'string'
        ? connect({ path: port })
        : connect({ port, host: '127.0.0.1', noDelay: true });
    this.#socket.setEncoding('latin1');
    this.#socket.on('data', (chunk: string) => this.#read(chunk));
    this.#socket.on('error', () => {});
    this.#socket.on('close', () => this.#done(false));
  }

  send(): Promise<boolean> {
    return new Promise((resolve) => {
      this.#onAnswer = resolve;
      this.#socket.write(this.#request);
    });
  }

  close(): void {
    this.#socket.destroy();
  }

  #read(chunk: string): void {
    this.#text += chunk;
    const end = this.#text.indexOf('\r\n\r\n');
    if (end < 0) return;
    const length = Number(/\r\ncontent-length: (\d+)/i.exec(this.#text)?.[1] ?? 0);
    if (this.#text.length < end + 4 + length) return;
    const ok = this.#text.startsWith('HTTP/1.1 200');
    this.#text = '';
    this.#done(ok);
  }

  #done(ok: boolean): void {
    const tell = this.#onAnswer;
    this.#onAnswer = undefined;
    tell?.(ok);
  }
}

async function fire({ port, host, connections, ms, rate }: LoadOrder): Promise<LoadResult> {
  const idle = Array.from({ length: connections }, () => new Connection(port, host));
  const all = [...idle];
  const latencies: number[] = [];
  let errors = 0;
  const startedAt = performance.now();
  const until = startedAt + ms;
  if (rate === undefined) {
    await Promise.all(
      all.map(async (connection) => {
        while (performance.now() < until) {
          const sentAt = performance.now();
          if (await connection.send()) latencies.push(performance.now() - sentAt);
          else return void errors++;
        }
      }),
    );
  } else {
    // Time counts from when a request was due, also while none of the connections is free: waiting is part of the answer.
    const due: number[] = [];
    const pending: Promise<void>[] = [];
    const start = (connection: Connection, dueAt: number): void => {
      pending.push(
        connection.send().then((ok) => {
          if (ok) latencies.push(performance.now() - dueAt);
          else errors++;
          const next = due.shift();
          if (next !== undefined) start(connection, next);
          else idle.push(connection);
        }),
      );
    };
    let sent = 0;
    await new Promise<void>((resolve) => {
      const tick = () => {
        const now = performance.now();
        for (; sent < ((Math.min(now, until) - startedAt) * rate) / 1000; sent++) {
          const dueAt = startedAt + (sent * 1000) / rate;
          const connection = idle.pop();
          if (connection) start(connection, dueAt);
          else due.push(dueAt);
        }
        if (now < until) setTimeout(tick, 1);
        else resolve();
      };
      tick();
    });
    for (let waited = 0; waited < pending.length; waited++) await pending[waited];
  }
  const tookMs = performance.now() - startedAt;
  for (const connection of all) connection.close();
  latencies.sort((a, b) => a - b);
  const quantile = (share: number) =>
    latencies[Math.min(latencies.length - 1, Math.floor(latencies.length * share))]!;
  return {
    perSecond: (latencies.length * 1000) / tookMs,
    p50Ms: quantile(0.5),
    p99Ms: quantile(0.99),
    errors,
  };
}

console.log('ready');
for await (const line of createInterface(process.stdin))
  console.log(JSON.stringify(await fire(JSON.parse(line) as LoadOrder)));
