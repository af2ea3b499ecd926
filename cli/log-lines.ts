import { StringDecoder } from 'node:string_decoder';

/** A longer line is cut in pieces: a program that writes no newline must not fill our memory. */
const lineCharactersMax = 64 * 1024;

/** A log's lines as they come, empty ones too; the last need not end with a newline. */
export async function* logLines(body: AsyncIterable<Buffer | string>): AsyncGenerator<string> {
  const decoder = new StringDecoder('utf8');
  let held = '';
  for await (const chunk of body) {
    const lines = (held + (typeof chunk === 'string' ? chunk : decoder.write(chunk))).split('\n');
    held = lines.pop()!;
    for (const line of lines) yield line;
    for (; held.length > lineCharactersMax; held = held.slice(lineCharactersMax))
      yield held.slice(0, lineCharactersMax);
  }
  held += decoder.end();
  if (held) yield held;
}
