import { charts } from './charts.ts';
import { created } from './created.ts';
import { failing } from './failing.ts';
import { hooks } from './hooks.ts';
import { server } from './server.ts';
import { network } from './network.ts';
import type { Row } from './row.ts';

/** All that helm is tried with. */
export const rows: readonly Row[] = [...created, ...failing, ...hooks, ...server, ...charts, ...network];
