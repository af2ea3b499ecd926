import assert from 'node:assert/strict';
import { row } from '../support/row.ts';

/** What kubectl tells of itself and of the server. */
export const about = [
  row('version', '', async (trial) => {
    const said = JSON.parse(await trial.kubectl('version -o json')) as Record<string, { gitVersion: string }>;
    assert.equal(said['clientVersion']!.gitVersion, `v${trial.version.version}`);
    assert.match(said['serverVersion']!.gitVersion, /^v1\.33\./);
  }),
];
