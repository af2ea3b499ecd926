import { constants, type ClientHttp2Session, type ClientHttp2Stream } from 'node:http2';
import { Readable } from 'node:stream';

/**
 * The body of an HTTP/2 answer, as a stream that ends only if the body is whole, and fails with `cutMessage` otherwise. Call it
 * in the very handler of `response`.
 *
 * Node's own stream does not tell: destroyed with its session it emits `end` like a whole one, and one that nobody reads by the
 * time it closes is drained away.
 */
export function streamBody(
  stream: ClientHttp2Stream,
  session: ClientHttp2Session,
  cutMessage: string,
): Readable {
  let isWhole = false;
  const body = new Readable({
    read: () => void stream.resume(),
    destroy(error, done) {
      if (!stream.closed) stream.close(constants.NGHTTP2_CANCEL);
      done(error);
    },
  });
  stream.on('data', (chunk: Buffer) => {
    if (!body.push(chunk)) stream.pause();
  });
  // Seen with the session still up: the other side has ended it.
  stream.on('end', () => (isWhole = !session.destroyed && !stream.aborted && !stream.rstCode));
  stream.on('error', () => {});
  stream.once('close', () => {
    if (isWhole && !stream.rstCode) body.push(null);
    else body.destroy(new Error(`${cutMessage} (HTTP/2 code ${stream.rstCode ?? 'none'})`));
  });
  // Whoever has stopped reading does not hear of it; that must not take the program down.
  body.on('error', () => {});
  return body;
}
