import { appendFileSync, renameSync, statSync } from 'node:fs';

/** A program's log may grow to this, with one older part of the same size beside it. */
const logBytesMax = 5 * 1024 * 1024;

/** Appends lines to a file, which is moved to `<path>.1` when it is full. */
export function logFile(path: string, bytesMax = logBytesMax): (line: string) => void {
  let bytes = 0;
  try {
    bytes = statSync(path).size;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  }
  return (line) => {
    const text = line.endsWith('\n') ? line : `${line}\n`;
    if (bytes + text.length > bytesMax) {
      renameSync(path, `${path}.1`);
      bytes = 0;
    }
    appendFileSync(path, text, { mode: 0o600 });
    bytes += Buffer.byteLength(text);
  };
}
