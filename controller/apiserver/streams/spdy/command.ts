import type { Duplex, Readable, Writable } from 'node:stream';
import type { Status } from '../../../../api/types.ts';
import { within } from '../../../../process/bounded.ts';
import type { Clock } from '../../../../process/clock.ts';
import { terminalSize, type TerminalSize } from '../../../../swarm/session-frames.ts';
import type { CommandChannels, CommandOptions } from '../channels.ts';
import { SpdyConnection } from './connection.ts';
import type { SpdyStream } from './stream.ts';

/** v4 tells how a command ended as a Status. What asks for less is older than any client that we know. */
export const spdyCommandProtocols = ['v4.channel.k8s.io'];

/** As the kubelet waits for the streams of a command. */
const streamsMsMax = 30_000;
const resizeBytesMax = 256;

/** The streams of one exec or attach over SPDY: one for each channel, told by its header `streamType`. */
export class SpdyCommand implements CommandChannels {
  readonly stdin: Readable | undefined;
  readonly stdout: Writable | undefined;
  readonly stderr: Writable | undefined;
  readonly gone: Promise<void>;
  readonly #connection: SpdyConnection;
  readonly #error: SpdyStream;
  readonly #resize: SpdyStream | undefined;

  private constructor(connection: SpdyConnection, streams: ReadonlyMap<string, SpdyStream>) {
    this.#connection = connection;
    this.stdin = streams.get('stdin');
    this.stdout = streams.get('stdout');
    this.stderr = streams.get('stderr');
    this.#error = streams.get('error')!;
    this.#resize = streams.get('resize');
    this.gone = connection.closed;
  }

  /** Waits until the client has opened all that it asked for. */
  static async over(socket: Duplex, options: CommandOptions, clock: Clock): Promise<SpdyCommand> {
    const expected = expectedStreams(options);
    const streams = new Map<string, SpdyStream>();
    const whole = Promise.withResolvers<void>();
    const connection = new SpdyConnection(socket, clock, (stream) => {
      const type = stream.headers['streamtype'] ?? '';
      if (!expected.has(type) || streams.has(type)) return void stream.destroy();
      streams.set(type, stream);
      if (streams.size === expected.size) whole.resolve();
    });
    void connection.closed.then(() =>
      whole.reject(new Error('the caller left before its streams were open')),
    );
    try {
      await within(
        clock,
        streamsMsMax,
        whole.promise,
        () => new Error('timed out waiting for client to create streams'),
      );
    } catch (error) {
      connection.cut();
      throw error;
    }
    return new SpdyCommand(connection, streams);
  }

  onResize(take: (size: TerminalSize) => void): void {
    this.#resize?.on('data', (written: Buffer) => {
      // One JSON object after the other; a client writes each at once.
      for (const line of written.subarray(0, resizeBytesMax).toString('utf8').trim().split('\n')) {
        const size = terminalSize(Buffer.from(line));
        if (size) take(size);
      }
    });
  }

  async finish(status: Status): Promise<void> {
    await Promise.all([ended(this.stdout), ended(this.stderr)]);
    this.#error.write(JSON.stringify(status));
    await ended(this.#error);
    // Input that comes late has no reader, and must not hold back the client's own goodbye.
    this.stdin?.resume();
    await this.#connection.close();
  }

  cut(): void {
    this.#connection.cut();
  }
}

function expectedStreams({ stdin, stdout, stderr, tty }: CommandOptions): Set<string> {
  return new Set([
    'error',
    ...(stdin ? ['stdin'] : []),
    ...(stdout ? ['stdout'] : []),
    ...(stderr && !tty ? ['stderr'] : []),
    ...(tty ? ['resize'] : []),
  ]);
}

function ended(output: Writable | undefined): Promise<void> {
  if (!output || output.destroyed) return Promise.resolve();
  return new Promise((resolve) => {
    output.once('close', resolve);
    output.end(() => resolve());
  });
}
