import { open, type FileHandle } from 'node:fs/promises';
import { splitLine } from './line.ts';
import { segmentsIn, type ContainerLog, type Segment } from './container-log.ts';

export interface ReadOptions {
  follow?: boolean;
  tailLines?: number;
  timestamps?: boolean;
  /** RFC 3339; lines before it are left out. */
  sinceTime?: string;
  limitBytes?: number;
  signal?: AbortSignal;
}

const blockBytes = 64 * 1024;

/**
 * Yields a run's log in blocks of whole lines, from disk, oldest first. With `follow` it goes on, across rotations, until the run's
 * log ends or `signal` aborts. Memory: one block, whatever the log's size.
 *
 * @param live the log that is being written, if the run still goes on
 */
export async function* readLog(
  folder: string,
  run: number,
  live: ContainerLog | undefined,
  options: ReadOptions,
): AsyncGenerator<Buffer> {
  const state = { since: options.sinceTime ? Date.parse(options.sinceTime) : undefined };
  let budget = options.limitBytes ?? Infinity;
  let position = await startOf(folder, run, options.tailLines);
  for (;;) {
    // Asked before reading: what was written up to now is then surely seen.
    const grown = options.follow && live && !live.ended ? growth(live, options.signal) : undefined;
    for (;;) {
      const block = await nextBlock(folder, run, position);
      if (!block) break;
      position = block.next;
      const shown = show(block.lines, options.timestamps ?? false, state);
      if (shown.length === 0) continue;
      yield shown.length > budget ? shown.subarray(0, budget) : shown;
      budget -= shown.length;
      if (budget <= 0) return;
      if (options.signal?.aborted) return;
    }
    if (!grown || options.signal?.aborted) return;
    await grown;
  }
}

interface Position {
  number: number;
  offset: number;
}

/** Resolves on the next append, at the end, or when told to stop. Listening begins at once. */
function growth(live: ContainerLog, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      live.off('grown', done);
      live.off('ended', done);
      signal?.removeEventListener('abort', done);
      resolve();
    };
    live.on('grown', done);
    live.on('ended', done);
    signal?.addEventListener('abort', done, { once: true });
    if (signal?.aborted) done();
  });
}

/** The next whole lines after `position`; goes over to the next segment at a segment's end. Undefined where there is no more. */
async function nextBlock(
  folder: string,
  run: number,
  position: Position,
): Promise<{ lines: Buffer; next: Position } | undefined> {
  const segments = segmentsIn(folder).filter((segment) => segment.run === run);
  const at = segments.find(({ number }) => number >= position.number);
  if (!at) return undefined;
  // Rotated away while we were slow: go on with the oldest that is left.
  const offset = at.number === position.number ? position.offset : 0;
  const block = await readLines(at, offset);
  if (block) return { lines: block, next: { number: at.number, offset: offset + block.length } };
  const later = segments.find(({ number }) => number > at.number);
  return later ? nextBlock(folder, run, { number: later.number, offset: 0 }) : undefined;
}

async function readLines(segment: Segment, offset: number): Promise<Buffer | undefined> {
  const file = await openIfThere(segment.path);
  if (!file) return undefined;
  try {
    const buffer = Buffer.allocUnsafe(blockBytes);
    const { bytesRead } = await file.read(buffer, 0, blockBytes, offset);
    const end = buffer.subarray(0, bytesRead).lastIndexOf(0x0a);
    return end < 0 ? undefined : buffer.subarray(0, end + 1);
  } finally {
    await file.close();
  }
}

/** Where the last `tailLines` begin, found by reading backwards; the beginning where no tail is asked for. */
async function startOf(folder: string, run: number, tailLines: number | undefined): Promise<Position> {
  const segments = segmentsIn(folder).filter((segment) => segment.run === run);
  const first: Position = { number: segments[0]?.number ?? 0, offset: 0 };
  if (tailLines === undefined) return first;
  let wanted = tailLines;
  for (const segment of segments.toReversed()) {
    const file = await openIfThere(segment.path);
    if (!file) return first;
    try {
      const { size } = await file.stat();
      if (wanted <= 0) return { number: segment.number, offset: size };
      const found = await lineStartFromEnd(file, size, wanted);
      if (found.lines === 'enough') return { number: segment.number, offset: found.offset };
      wanted -= found.count;
      if (wanted <= 0) return { number: segment.number, offset: 0 };
    } finally {
      await file.close();
    }
  }
  return first;
}

async function lineStartFromEnd(
  file: FileHandle,
  size: number,
  wanted: number,
): Promise<{ lines: 'enough'; offset: number } | { lines: 'fewer'; count: number }> {
  const buffer = Buffer.allocUnsafe(blockBytes);
  let count = 0;
  for (let end = size; end > 0;) {
    const start = Math.max(0, end - blockBytes);
    await file.read(buffer, 0, end - start, start);
    for (let index = end - start - 1; index >= 0; index--) {
      if (buffer[index] !== 0x0a) continue;
      // The newline at the very end closes the last line; each one before it opens a line.
      if (count === wanted) return { lines: 'enough', offset: start + index + 1 };
      count++;
    }
    end = start;
  }
  return { lines: 'fewer', count };
}

function show(lines: Buffer, timestamps: boolean, state: { since: number | undefined }): Buffer {
  const parts: Buffer[] = [];
  for (let start = 0; start < lines.length;) {
    const end = lines.indexOf(0x0a, start);
    const line = splitLine(lines.subarray(start, end));
    start = end + 1;
    if (!line) continue;
    if (state.since !== undefined) {
      if (Date.parse(line.time) < state.since) continue;
      // Time goes forward in a log: no need to look again.
      state.since = undefined;
    }
    if (timestamps) parts.push(Buffer.from(`${line.time} `));
    parts.push(line.text);
    if (line.whole || timestamps) parts.push(lineEnd);
  }
  return Buffer.concat(parts);
}

const lineEnd = Buffer.from('\n');

async function openIfThere(path: string): Promise<FileHandle | undefined> {
  try {
    return await open(path, 'r');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}
