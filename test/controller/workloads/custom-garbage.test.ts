import assert from 'node:assert/strict';
import { isNotFound } from '../../../api/errors.ts';
import type { Client, KubeObject } from '../../../client/client.ts';
import { widget, widgetDefinition } from '../apiserver/custom/widgets.ts';
import { startControl } from '../support/api.ts';

const widgets = 'widgets.example.com';
const inNamespace = (object: KubeObject, namespace: string, more: object = {}): KubeObject => ({
  ...object,
  metadata: { ...object.metadata, namespace, ...more },
});
const configMap = (name: string, ownerReferences: object[]): KubeObject =>
  ({
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name, namespace: 'default', ownerReferences },
  }) as KubeObject;
const ownedBy = ({ apiVersion = '', kind = '', metadata }: KubeObject, more: object = {}) => ({
  apiVersion,
  kind,
  name: metadata?.name ?? '',
  uid: metadata?.uid ?? '',
  ...more,
});

describe('owners that are custom resources', () => {
  let control: Awaited<ReturnType<typeof startControl>>;
  let client: Client;
  const isGone = (kind: string, name: string) => async () => {
    const found = await client.get({ kind, namespace: 'default', name }).catch((error: unknown) => {
      if (!isNotFound(error)) throw error;
    });
    return found === undefined;
  };

  beforeEach(async () => {
    control = await startControl();
    client = control.client;
    await client.create(widgetDefinition() as KubeObject);
    await control.until(async () =>
      client.list(widgets).then(
        () => true,
        () => false,
      ),
    );
  });
  afterEach(() => control.stop());

  it('take along what is theirs, built in or custom, and nothing else', async () => {
    const owner = await client.create(inNamespace(widget({}, 'owner'), 'default'));
    await client.create(configMap('owned', [ownedBy(owner)]));
    await client.create(configMap('free', []));
    await client.create(inNamespace(widget({}, 'small'), 'default', { ownerReferences: [ownedBy(owner)] }));
    await control.clock.advance(20_000);
    assert.equal(await isGone('ConfigMap', 'owned')(), false);
    await client.delete({ kind: widgets, namespace: 'default', name: 'owner' });
    await control.until(isGone('ConfigMap', 'owned'));
    await control.until(isGone(widgets, 'small'));
    assert.equal(await isGone('ConfigMap', 'free')(), false);
  });

  it('wait for what blocks them where they are deleted in the foreground, and set it free where it is to stay', async () => {
    const first = await client.create(inNamespace(widget({}, 'first'), 'default'));
    await client.create(configMap('blocking', [ownedBy(first, { blockOwnerDeletion: true })]));
    await client.delete(
      { kind: widgets, namespace: 'default', name: 'first' },
      { propagationPolicy: 'Foreground' },
    );
    await control.until(isGone(widgets, 'first'));
    assert.equal(await isGone('ConfigMap', 'blocking')(), true);

    const second = await client.create(inNamespace(widget({}, 'second'), 'default'));
    await client.create(configMap('orphan', [ownedBy(second)]));
    await client.delete(
      { kind: widgets, namespace: 'default', name: 'second' },
      { propagationPolicy: 'Orphan' },
    );
    await control.until(isGone(widgets, 'second'));
    const orphan = await client.get({ kind: 'ConfigMap', namespace: 'default', name: 'orphan' });
    assert.deepEqual(orphan.metadata?.ownerReferences ?? [], []);
  });

  it('and all custom resources go with their namespace', async () => {
    await client.create({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'short' } });
    await client.create(inNamespace(widget({}, 'one'), 'short'));
    await client.delete({ kind: 'Namespace', name: 'short' });
    await control.until(async () => {
      const { items } = await client.list('Namespace');
      return !items.some(({ metadata }) => metadata?.name === 'short');
    });
    assert.deepEqual((await client.list(widgets)).items, []);
  });
});
