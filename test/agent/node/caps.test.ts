import assert from 'node:assert/strict';
import { imageQuotaBytes } from '../../../agent/node/caps.ts';

describe('what images may take on a host', () => {
  it("is the owner's cap on the disk, and never without an end", () => {
    assert.equal(imageQuotaBytes({ diskBytes: 5_000 }), 5_000);
    assert.equal(imageQuotaBytes({ diskBytes: 0 }), 0);
    assert.equal(imageQuotaBytes({}), 10 * 1024 ** 3);
  });
});
