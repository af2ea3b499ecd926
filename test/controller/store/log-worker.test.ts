import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chained, noHash } from '../../../controller/store/chain.ts';
import { LogWorker } from '../../../controller/store/sqlite/log-worker.ts';

describe('the log worker', () => {
  it('is replaced when its thread ends, and the next one finds what was written', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'kith-store-'));
    const worker = new LogWorker({ type: 'open', folder, isSynced: true });
    const batch = [chained(noHash, 1, 1, '{"type":"put","key":"/a","createRevision":1,"value":1}')];
    await worker.ask({ type: 'append', batch, expectedLast: 0 });
    const late = worker.ask({ type: 'read', from: 0 });
    await worker.end();
    await late.catch((error: Error) => assert.match(error.message, /thread ended/));
    assert.deepEqual(await worker.ask({ type: 'read', from: 0 }), batch);
    await worker.end();
    rmSync(folder, { recursive: true });
  });
});
