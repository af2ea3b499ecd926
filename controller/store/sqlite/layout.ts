import { join } from 'node:path';

/** Where things lie in a store's folder. */
export const layout = (folder: string) => ({
  log: join(folder, 'log.db'),
  /** SQLite's write-ahead log: the newest records, until they are moved into `log.db`. */
  writeAhead: join(folder, 'log.db-wal'),
  /** The highest revision ever acknowledged; see `HighWaterMark`. */
  highWaterMark: join(folder, 'log.seen'),
  backups: join(folder, 'backups'),
});

/** Names of what is only in the making begin so; leftovers of a kill are removed at the next good start. */
export const temporaryPrefix = '.new-';
