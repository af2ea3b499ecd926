import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  auditBytesMax,
  auditedObject,
  auditFile,
  isWorthAuditing,
} from '../../../../controller/apiserver/auth/audit.ts';
import type { Attributes } from '../../../../controller/apiserver/auth/rule.ts';
import { adminUser } from '../../../../controller/apiserver/users.ts';
import { VirtualClock } from '../../../../process/virtual-clock.ts';

const record = (name: string) => ({
  time: '2026-01-01T00:00:00.000Z',
  stage: 'ResponseComplete' as const,
  id: 'i',
  user: 'bob',
  verb: 'get',
  resource: 'pods',
  name,
  code: 200,
  ms: 1,
});

describe('the audit log', () => {
  let folder: string;
  beforeEach(async () => void (folder = await mkdtemp(join(tmpdir(), 'kith-audit-'))));
  afterEach(() => rm(folder, { recursive: true }));

  it('is a line of JSON for each request, written soon and at the latest when it is closed', async () => {
    const clock = new VirtualClock();
    const path = join(folder, 'audit.jsonl');
    const log = auditFile(path, clock);
    log.audit(record('a'));
    log.audit(record('b'));
    await clock.advance(1_000);
    log.audit(record('c'));
    log.close();
    const lines = (await readFile(path, 'utf8')).trim().split('\n');
    assert.deepEqual(
      lines.map((line) => (JSON.parse(line) as { name: string }).name),
      ['a', 'b', 'c'],
    );
    assert.equal((await stat(path)).mode & 0o777, 0o600);
  });

  it('takes twice its size at most', async () => {
    const log = auditFile(join(folder, 'audit.jsonl'), new VirtualClock());
    for (let round = 0; round < 50; round++) {
      for (let each = 0; each < 10; each++) log.audit(record('x'.repeat(100_000)));
      log.close();
    }
    const sizes = await Promise.all(
      ['audit.jsonl', 'audit.jsonl.1'].map(async (file) => (await stat(join(folder, file))).size),
    );
    for (const size of sizes) assert.ok(size <= auditBytesMax, String(sizes));
  });

  it('keeps the beginning of what is too long to be a name', () => {
    const kept = auditedObject({ user: adminUser, verb: 'v'.repeat(60_000), path: `/${'x'.repeat(60_000)}` });
    assert.deepEqual(kept, { verb: 'v'.repeat(253), path: `/${'x'.repeat(252)}` });
    assert.deepEqual(auditedObject({ user: adminUser, verb: 'get', path: '/version' }), {
      verb: 'get',
      path: '/version',
    });
  });

  it("keeps no host's heartbeat, unless it is refused", () => {
    const renewal: Attributes = {
      user: adminUser,
      verb: 'update',
      group: 'coordination.k8s.io',
      resource: 'leases',
      subresource: undefined,
      namespace: 'kube-node-lease',
      name: 'attic',
      fieldSelector: undefined,
    };
    assert.equal(isWorthAuditing(renewal, 200), false);
    assert.equal(isWorthAuditing(renewal, 403), true);
    assert.equal(isWorthAuditing({ ...renewal, namespace: 'default' }, 200), true);
    assert.equal(isWorthAuditing({ user: adminUser, verb: 'get', path: '/readyz' }, 200), false);
    assert.equal(isWorthAuditing({ user: adminUser, verb: 'get', path: '/version' }, 200), true);
  });
});
