import { constants, type IncomingHttpHeaders, type ServerHttp2Stream } from 'node:http2';
import { pipeline } from 'node:stream';
import { isDigest } from './digest.ts';
import type { BlobStore, ByteRange } from './store.ts';

const prefix = '/blobs/';

/**
 * Answers `GET` and `HEAD /blobs/sha256:<hex>`, whole or one `Range: bytes=…`, on a data link.
 * @returns whether the path was a blob's, so that the caller need not answer
 */
export function serveBlobs(
  store: BlobStore,
  stream: ServerHttp2Stream,
  headers: IncomingHttpHeaders,
): boolean {
  const path = headers[':path'] ?? '';
  if (!path.startsWith(prefix)) return false;
  void answer(store, stream, headers, path.slice(prefix.length)).catch(() => {
    // The peer hears that the answer broke off, and asks another.
    if (!stream.destroyed) stream.close(constants.NGHTTP2_INTERNAL_ERROR);
  });
  return true;
}

async function answer(
  store: BlobStore,
  stream: ServerHttp2Stream,
  headers: IncomingHttpHeaders,
  digest: string,
): Promise<void> {
  const method = headers[':method'];
  if (method !== 'GET' && method !== 'HEAD')
    return refuse(stream, 405, `${method} is not possible here, only GET and HEAD`);
  if (!isDigest(digest)) return refuse(stream, 400, 'the path is /blobs/sha256:<64 hex digits>');
  const size = await store.size(digest);
  if (size === undefined) return refuse(stream, 404, `${digest} is not on this host`);
  const range = parseRange(headers.range, size);
  if (range === 'unsatisfiable') {
    return refuse(stream, 416, `the blob has ${size} bytes`, { 'content-range': `bytes */${size}` });
  }
  const length = range ? range.end - range.start + 1 : size;
  const head = {
    ':status': range ? 206 : 200,
    'content-type': 'application/octet-stream',
    'content-length': length,
    'accept-ranges': 'bytes',
    etag: `"${digest}"`,
    ...(range ? { 'content-range': `bytes ${range.start}-${range.end}/${size}` } : {}),
  };
  if (stream.destroyed) return;
  if (method === 'HEAD' || length === 0) {
    stream.respond(head, { endStream: true });
    return;
  }
  const blob = await store.open(digest, range);
  if (!blob || stream.destroyed) {
    blob?.stream.destroy();
    return refuse(stream, 404, `${digest} is not on this host`);
  }
  stream.respond(head);
  // Whichever side breaks off ends the other; the peer sees a reset and asks on from there elsewhere.
  pipeline(blob.stream, stream, () => {});
}

/** Ends a stream with a status and a sentence. */
export function refuse(
  stream: ServerHttp2Stream,
  status: number,
  reason: string,
  more: Record<string, string> = {},
): void {
  if (stream.destroyed) return;
  stream.respond({ ':status': status, 'content-type': 'text/plain; charset=utf-8', ...more });
  stream.end(`${reason}\n`);
}

/**
 * One byte range. What is malformed, or asks for several, is ignored and the whole is sent, as RFC 9110 (14.2) allows.
 */
export function parseRange(
  header: string | undefined,
  size: number,
): ByteRange | 'unsatisfiable' | undefined {
  const match = /^bytes=(\d*)-(\d*)$/.exec(header ?? '');
  if (!match || (match[1] === '' && match[2] === '')) return undefined;
  const [, first, last] = match;
  if (first === '') {
    const length = Math.min(Number(last), size);
    return length === 0 ? 'unsatisfiable' : { start: size - length, end: size - 1 };
  }
  const start = Number(first);
  const end = last === '' ? size - 1 : Math.min(Number(last), size - 1);
  if (last !== '' && Number(last) < start) return undefined;
  return start >= size ? 'unsatisfiable' : { start, end };
}
