import { appendFileSync, existsSync, renameSync, statSync } from 'node:fs';

/** A program's log may grow to this, with one older part of the same size beside it. */
const logBytesMax = 5 * 1024 * 1024;

/**
 * Appends lines to a file, which is moved to `<path>.1` when it is full. What cannot be written (a full disk) is counted, and the
 * number told as soon as the file takes something again: a program does not end because of its log.
 */
export function logFile(path: string, bytesMax = logBytesMax): (line: string) => void {
  const sizeNow = () => statSync(path, { throwIfNoEntry: false })?.size ?? 0;
  let bytes = sizeNow();
  let lost = 0;
  return (line) => {
    const missing = lost > 0 ? `(${lost} lines could not be written here)\n` : '';
    const text = missing + (line.endsWith('\n') ? line : `${line}\n`);
    try {
      if (bytes > 0 && bytes + text.length > bytesMax) {
        renameSync(path, `${path}.1`);
        bytes = 0;
      }
      appendFileSync(path, text, { mode: 0o600 });
      bytes += Buffer.byteLength(text);
      lost = 0;
    } catch {
      lost += 1;
      // Somebody may have taken the file away.
      if (!existsSync(path)) bytes = 0;
    }
  };
}
