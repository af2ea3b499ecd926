import type { ServerResponse } from 'node:http';
import { afterThisTurn } from './time.ts';

/** How much a guest may write before it is told to wait for the other side to read. */
const unreadBytesMax = 64 * 1024;

/**
 * Where a guest writes the body of its answer. What it writes in one go (before it first waits) is gathered, so that a short
 * answer leaves as one packet with its length; what comes later streams.
 */
export class AnswerSink {
  #answer: ServerResponse | undefined;
  #status = 200;
  #headers: [string, string][] = [];
  #gathered: Buffer[] = [];
  #gatheredBytes = 0;
  #streaming = false;
  #ended = false;

  /** False when nobody reads any more, or the guest has finished. */
  get open(): boolean {
    return !this.#ended && !this.#answer?.destroyed && !this.#answer?.errored;
  }

  /** How many bytes may be written now. */
  get room(): number {
    const unread = this.#gatheredBytes + (this.#answer?.writableLength ?? 0);
    return Math.max(0, unreadBytesMax - unread);
  }

  attach(answer: ServerResponse, status: number, headers: [string, string][]): this {
    this.#answer = answer;
    this.#status = status;
    this.#headers = headers;
    // A guest that says a length and writes another would shift the bytes of the next answer on the same connection.
    answer.strictContentLength = true;
    // Runs when the guest first waits, or when its turn is over.
    afterThisTurn(() => this.#stream());
    return this;
  }

  write(bytes: Buffer): void {
    if (this.#streaming) return this.#guarded((answer) => void answer.write(bytes));
    this.#gathered.push(bytes);
    this.#gatheredBytes += bytes.length;
    if (this.#answer && this.room === 0) this.#stream();
  }

  finish(): void {
    if (this.#ended) return;
    this.#ended = true;
    if (!this.#answer) return;
    this.#guarded((answer) => {
      if (!this.#streaming) {
        const body = this.#gathered.length === 1 ? this.#gathered[0]! : Buffer.concat(this.#gathered);
        const sized = this.#headers.some(([name]) => name.toLowerCase() === 'content-length');
        const bodiless = this.#status === 204 || this.#status === 304;
        if (!sized && !bodiless) this.#headers.push(['content-length', String(body.length)]);
        this.#head(answer);
        this.#gathered = [];
        this.#gatheredBytes = 0;
        this.#streaming = true;
        answer.end(body);
      } else answer.end();
    });
  }

  /** The rest will not come: cut the connection, so that the reader does not take a part for the whole. */
  abort(): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#answer?.destroy();
  }

  /** Resolves when there may be room, or the reader has gone. */
  changed(): Promise<void> {
    const answer = this.#answer;
    return new Promise((resolve) => {
      if (!answer) return afterThisTurn(resolve);
      const done = () => {
        for (const event of ['drain', 'error', 'close']) answer.off(event, done);
        resolve();
      };
      for (const event of ['drain', 'error', 'close']) answer.on(event, done);
    });
  }

  #stream(): void {
    if (this.#streaming || this.#ended || this.#answer?.writableEnded) return;
    this.#streaming = true;
    this.#guarded((answer) => {
      this.#head(answer);
      answer.flushHeaders();
      for (const bytes of this.#gathered) answer.write(bytes);
    });
    this.#gathered = [];
    this.#gatheredBytes = 0;
  }

  #head(answer: ServerResponse): void {
    answer.writeHead(this.#status, this.#headers.flat());
  }

  /** node:http throws on a wrong length or a header it does not take: the connection ends, the guest is told `closed`. */
  #guarded(act: (answer: ServerResponse) => void): void {
    const answer = this.#answer!;
    try {
      act(answer);
    } catch (error) {
      console.error(`kith: the app's answer is not valid HTTP: ${(error as Error).message}`);
      answer.destroy();
    }
  }
}
