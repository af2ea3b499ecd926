import { hash } from 'node:crypto';
import type { Anchor, LogRecord, LogState } from './log.ts';

/** What the first record points back to, and the sum of no records. */
export const noHash = '0'.repeat(64);

/** The anchor of a log that never was compacted. */
export const firstAnchor: Anchor = { revision: 0, epoch: 0, hash: noHash, liveCount: 0, liveSum: noHash };

/** Links a change to the record before it. */
export function chained(previousHash: string, revision: number, epoch: number, change: string): LogRecord {
  return { revision, epoch, previousHash, change, hash: recordHash(previousHash, revision, epoch, change) };
}

function recordHash(previousHash: string, revision: number, epoch: number, change: string): string {
  return hash('sha256', `${previousHash} ${revision} ${epoch} ${change}`);
}

/** Exclusive or of two hashes: adds a record to a sum, or takes it out again. */
export function addHash(sum: string, added: string): string {
  return (BigInt(`0x${sum}`) ^ BigInt(`0x${added}`)).toString(16).padStart(64, '0');
}

/** A record that does not fit, with the revision where the log stops being true. */
export class ChainBroken extends Error {
  readonly revision: number;
  constructor(revision: number, reason: string) {
    super(reason);
    this.name = 'ChainBroken';
    this.revision = revision;
  }
}

/** Checks records one by one in order of revision: against their own hash, the record before, and the anchor. */
export class ChainCheck {
  readonly #anchor: Anchor;
  #liveCount = 0;
  #liveSum = noHash;
  #last: LogState['last'];
  #lastSeen = 0;

  constructor(anchor: Anchor) {
    this.#anchor = anchor;
    this.#last = { revision: anchor.revision, epoch: anchor.epoch, hash: anchor.hash };
  }

  /** @throws ChainBroken */
  next(record: LogRecord): void {
    const { revision, epoch, previousHash, change } = record;
    if (!(revision > this.#lastSeen))
      throw new ChainBroken(revision, 'its revision does not follow the one before');
    if (recordHash(previousHash, revision, epoch, change) !== record.hash)
      throw new ChainBroken(revision, 'its content does not match its hash');
    this.#lastSeen = revision;
    if (revision <= this.#anchor.revision) {
      this.#liveCount++;
      this.#liveSum = addHash(this.#liveSum, record.hash);
      return;
    }
    this.#checkLive();
    if (previousHash !== this.#last.hash)
      throw new ChainBroken(
        this.#last.revision + 1,
        `revision ${revision} does not follow from ${this.#last.revision}`,
      );
    if (epoch < this.#last.epoch) throw new ChainBroken(revision, 'its epoch goes back');
    this.#last = { revision, epoch, hash: record.hash };
  }

  /** What the log ends with, after the last record was given to `next`. @throws ChainBroken */
  end(): LogState['last'] {
    this.#checkLive();
    return this.#last;
  }

  #checkLive(): void {
    if (this.#liveCount === this.#anchor.liveCount && this.#liveSum === this.#anchor.liveSum) return;
    throw new ChainBroken(
      this.#anchor.revision,
      `of ${this.#anchor.liveCount} records up to there ${this.#liveCount} are present, and their sum does not fit`,
    );
  }
}
