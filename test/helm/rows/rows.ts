import { created } from './created.ts';
import { failing } from './failing.ts';
import type { Row } from './row.ts';

/** All that helm is tried with. */
export const rows: readonly Row[] = [...created, ...failing];
