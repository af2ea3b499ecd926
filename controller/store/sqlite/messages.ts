import type { Anchor, LogRecord, LogState } from '../log.ts';

/** What the worker is asked, one kind per method of `OpenLog`. */
export type Request =
  | { type: 'open'; folder: string; isSynced: boolean }
  | { type: 'append'; batch: readonly LogRecord[]; expectedLast: number }
  | { type: 'read'; from: number }
  | { type: 'compact'; revision: number; dropped: readonly number[] }
  | { type: 'snapshot' }
  | { type: 'close' };

/** What it answers to each. */
export interface Answers {
  open: LogState;
  append: undefined;
  /** At least one record, unless there is none. */
  read: LogRecord[];
  compact: Anchor;
  snapshot: string;
  close: undefined;
}

/** Errors as they cross between threads: classes do not survive the way. */
export type Failure =
  | { kind: 'full'; message: string }
  | { kind: 'corrupt'; file: string; revision: number | undefined; message: string; restore: string }
  | { kind: 'other'; message: string };

export interface Asked {
  id: number;
  request: Request;
}

export type Answered = { id: number; answer: Answers[Request['type']] } | { id: number; failure: Failure };
