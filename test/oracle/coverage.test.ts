import assert from 'node:assert/strict';
import { asked, needed } from './coverage.ts';
import { topics } from './script/topics.ts';

describe('the script that is played against the original', () => {
  const found = asked(topics);
  for (const [kind, all] of needed())
    it(`asks of ${kind} each verb, form and refusal`, () => {
      const missing = all.filter((each) => !found.get(kind)?.has(each));
      assert.deepEqual(missing, [], 'add steps to test/oracle/script, then npm run record:oracle');
    });
});
