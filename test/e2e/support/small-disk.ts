import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { closeSync, fstatSync, ftruncateSync, mkdirSync, openSync, rmSync, writeSync } from 'node:fs';
import { join } from 'node:path';

/** A disk of few bytes under a folder, which a test fills and empties. */
export class SmallDisk {
  readonly #folder: string;

  private constructor(folder: string) {
    this.#folder = folder;
  }

  /** Mounted, or why that cannot be here. A machine of continuous integration need not let its user mount; what it lets must work. */
  static mount(folder: string, bytes: number): SmallDisk | string {
    if (process.getuid!() !== 0) return 'run as root: a small disk is mounted';
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    try {
      execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${bytes},mode=700`, 'kith-test', folder], {
        stdio: ['ignore', 'ignore', 'pipe'],
      });
    } catch (error) {
      if (process.env['CI'] === 'true') throw error;
      return `a root that may mount (${(error as Error).message.trim()})`;
    }
    return new SmallDisk(folder);
  }

  /** Until not one byte more is taken than the last `left`. */
  fill(left = 0): void {
    const file = openSync(this.#filler, 'a');
    try {
      for (const bytes of [65_536, 4_096]) {
        try {
          for (;;) writeSync(file, Buffer.alloc(bytes));
        } catch (error) {
          assert.equal((error as NodeJS.ErrnoException).code, 'ENOSPC');
        }
      }
      if (left > 0) ftruncateSync(file, fstatSync(file).size - left);
    } finally {
      closeSync(file);
    }
  }

  makeRoom(): void {
    rmSync(this.#filler, { force: true });
  }

  /** What has a file of it open must have ended. */
  unmount(): void {
    execFileSync('umount', [this.#folder]);
  }

  get #filler(): string {
    return join(this.#folder, 'filler');
  }
}
