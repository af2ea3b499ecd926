/** One step of the store's history, chained to the one before it. */
export interface LogRecord {
  /** Assigned by kith, never by the driver; grows, by one except after a restore. */
  revision: number;
  /** The term of the controller that wrote it; never goes back along the log. */
  epoch: number;
  /** The hash of the record before it. */
  previousHash: string;
  /** A `Change` (`change.ts`) as JSON, in the very letters that were hashed. */
  change: string;
  hash: string;
}

/**
 * Where the unbroken chain begins. Records up to `revision` are those still live there, so between them the chain has gaps;
 * their number and the exclusive or of their hashes tell that none was lost or added.
 */
export interface Anchor {
  revision: number;
  epoch: number;
  /** The hash of the record at `revision`, kept even if that record is gone. */
  hash: string;
  liveCount: number;
  liveSum: string;
}

/** What an opened log says of itself. */
export interface LogState {
  anchor: Anchor;
  last: { revision: number; epoch: number; hash: string };
  /** These records come from a backup: clients may have seen later revisions than the log knows. */
  restored: boolean;
}

/**
 * A log that this process owns until `close`. After a rejected `append` the outcome is unknown: call `read` from the last
 * revision known to be durable, which returns only what is durable.
 */
export interface OpenLog {
  readonly state: LogState;
  /** Resolves once all of `batch` is durable; all of it or nothing. Rejects if the log does not end at `expectedLast`. */
  append(batch: readonly LogRecord[], expectedLast: number): Promise<void>;
  /** Records from revision `from` on, in order, in pieces of bounded size. */
  read(from: number): AsyncIterable<LogRecord[]>;
  /** Moves the anchor to `revision`, removing the records in `dropped`: those that are not live at `revision`. */
  compact(revision: number, dropped: readonly number[]): Promise<Anchor>;
  /** Keeps a consistent, verified copy beside the log for a later restore; a few are kept. Says where. */
  snapshot(): Promise<string>;
  close(): Promise<void>;
}

/** Where a store keeps its records. */
export interface LogDriver {
  /** For messages: a path, or `memory`. */
  readonly name: string;
  /**
   * Takes the log for this process and verifies every record, writing nothing before all of it is known to be good.
   *
   * @throws StoreBusy, StoreCorrupt, StoreFull
   */
  open(): Promise<OpenLog>;
}

/** The disk had no room. Drivers throw it; the store turns it into `StoreFull`. */
export class LogFull extends Error {
  readonly code = 'ENOSPC';
}
