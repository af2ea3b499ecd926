import assert from 'node:assert/strict';
import { isNotFound } from '../../../api/errors.ts';
import type { PersistentVolume, PersistentVolumeClaim } from '../../../api/types.ts';
import type { KubeObject } from '../../../client/client.ts';
import { storageProtection } from '../../../controller/workloads/storage-protection.ts';
import { startControl } from '../support/api.ts';
import { aPod, at, now } from '../support/objects.ts';
import { worldOf } from '../support/world.ts';

const claim: PersistentVolumeClaim = {
  apiVersion: 'v1',
  kind: 'PersistentVolumeClaim',
  metadata: {
    namespace: 'default',
    name: 'data',
    uid: 'c',
    resourceVersion: '1',
    deletionTimestamp: at(1),
    finalizers: ['kubernetes.io/pvc-protection', 'mine'],
  },
};
const volume = (phase: string): PersistentVolume => ({
  apiVersion: 'v1',
  kind: 'PersistentVolume',
  metadata: {
    name: 'disk',
    uid: 'v',
    resourceVersion: '1',
    deletionTimestamp: at(1),
    finalizers: ['kubernetes.io/pv-protection'],
  },
  status: { phase },
});
const using = (phase: string) =>
  aPod('a', { phase, spec: { volumes: [{ name: 'd', persistentVolumeClaim: { claimName: 'data' } }] } });
/** The finalizers that are left; undefined where nothing is done. */
const left = (object: KubeObject, ...others: KubeObject[]) => {
  const { world } = worldOf([object, ...others]);
  const [action] = storageProtection.decide(world, storageProtection.keysOf(object, world)[0]!, now);
  return action?.do === 'update' ? action.object.metadata?.finalizers : undefined;
};

describe('the protection of storage', () => {
  it('holds a claim while a pod uses it, and no longer', () => {
    assert.equal(left(claim, using('Running')), undefined);
    assert.deepEqual(left(claim, using('Succeeded')), ['mine']);
    assert.deepEqual(left(claim), ['mine']);
    const { deletionTimestamp: _, ...kept } = claim.metadata!;
    assert.equal(left({ ...claim, metadata: kept }), undefined);
  });

  it('holds a volume while a claim is bound to it', () => {
    assert.equal(left(volume('Bound')), undefined);
    assert.deepEqual(left(volume('Released')), []);
  });

  it('lets a deleted claim of a cluster go', async () => {
    const { client, wait, until, stop } = await startControl();
    const ref = { kind: 'PersistentVolumeClaim', namespace: 'default', name: 'data' };
    const spec = { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } };
    await wait(
      client.create<PersistentVolumeClaim>({
        apiVersion: 'v1',
        kind: 'PersistentVolumeClaim',
        metadata: { namespace: 'default', name: 'data' },
        spec,
      }),
    );
    await wait(client.delete(ref));
    await until(async () => client.get(ref).then(() => false, isNotFound));
    await stop();
  });
});
