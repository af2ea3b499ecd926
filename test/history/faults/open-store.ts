import type * as Real from '../../../controller/store/open-store.ts';
import { chance, chosen, original } from './chosen.ts';
import { faultyStore } from './faulty-store.ts';

const real = await original<typeof Real>('controller/store/open-store.js');

export const openStore: typeof Real.openStore = async (options) =>
  faultyStore(chosen, await real.openStore(options), chance);
