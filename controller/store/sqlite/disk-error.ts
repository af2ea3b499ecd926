/** SQLite's primary result codes that mean something to us. */
export const sqliteResult = { corrupt: 11, diskFull: 13, notADatabase: 26 } as const;

/** SQLite's primary result code of an error that it threw; undefined for others. */
export function sqliteCode(error: unknown): number | undefined {
  const extended = (error as { errcode?: unknown } | undefined)?.errcode;
  return typeof extended === 'number' ? extended & 0xff : undefined;
}

/** Whether SQLite or the system says that there is no room. */
export function isDiskFull(error: unknown): boolean {
  return (
    sqliteCode(error) === sqliteResult.diskFull ||
    (error as { code?: unknown } | undefined)?.code === 'ENOSPC'
  );
}
