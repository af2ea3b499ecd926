import { EventEmitter } from 'node:events';
import { mkdirSync, readdirSync, rmSync } from 'node:fs';
import { open, type FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import type { Clock } from '../../../process/clock.ts';
import type { Log } from '../../../process/log.ts';
import { nanoTime, storeLines } from './line.ts';

/** 4 MiB × 3 for each run, and two runs are kept: a chatty container costs its host at most 24 MiB. */
export const logSegmentBytesMax = 4 * 1024 * 1024;
export const logSegmentsMax = 3;
/** A container that writes faster than the disk loses output beyond this, and the log says how much. */
export const logPendingBytesMax = 1024 * 1024;

export interface LogLimits {
  segmentBytesMax: number;
  segmentsMax: number;
  pendingBytesMax: number;
}

const defaults: LogLimits = {
  segmentBytesMax: logSegmentBytesMax,
  segmentsMax: logSegmentsMax,
  pendingBytesMax: logPendingBytesMax,
};

/** One file of a run's log. Rotation begins the next number and never renames, so a reader simply goes on to it. */
export interface Segment {
  run: number;
  number: number;
  path: string;
}

/** All segments in a container's log folder, oldest first. */
export function segmentsIn(folder: string): Segment[] {
  let names: string[];
  try {
    names = readdirSync(folder);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
  return names
    .flatMap((name) => {
      const match = /^(\d+)-(\d+)\.log$/.exec(name);
      return match ? [{ run: Number(match[1]), number: Number(match[2]), path: join(folder, name) }] : [];
    })
    .toSorted((a, b) => a.run - b.run || a.number - b.number);
}

/**
 * Writes what one run of a container says: a timestamp on each line, rotated by size. `write` never blocks; the writing is
 * done behind it, one append at a time. Emits `grown` after each append and `ended` when the run's log is whole.
 */
export class ContainerLog extends EventEmitter<{ grown: []; ended: [] }> {
  readonly run: number;
  /** All is on disk, and no more comes. */
  ended = false;
  readonly #folder: string;
  readonly #clock: Clock;
  readonly #log: Log;
  readonly #limits: LogLimits;
  readonly #rest = { stdout: Buffer.alloc(0), stderr: Buffer.alloc(0) };
  #pending: Buffer[] = [];
  #pendingBytes = 0;
  #dropped = 0;
  #isFailing = false;
  #file: FileHandle | undefined;
  #number = 0;
  #segmentBytes = 0;
  #closing = false;
  /** Cleared in the same turn as the queue is seen empty, or an append in between would lie there. */
  #busy = false;
  #written: Promise<void> = Promise.resolve();

  /** @param run the number of this start of the container; logs of runs before the previous one are removed. */
  constructor(options: { folder: string; run: number; clock: Clock; log: Log; limits?: Partial<LogLimits> }) {
    super();
    this.setMaxListeners(0);
    this.run = options.run;
    this.#folder = options.folder;
    this.#clock = options.clock;
    this.#log = options.log;
    this.#limits = { ...defaults, ...options.limits };
    mkdirSync(this.#folder, { recursive: true, mode: 0o700 });
    const held = segmentsIn(this.#folder);
    const previous = held.filter(({ run }) => run < this.run).at(-1)?.run;
    for (const { run, path } of held) if (run < this.run && run !== previous) rmSync(path, { force: true });
    // The same run again: an adopted container, whose log goes on.
    this.#number = held.findLast(({ run }) => run === this.run)?.number ?? 0;
  }

  write(stream: 'stdout' | 'stderr', chunk: Buffer): void {
    if (this.#closing) return;
    const { stored, rest } = storeLines(nanoTime(this.#clock.date()), stream, this.#rest[stream], chunk);
    this.#rest[stream] = rest as Buffer<ArrayBuffer>;
    this.#append(stored);
  }

  /** Writes what is left without a newline, and closes. Resolves when all is on disk. */
  async end(): Promise<void> {
    if (!this.#closing) {
      for (const stream of ['stdout', 'stderr'] as const)
        if (this.#rest[stream].length > 0) this.write(stream, Buffer.from('\n'));
      this.#closing = true;
    }
    await this.#written;
    if (this.ended) return;
    this.ended = true;
    // What was written is written; a container's end must not hang on its log.
    await this.#file?.close().catch(() => {});
    this.#file = undefined;
    this.emit('ended');
  }

  #append(stored: Buffer): void {
    if (stored.length === 0) return;
    if (this.#pendingBytes + stored.length > this.#limits.pendingBytesMax) {
      this.#dropped += stored.length;
      return;
    }
    if (this.#dropped > 0) {
      const note = `${nanoTime(this.#clock.date())} stderr F [kith: ${this.#dropped} bytes of output came faster than the disk and were dropped]\n`;
      this.#dropped = 0;
      this.#push(Buffer.from(note));
    }
    this.#push(stored);
    if (this.#busy) return;
    this.#busy = true;
    this.#written = this.#drain();
  }

  #push(stored: Buffer): void {
    this.#pending.push(stored);
    this.#pendingBytes += stored.length;
  }

  async #drain(): Promise<void> {
    while (this.#pending.length > 0) {
      const batch = Buffer.concat(this.#pending);
      this.#pending = [];
      try {
        const file = await this.#segment();
        await file.appendFile(batch);
        this.#segmentBytes += batch.length;
        this.#isFailing = false;
      } catch (error) {
        // A full disk costs the app its log, not its life; and an app that talks much is no reason to fill the host's log.
        if (!this.#isFailing)
          this.#log.warn('a container log cannot be written; what it would say until then is lost', {
            folder: this.#folder,
            error,
          });
        this.#isFailing = true;
      }
      this.#pendingBytes -= batch.length;
      this.emit('grown');
    }
    this.#busy = false;
  }

  async #segment(): Promise<FileHandle> {
    if (this.#file && this.#segmentBytes < this.#limits.segmentBytesMax) return this.#file;
    if (this.#file) {
      await this.#file.close();
      this.#file = undefined;
      this.#number++;
    }
    const path = join(this.#folder, `${this.run}-${String(this.#number).padStart(6, '0')}.log`);
    this.#file = await open(path, 'a', 0o600);
    this.#segmentBytes = (await this.#file.stat()).size;
    const own = segmentsIn(this.#folder).filter(({ run }) => run === this.run);
    for (const old of own.slice(0, -this.#limits.segmentsMax)) rmSync(old.path, { force: true });
    return this.#file;
  }
}
