import { closeSync, constants, openSync, readFileSync, writeSync } from 'node:fs';

/** Wide enough for 2^53, so that each mark overwrites the one before in place, in one block of the disk. */
const digits = 16;

/**
 * The highest revision that was acknowledged, in a file of its own. It is written after each commit and never synced: after
 * a power loss it may lag, but it is never ahead of what was durable. A log that ends before the mark has lost records, which
 * SQLite alone would not notice: it takes a damaged write-ahead log for one that ends early.
 */
export class HighWaterMark {
  readonly #file: number;

  constructor(path: string) {
    this.#file = openSync(path, constants.O_RDWR | constants.O_CREAT, 0o600);
  }

  /** 0 if there is none, or none that can be read: a mark cut short by a power loss says nothing. */
  static read(path: string): number {
    try {
      const text = readFileSync(path, 'utf8');
      return /^\d{16}\n$/.test(text) ? Number(text) : 0;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return 0;
      throw error;
    }
  }

  set(revision: number): void {
    try {
      writeSync(this.#file, `${String(revision).padStart(digits, '0')}\n`, 0);
    } catch {
      // The record itself is durable; without its mark only a check is weaker.
    }
  }

  close(): void {
    closeSync(this.#file);
  }
}
