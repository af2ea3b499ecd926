import { configMaps } from './config-maps.ts';
import type { Topic } from './step.ts';

/** The whole script, in the order in which it is played. To widen it, add a line, then `npm run record:oracle`. */
export const topics: readonly Topic[] = [configMaps];
