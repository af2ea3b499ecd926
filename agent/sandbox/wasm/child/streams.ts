import type { Readable } from 'node:stream';
import type { AnswerSink } from './answer-sink.ts';
import {
  inputStreamCreate,
  ioErrorCreate,
  outputStreamCreate,
  pollableCreate,
  type InputStream,
  type OutputStream,
} from './shim.ts';

/** Where a request's bytes come from, until it is over. */
export interface Source<Message extends Readable = Readable> {
  message: Message | undefined;
}

const wakingEvents = ['readable', 'end', 'error', 'close'];

/** A `wasi:io` input stream that reads a request's body as it comes, so that it is never held whole. */
export function inputFrom(source: Source): InputStream {
  let chunk: Buffer | undefined;
  const ended = () => {
    const { message } = source;
    return !message || message.readableEnded || message.destroyed || message.errored !== null;
  };
  const fill = () => {
    chunk ??= (source.message?.read() as Buffer | null | undefined) ?? undefined;
    return chunk !== undefined;
  };
  const ready = () => fill() || ended();
  const wait = () =>
    new Promise<void>((resolve) => {
      const { message } = source;
      if (!message) return resolve();
      const done = () => {
        for (const event of wakingEvents) message.off(event, done);
        resolve();
      };
      for (const event of wakingEvents) message.on(event, done);
    });
  const read = (length: bigint): Uint8Array => {
    if (!fill()) {
      const { message } = source;
      // A request that broke off must not look like one that ended.
      if (message && (message.errored || (message.destroyed && !message.readableEnded)))
        throw { tag: 'last-operation-failed', val: ioErrorCreate('the request broke off') };
      if (ended()) throw { tag: 'closed' };
      return new Uint8Array();
    }
    const part = chunk!.subarray(0, Number(length));
    chunk = part.length < chunk!.length ? chunk!.subarray(part.length) : undefined;
    return part;
  };
  const readWhenReady = async (length: bigint) => {
    while (!ready()) await wait();
    return read(length);
  };
  return inputStreamCreate({
    read,
    blockingRead: (length) => (ready() ? read(length) : readWhenReady(length)),
    subscribe: () => pollableCreate({ ready, wait }),
  });
}

/** A `wasi:io` output stream into an answer; the guest is held back while the reader is slow. */
export function outputTo(sink: AnswerSink): OutputStream {
  const ready = () => sink.room > 0 || !sink.open;
  const wait = () => sink.changed();
  const assertOpen = () => {
    if (!sink.open) throw { tag: 'closed' };
  };
  const write = (bytes: Uint8Array) => {
    assertOpen();
    // The bytes lie in the guest's memory, which it may use again at once: copy.
    sink.write(Buffer.from(bytes));
  };
  const drained = async () => {
    while (!ready()) await wait();
    assertOpen();
  };
  return outputStreamCreate({
    checkWrite() {
      assertOpen();
      return BigInt(sink.room);
    },
    write,
    flush: assertOpen,
    blockingFlush: () => (ready() ? undefined : drained()),
    blockingWriteAndFlush(bytes) {
      write(bytes);
      return ready() ? undefined : drained();
    },
    subscribe: () => pollableCreate({ ready, wait }),
  });
}
