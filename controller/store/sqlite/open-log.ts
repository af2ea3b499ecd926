import { closeSync, existsSync, fsyncSync, openSync, renameSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import type { LogState } from '../log.ts';
import { listBackups, sweepBackups } from './backups.ts';
import { HighWaterMark } from './high-water-mark.ts';
import { inspect, LogDamaged } from './inspection.ts';
import { layout, temporaryPrefix } from './layout.ts';
import { LogFile } from './log-file.ts';
import { createTables } from './table.ts';

/**
 * Verifies the log in `folder`, and only when all of it is good opens it for writing. A folder without one gets a new one, unless
 * something tells that there was one before: a log is never made anew over a lost one.
 *
 * @throws LogDamaged
 */
export async function openLog(
  folder: string,
  isSynced: boolean,
): Promise<{ file: LogFile; state: LogState }> {
  const { log, highWaterMark } = layout(folder);
  if (!existsSync(log)) {
    refuseIfLost(folder);
    create(folder);
  }
  if (statSync(log).size === 0) throw new LogDamaged(undefined, 'it is empty');
  const state = inspect(log);
  const seen = HighWaterMark.read(highWaterMark);
  const { revision } = state.last;
  if (!state.restored && revision < seen)
    throw new LogDamaged(
      revision + 1,
      `it ends at revision ${revision}, yet revision ${seen} had been acknowledged`,
    );
  await sweepBackups(folder);
  return { file: new LogFile(folder, state, isSynced), state };
}

function refuseIfLost(folder: string): void {
  const { writeAhead, highWaterMark } = layout(folder);
  const seen = HighWaterMark.read(highWaterMark);
  if (seen > 0) throw new LogDamaged(1, `it is missing, yet revision ${seen} had been acknowledged`);
  if (existsSync(writeAhead) && statSync(writeAhead).size > 0)
    throw new LogDamaged(1, `it is missing, yet ${writeAhead} is there`);
  if (listBackups(folder).length > 0) throw new LogDamaged(1, 'it is missing, yet there are copies of it');
}

/** Under another name first, so that a kill in between leaves no half-made log. */
function create(folder: string): void {
  const temporary = join(folder, `${temporaryPrefix}${process.pid}.db`);
  const database = new DatabaseSync(temporary);
  createTables(database);
  database.close();
  renameSync(temporary, layout(folder).log);
  const directory = openSync(folder, 'r');
  fsyncSync(directory);
  closeSync(directory);
}
