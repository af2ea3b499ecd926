import type { Row } from '../support/row.ts';
import { about } from './about.ts';
import { workloads } from './workloads.ts';

/** Every row, in the order of the table. */
export const rows: readonly Row[] = [...workloads, ...about];
