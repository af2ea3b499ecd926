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

/** A `wasi:io` input stream that reads a Node stream as it comes, so that a body is never held whole. */
export function inputFrom(readable: Readable): InputStream {
  let chunk: Buffer | undefined;
  const ended = () => readable.readableEnded || readable.destroyed || readable.errored !== null;
  const fill = () => {
    chunk ??= (readable.read() as Buffer | null) ?? undefined;
    return chunk !== undefined;
  };
  const ready = () => fill() || ended();
  const wait = () =>
    new Promise<void>((resolve) => {
      const done = () => {
        for (const event of ['readable', 'end', 'error', 'close']) readable.off(event, done);
        resolve();
      };
      for (const event of ['readable', 'end', 'error', 'close']) readable.on(event, done);
    });
  const read = (length: bigint): Uint8Array => {
    if (!fill()) {
      if (readable.errored)
        throw { tag: 'last-operation-failed', val: ioErrorCreate('the request was cut short') };
      if (ended()) throw { tag: 'closed' };
      return new Uint8Array();
    }
    const part = chunk!.subarray(0, Number(length));
    chunk = part.length < chunk!.length ? chunk!.subarray(part.length) : undefined;
    return part;
  };
  return inputStreamCreate({
    read,
    async blockingRead(length) {
      while (!ready()) await wait();
      return read(length);
    },
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
