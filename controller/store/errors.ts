import type { Entry } from './store.ts';

/** Every error of the store carries a stable `code` that callers may ask about; see the predicates below. */
export class StoreError extends Error {
  readonly code: string;
  constructor(code: string, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = new.target.name;
    this.code = code;
  }
}

/** The key is not what the writer expected. `head` is what stands there, counting writes still on their way to disk. */
export class StoreConflict extends StoreError {
  readonly key: string;
  readonly head: Entry | undefined;
  constructor(key: string, head: Entry | undefined, expected: string) {
    const found = head ? `it is at revision ${head.modRevision}` : 'it does not exist';
    super('KITH_STORE_CONFLICT', `${key}: expected ${expected}, yet ${found}. Read it again and retry.`);
    this.key = key;
    this.head = head;
  }
}

/** The disk is full: reads go on, writes are refused until a trial write succeeds. */
export class StoreFull extends StoreError {
  /** The file that could not be written. */
  readonly path: string;
  constructor(where: string, options?: ErrorOptions) {
    super(
      'KITH_STORE_FULL',
      `The disk under ${where} is full: the store is read-only, nothing acknowledged is lost. ` +
        'Free some space; writes resume by themselves.',
      options,
    );
    this.path = where;
  }
}

/** A batch could not be written. None of its writes was acknowledged; whether they survived is unknown until read again. */
export class StoreFailed extends StoreError {
  constructor(where: string, cause: unknown) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    super(
      'KITH_STORE_FAILED',
      `Could not write to ${where}: ${reason}. The write was not acknowledged; read the key again before retrying. ` +
        'If this repeats, check the disk (dmesg, smartctl).',
      { cause },
    );
  }
}

/** What is on disk is not what was written. Nothing was changed; the message says how to restore. */
export class StoreCorrupt extends StoreError {
  readonly file: string;
  /** The first revision that is wrong or missing; undefined if the file cannot be read as records at all. */
  readonly revision: number | undefined;
  constructor(file: string, revision: number | undefined, reason: string, restore = '') {
    const where = revision === undefined ? '' : ` at revision ${revision}`;
    super(
      'KITH_STORE_CORRUPT',
      `${file} is damaged${where}: ${reason}. Nothing was changed.${restore && `\n${restore}`}`,
    );
    this.file = file;
    this.revision = revision;
  }
}

/** The history before `compactedRevision` is forgotten: list again and watch from there. Becomes 410 Gone in the API. */
export class StoreCompacted extends StoreError {
  readonly compactedRevision: number;
  constructor(fromRevision: number, compactedRevision: number) {
    super(
      'KITH_STORE_COMPACTED',
      `Revision ${fromRevision} is too old: history begins after ${compactedRevision}. List again and watch from there.`,
    );
    this.compactedRevision = compactedRevision;
  }
}

/** The store was closed, by its owner or by the end of its driver. */
export class StoreClosed extends StoreError {
  constructor(message = 'The store is closed. Open it again to go on.') {
    super('KITH_STORE_CLOSED', message);
  }
}

/** Another controller holds the store. */
export class StoreBusy extends StoreError {
  readonly holder: string;
  constructor(where: string, holder: string) {
    super(
      'KITH_STORE_BUSY',
      `${where} is in use by ${holder}. Stop that one first (kith down), or choose another folder with KITH_HOME.`,
    );
    this.holder = holder;
  }
}

/** More writes wait than the store takes on: the disk does not keep up. */
export class StoreOverloaded extends StoreError {
  constructor(pending: number) {
    super('KITH_STORE_OVERLOADED', `${pending} writes wait for the disk already. Retry in a moment.`);
  }
}

/** The log was written by a later controller than this one: this one must not write. */
export class StoreDeposed extends StoreError {
  constructor(where: string, epoch: number, ours: number) {
    super(
      'KITH_STORE_DEPOSED',
      `${where} was written in epoch ${epoch}, and this controller is of epoch ${ours}: another one took over. Stop this one.`,
    );
  }
}

export const isStoreConflict = (error: unknown): error is StoreConflict => error instanceof StoreConflict;
export const isStoreFull = (error: unknown): error is StoreFull => error instanceof StoreFull;
export const isStoreFailed = (error: unknown): error is StoreFailed => error instanceof StoreFailed;
export const isStoreCorrupt = (error: unknown): error is StoreCorrupt => error instanceof StoreCorrupt;
export const isStoreCompacted = (error: unknown): error is StoreCompacted => error instanceof StoreCompacted;
export const isStoreClosed = (error: unknown): error is StoreClosed => error instanceof StoreClosed;
export const isStoreBusy = (error: unknown): error is StoreBusy => error instanceof StoreBusy;
