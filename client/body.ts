import type { Readable } from 'node:stream';
import { StringDecoder } from 'node:string_decoder';

/** Larger answers than this are a fault: 5,000 pods are 10-20 MB. */
const bodyBytesMax = 256 * 1024 * 1024;
/** One watch event: an object is at most 3 MiB, written again with its escapes. */
const lineCharactersMax = 16 * 1024 * 1024;

/** The whole body as text. Rejects where the connection broke before it was whole. */
export async function textOf(body: Readable): Promise<string> {
  const decoder = new StringDecoder('utf8');
  let text = '';
  let bytes = 0;
  for await (const chunk of body as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > bodyBytesMax) throw new Error(`the answer is larger than ${bodyBytesMax} bytes`);
    text += decoder.write(chunk);
  }
  return text + decoder.end();
}

/**
 * The body's lines as they come, whole whatever the chunks: a character or a line may be split over any of them. A last
 * line without its newline is a cut answer and throws.
 */
export async function* linesOf(body: AsyncIterable<Buffer | string>): AsyncGenerator<string> {
  const decoder = new StringDecoder('utf8');
  // Chunks of one long line are joined once, at its end, not at each chunk.
  let parts: string[] = [];
  let held = 0;
  for await (const chunk of body) {
    const text = typeof chunk === 'string' ? chunk : decoder.write(chunk);
    let start = 0;
    for (let end = text.indexOf('\n'); end >= 0; end = text.indexOf('\n', start)) {
      parts.push(text.slice(start, end));
      const line = parts.join('');
      parts = [];
      held = 0;
      start = end + 1;
      if (line) yield line;
    }
    if (start < text.length) {
      parts.push(text.slice(start));
      held += text.length - start;
      if (held > lineCharactersMax)
        throw new Error(`a line of the answer is longer than ${lineCharactersMax} characters`);
    }
  }
  if (held || decoder.end()) throw new Error('the answer broke off in the middle of a line');
}
