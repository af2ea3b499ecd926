import type { ServerHttp2Stream } from 'node:http2';

/** Answers a request with a short text that tells what is wrong, or a small result, and ends it. */
export function answer(
  stream: ServerHttp2Stream,
  status: number,
  text: string,
  contentType = 'text/plain; charset=utf-8',
): void {
  if (stream.destroyed || stream.headersSent) return;
  stream.respond({ ':status': status, 'content-type': contentType });
  stream.end(text.endsWith('\n') ? text : `${text}\n`);
}
