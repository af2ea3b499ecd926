import type * as Real from '../../../controller/store/sqlite/sqlite-log.ts';
import { chance, chosen, original } from './chosen.ts';
import { faultyDriver } from './faulty-store.ts';

const real = await original<typeof Real>('controller/store/sqlite/sqlite-log.js');

export const sqliteLog: typeof Real.sqliteLog = (folder, options) =>
  faultyDriver(chosen, real.sqliteLog(folder, options), chance);
