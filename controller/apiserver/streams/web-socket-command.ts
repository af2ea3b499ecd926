import { Readable, Writable } from 'node:stream';
import type { WebSocket } from 'ws';
import type { Status } from '../../../api/types.ts';
import { terminalSize, type TerminalSize } from '../../../swarm/session-frames.ts';
import type { CommandChannels, CommandOptions } from './channels.ts';
import { send } from './web-socket.ts';

/** v5 is v4 with a signal that one direction has ended. */
export const commandProtocols = ['v5.channel.k8s.io', 'v4.channel.k8s.io'];

const channels = { stdin: 0, stdout: 1, stderr: 2, error: 3, resize: 4, close: 255 } as const;

/** The first byte of each message says what it is. Source: k8s.io/apimachinery/pkg/util/remotecommand, KEP 4006. */
export class WebSocketCommand implements CommandChannels {
  readonly stdin: Readable | undefined;
  readonly stdout: Writable | undefined;
  readonly stderr: Writable | undefined;
  readonly gone: Promise<void>;
  readonly #webSocket: WebSocket;
  #isInputOver = false;
  #onResize: (size: TerminalSize) => void = () => {};

  constructor(webSocket: WebSocket, { stdin, stdout, stderr, tty }: CommandOptions) {
    this.#webSocket = webSocket;
    this.gone = new Promise((resolve) => webSocket.once('close', () => resolve()));
    if (stdin) this.stdin = new Readable({ read: () => webSocket.resume() });
    if (stdout) this.stdout = this.#channel(channels.stdout);
    if (stderr && !tty) this.stderr = this.#channel(channels.stderr);
    webSocket.on('message', (data) => this.#take(data as Buffer));
    // Whoever waits for input must not wait for ever; without v5 the end of the connection is the only end there is.
    webSocket.once('close', () => this.#endInput());
    // Says that all is connected. As the kubelet does, on the lowest channel that the caller reads.
    send(webSocket, [stdout ? channels.stdout : stderr ? channels.stderr : channels.error]).catch(() => {});
  }

  onResize(take: (size: TerminalSize) => void): void {
    this.#onResize = take;
  }

  async finish(status: Status): Promise<void> {
    await Promise.all([flushed(this.stdout), flushed(this.stderr)]);
    await send(this.#webSocket, [channels.error], Buffer.from(JSON.stringify(status)));
    // What it still sends is of no use; read, so that the close is noticed.
    this.#webSocket.resume();
    this.#webSocket.close(1000);
    await this.gone;
  }

  cut(): void {
    this.#webSocket.terminate();
  }

  #take(message: Buffer): void {
    const content = message.subarray(1);
    switch (message[0]) {
      case channels.stdin:
        if (content.length > 0 && !this.#isInputOver && this.stdin?.push(content) === false)
          this.#webSocket.pause();
        return;
      case channels.resize: {
        const size = terminalSize(content);
        if (size) this.#onResize(size);
        return;
      }
      case channels.close:
        if (content[0] === channels.stdin) this.#endInput();
    }
  }

  #endInput(): void {
    if (this.#isInputOver) return;
    this.#isInputOver = true;
    this.stdin?.push(null);
  }

  #channel(channel: number): Writable {
    return new Writable({
      write: (chunk: Buffer, _encoding, done) => {
        send(this.#webSocket, [channel], chunk).then(() => done(), done);
      },
    }).on('error', () => {});
  }
}

function flushed(output: Writable | undefined): Promise<void> {
  if (!output || output.destroyed) return Promise.resolve();
  return new Promise((resolve) => {
    output.once('close', resolve);
    output.end(() => resolve());
  });
}
