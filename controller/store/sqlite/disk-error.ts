/** SQLite's primary result codes that mean something to us. */
export const sqliteResult = { corrupt: 11, diskFull: 13, notADatabase: 26 } as const;

/**
 * SQLITE_IOERR_SHMSIZE: the index beside a write-ahead log could not be made as large as it must be. SQLite calls it an I/O error;
 * a disk with a few pages left answers so, as only the first write finds it full.
 */
const noRoomForIndex = 4874;

/** SQLite's primary result code of an error that it threw; undefined for others. */
export function sqliteCode(error: unknown): number | undefined {
  const extended = (error as { errcode?: unknown } | undefined)?.errcode;
  return typeof extended === 'number' ? extended & 0xff : undefined;
}

/** Whether SQLite or the system says that there is no room. */
export function isDiskFull(error: unknown): boolean {
  return (
    (error as { errcode?: unknown } | undefined)?.errcode === noRoomForIndex ||
    sqliteCode(error) === sqliteResult.diskFull ||
    (error as { code?: unknown } | undefined)?.code === 'ENOSPC'
  );
}
