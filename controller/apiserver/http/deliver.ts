import type { Clock } from '../../../process/clock.ts';
import type { ApiServerResponse } from './exchange.ts';

/** What an answer is written to: an HTTP/1.1 response, an HTTP/2 one, or a bare HTTP/2 stream. */
export interface Outlet {
  begin(status: number, headers: ApiServerResponse['headers']): void;
  /** False: wait for `drained` before more. */
  write(chunk: Buffer): boolean;
  end(chunk?: Buffer): void;
  /** Ends so that the reader sees that the body is not whole. */
  cut(): void;
  drained(): Promise<void>;
  /** Aborts when the reader has gone, or all is said. */
  closed: AbortSignal;
}

/** A reader that takes nothing for so long is gone, whatever its connection says; a watch's silence is not its reader's. */
const stalledMsMax = 60_000;

/** Writes the answer as fast as its reader takes it. */
export async function deliver(
  response: ApiServerResponse,
  outlet: Outlet,
  isHead: boolean,
  clock: Clock,
): Promise<void> {
  const { status, body } = response;
  if (Buffer.isBuffer(body)) {
    // RFC 9110, 8.6: what has no content says no length.
    outlet.begin(status, {
      ...response.headers,
      ...(status !== 204 && { 'content-length': String(body.length) }),
    });
    outlet.end(isHead ? undefined : body);
    return;
  }
  const chunks = body[Symbol.asyncIterator]();
  const stop = () => void chunks.return?.(undefined);
  outlet.closed.addEventListener('abort', stop, { once: true });
  try {
    outlet.begin(status, response.headers);
    for (let next = await chunks.next(); !next.done; next = await chunks.next()) {
      if (outlet.closed.aborted) return;
      if (outlet.write(next.value)) continue;
      const stalled = clock.after(stalledMsMax, () => outlet.cut());
      await outlet.drained();
      stalled.cancel();
    }
    outlet.end();
  } catch {
    // The status is out already: a cut body is all that can be said.
    outlet.cut();
  } finally {
    outlet.closed.removeEventListener('abort', stop);
    stop();
  }
}
