import type { Readable, Writable } from 'node:stream';
import type { Status } from '../../../api/types.ts';
import type { TerminalSize } from '../../../swarm/session-frames.ts';

/** What the caller of exec or attach asked for. */
export interface CommandOptions {
  stdin: boolean;
  stdout: boolean;
  stderr: boolean;
  tty: boolean;
}

/** One caller's end of an exec or attach, whatever protocol it speaks. */
export interface CommandChannels {
  /** Ends where the caller half-closes it; undefined: none was asked for. */
  readonly stdin: Readable | undefined;
  readonly stdout: Writable | undefined;
  readonly stderr: Writable | undefined;
  onResize(take: (size: TerminalSize) => void): void;
  /** Says how it ended, after all output, and closes in good order. */
  finish(status: Status): Promise<void>;
  /** Resolves when the caller has gone, in whatever way. */
  readonly gone: Promise<void>;
  /** Leaves the caller without a word. */
  cut(): void;
}
