import { storeConformance } from './conformance.ts';
import { sqliteRig } from './rig.ts';

describe('a store on the SQLite log', () => {
  storeConformance(sqliteRig, { numRuns: 12, maxLength: 40 });
});
