import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { hostAddressOf, PodAddresses } from '../../../agent/pods/addresses.ts';
import { Assignments } from '../../../agent/pods/assignments.ts';
import { newLocalPod } from '../../../agent/pods/local-pod.ts';
import { statusPatch } from '../../../agent/pods/reporter.ts';
import { seal, sealingKey, unseal } from '../../../agent/pods/seal.ts';
import { silentLog } from '../../../process/log.ts';
import { pod } from './support.ts';

describe('pod addresses', () => {
  it('go round the range, skip what is taken, and end when all are', () => {
    const addresses = new PodAddresses();
    addresses.take('10.244.3.3');
    const cidr = '10.244.3.0/29';
    assert.equal(hostAddressOf(cidr), '10.244.3.1');
    const given = Array.from({ length: 5 }, () => addresses.allocate(cidr));
    assert.deepEqual(given, ['10.244.3.2', '10.244.3.4', '10.244.3.5', '10.244.3.6', undefined]);
    addresses.free('10.244.3.4');
    assert.equal(addresses.allocate(cidr), '10.244.3.4');
  });

  it('are not given again at once', () => {
    const addresses = new PodAddresses();
    const first = addresses.allocate('10.244.3.0/24')!;
    addresses.free(first);
    assert.notEqual(addresses.allocate('10.244.3.0/24'), first);
  });

  it('come from a proper range only', () => {
    assert.throws(() => new PodAddresses().allocate('10.0.0.0/33'), /podCIDR "10.0.0.0\/33"/);
  });
});

describe('a sealed file', () => {
  const key = sealingKey(Buffer.alloc(64, 1));

  it('opens with the same key and context, and with no other', () => {
    const sealed = seal(key, 'uid', 'secret');
    assert.equal(unseal(key, 'uid', sealed), 'secret');
    assert.ok(!sealed.includes('secret'));
    assert.throws(() => unseal(sealingKey(Buffer.alloc(64, 2)), 'uid', sealed), /another key/);
    assert.throws(() => unseal(key, 'other', sealed), /another key/);
    const changed = Buffer.from(sealed);
    changed[changed.length - 1]! ^= 1;
    assert.throws(() => unseal(key, 'uid', changed), /was changed/);
    assert.throws(() => unseal(key, 'uid', Buffer.from('{}')), /not a sealed file/);
  });
});

describe('assignments on disk', () => {
  it('keep the newest of many writes and forget what is told to be forgotten', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'kith-assignments-'));
    const key = sealingKey(Buffer.alloc(64, 1));
    const assignments = new Assignments(folder, key, silentLog);
    const web = pod('web');
    const local = newLocalPod(web, { now: 0, date: '2026-01-01T00:00:00Z' });
    const writes = Array.from({ length: 20 }, (_, count) =>
      assignments.save({ pod: web, local: { ...local, sandboxFailures: count }, env: {} }),
    );
    await Promise.all(writes);
    const again = new Assignments(folder, key, silentLog);
    assert.equal((await again.load())[0]!.local.sandboxFailures, 19);
    await again.forget(local.uid);
    assert.deepEqual(await again.load(), []);
    rmSync(folder, { recursive: true });
  });

  it('never follow a uid that would lead elsewhere', () => {
    const folder = mkdtempSync(join(tmpdir(), 'kith-assignments-'));
    const assignments = new Assignments(folder, sealingKey(Buffer.alloc(64)), silentLog);
    for (const uid of ['../../etc', '', '.', 'a/b', 'x'.repeat(200)])
      assert.throws(() => assignments.folderOf(uid), /uid cannot be/);
    assert.ok(assignments.folderOf('5f6e-1').startsWith(folder));
    rmSync(folder, { recursive: true });
  });
});

describe('a status patch', () => {
  const ready = (status: string) => ({ type: 'Ready', status, lastTransitionTime: 't' });

  it('carries what differs and nothing else', () => {
    const known = {
      phase: 'Running',
      podIP: '1',
      conditions: [ready('False'), { type: 'Held', status: 'True' }],
    };
    const wanted = { phase: 'Running', podIP: '1', conditions: [ready('True')] };
    assert.deepEqual(statusPatch(wanted, known), {
      conditions: [{ reason: null, message: null, ...ready('True') }],
    });
    assert.equal(statusPatch(wanted, wanted), undefined);
  });

  it('takes back what is no longer so, and sees no difference in empty objects', () => {
    assert.deepEqual(statusPatch({ phase: 'Running' }, { phase: 'Running', reason: 'Lost' }), {
      reason: null,
    });
    const container = { name: 'app', image: 'i', imageID: '', ready: true, restartCount: 0 };
    assert.equal(
      statusPatch(
        { containerStatuses: [{ ...container, lastState: {} }] },
        { containerStatuses: [container] },
      ),
      undefined,
    );
  });
});
