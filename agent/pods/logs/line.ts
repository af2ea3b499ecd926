/** What a line is at most; a longer one is stored in parts, as CRI does. */
export const lineBytesMax = 16 * 1024;

const newline = 0x0a;

/**
 * The stored form of a chunk's lines, and what is left over without its newline. One is
 * `<RFC3339Nano> <stdout|stderr> <F|P> <text>`; `P` says that the line goes on in the next one.
 */
export function storeLines(
  time: string,
  stream: string,
  rest: Buffer,
  chunk: Buffer,
): { stored: Buffer; rest: Buffer } {
  let text = rest.length > 0 ? Buffer.concat([rest, chunk]) : chunk;
  const head = Buffer.from(`${time} ${stream} `);
  const parts: Buffer[] = [];
  for (;;) {
    const end = text.indexOf(newline);
    if (end >= 0 && end <= lineBytesMax) {
      parts.push(head, whole, text.subarray(0, end + 1));
      text = text.subarray(end + 1);
    } else if (text.length > lineBytesMax) {
      parts.push(head, partial, text.subarray(0, lineBytesMax), lineEnd);
      text = text.subarray(lineBytesMax);
    } else return { stored: Buffer.concat(parts), rest: Buffer.from(text) };
  }
}

const whole = Buffer.from('F ');
const partial = Buffer.from('P ');
const lineEnd = Buffer.from('\n');

/** Where in a stored line its time and its text lie. Undefined for a line that was cut by a crash. */
export function splitLine(line: Buffer): { time: string; whole: boolean; text: Buffer } | undefined {
  const timeEnd = line.indexOf(0x20);
  const streamEnd = timeEnd < 0 ? -1 : line.indexOf(0x20, timeEnd + 1);
  if (streamEnd < 0 || line[streamEnd + 2] !== 0x20) return undefined;
  return {
    time: line.toString('latin1', 0, timeEnd),
    whole: line[streamEnd + 1] === 0x46,
    text: line.subarray(streamEnd + 3),
  };
}

/** API times end in `Z` with nanoseconds in logs: `2026-01-01T00:00:00.000Z` → `2026-01-01T00:00:00.000000000Z`. */
export function nanoTime(date: Date): string {
  return date.toISOString().replace('Z', '000000Z');
}
