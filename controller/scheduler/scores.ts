import type { Score } from './filter.ts';
import { balance } from './scores/balance.ts';
import { images } from './scores/images.ts';
import { preferences } from './scores/preferences.ts';
import { room } from './scores/room.ts';
import { siblings } from './scores/siblings.ts';

/** Every preference among the nodes that will do; their weighted sum decides. */
export const scores: readonly Score[] = [siblings, preferences, room, balance, images];
