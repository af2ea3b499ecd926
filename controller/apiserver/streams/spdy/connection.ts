import type { Duplex } from 'node:stream';
import type { Clock } from '../../../../process/clock.ts';
import { roomIn } from '../../../../swarm/session-frames.ts';
import { controlFrame, dataFrame, finFlag, frameTypes, id, spdyFrames, type SpdyFrame } from './frames.ts';
import { HeaderCodec } from './headers.ts';
import { SpdyStream } from './stream.ts';

/** A port-forward opens two for each connection of its user. */
export const spdyStreamsMax = 256;
/** After our goodbye the client may read what is on its way to it, for so long. */
const leaveMsMax = 5_000;
const refusedStream = 3;
const cancelled = 5;
const idMask = 0x7fff_ffff;

/**
 * The server's side of SPDY/3.1, as far as Kubernetes' clients speak it: they open streams, which are told by their headers, and
 * neither side keeps windows. A reader that is slow holds back the whole connection.
 */
export class SpdyConnection {
  /** Resolves when it is over, in whatever way. */
  readonly closed: Promise<void>;
  readonly #duplex: Duplex;
  readonly #clock: Clock;
  readonly #onStream: (stream: SpdyStream) => void;
  readonly #headers = new HeaderCodec();
  readonly #streams = new Map<number, SpdyStream>();
  #lastId = 0;
  #isLeaving = false;

  constructor(duplex: Duplex, clock: Clock, onStream: (stream: SpdyStream) => void) {
    this.#duplex = duplex;
    this.#clock = clock;
    this.#onStream = onStream;
    duplex.on('error', () => {});
    this.closed = new Promise((resolve) => duplex.once('close', resolve));
    void this.closed.then(() => {
      for (const stream of this.#streams.values()) stream.destroy();
      this.#headers.close();
    });
    this.#serve().catch(() => duplex.destroy());
  }

  /** Says goodbye when all that was written is sent. */
  async close(): Promise<void> {
    if (this.#duplex.destroyed) return;
    this.#isLeaving = true;
    this.#duplex.write(controlFrame(frameTypes.goAway, 0, id(this.#lastId), id(0)));
    this.#duplex.end();
    const cut = this.#clock.after(leaveMsMax, () => this.#duplex.destroy());
    await this.closed;
    cut.cancel();
  }

  cut(): void {
    this.#duplex.destroy();
  }

  async #serve(): Promise<void> {
    for await (const frame of spdyFrames(this.#duplex)) await this.#take(frame);
    // The client has closed; what it was still to be sent has no reader.
    this.#duplex.destroy();
  }

  async #take(frame: SpdyFrame): Promise<void> {
    if (frame.control === undefined) {
      await this.#streams.get(frame.stream)?.receive(frame.body, (frame.flags & finFlag) !== 0);
      return;
    }
    const { control, body, flags } = frame;
    switch (control) {
      case frameTypes.synStream:
        return this.#open(body, flags);
      case frameTypes.reset:
        return void this.#streams.get(idAt(body, 0))?.destroy();
      case frameTypes.ping:
        // Ours would have even numbers, and we send none.
        if (idAt(body, 0) % 2 === 1) this.#duplex.write(controlFrame(frameTypes.ping, 0, body));
        return;
      case frameTypes.headers:
        // Nothing of interest, but the compression goes on over all blocks.
        await this.#headers.unpack(body.subarray(4));
        return;
      case frameTypes.goAway:
        this.#isLeaving = true;
    }
  }

  async #open(body: Buffer, flags: number): Promise<void> {
    const streamId = idAt(body, 0);
    const headers = await this.#headers.unpack(body.subarray(10));
    if (streamId % 2 === 0 || streamId <= this.#lastId)
      throw new Error(`stream ${streamId} cannot be opened after ${this.#lastId}`);
    this.#lastId = streamId;
    if (this.#isLeaving || this.#streams.size >= spdyStreamsMax)
      return void this.#duplex.write(controlFrame(frameTypes.reset, 0, id(streamId), id(refusedStream)));
    const stream = new SpdyStream(streamId, headers, {
      send: (to, content, isLast) => this.#send(to, content, isLast),
      reset: (to) => {
        if (!this.#duplex.writable) return;
        this.#duplex.write(controlFrame(frameTypes.reset, 0, id(to), id(cancelled)));
      },
      forget: (to) => void this.#streams.delete(to),
    });
    this.#streams.set(streamId, stream);
    this.#duplex.write(controlFrame(frameTypes.synReply, 0, id(streamId), await this.#headers.pack({})));
    if ((flags & finFlag) !== 0) await stream.receive(Buffer.alloc(0), true);
    this.#onStream(stream);
  }

  async #send(stream: number, content: Buffer, isLast: boolean): Promise<void> {
    if (!this.#duplex.writable) throw new Error('the connection is closed');
    if (!this.#duplex.write(dataFrame(stream, isLast ? finFlag : 0, content))) await roomIn(this.#duplex);
  }
}

function idAt(body: Buffer, at: number): number {
  if (body.length < at + 4) throw new Error('a SPDY frame is too short');
  return body.readUInt32BE(at) & idMask;
}
