import type { Row } from '../support/row.ts';
import { aboutRows } from './about.ts';
import { applyingRows } from './applying.ts';
import { generatorRows } from './generators.ts';
import { hostRows } from './hosts.ts';
import { kindRows } from './kinds.ts';
import { readingRows } from './reading.ts';
import { rightsRows } from './rights.ts';
import { settingsRows } from './settings.ts';
import { streamRows } from './streams.ts';
import { topRows } from './top.ts';
import { workloadRows } from './workloads.ts';
import { writingRows } from './writing.ts';

/** Every row, in the order of the table. */
export const rows: readonly Row[] = [
  ...readingRows,
  ...writingRows,
  ...applyingRows,
  ...generatorRows,
  ...workloadRows,
  ...kindRows,
  ...streamRows,
  ...hostRows,
  ...topRows,
  ...rightsRows,
  ...settingsRows,
  ...aboutRows,
];
