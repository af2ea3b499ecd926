import assert from 'node:assert/strict';
import { nodeKeyOf, providerIdOf, runtimeHandlerKey, sandboxNamed } from '../../api/nodes.ts';

describe("a node's provider id", () => {
  const key = 'a1'.repeat(32);
  const node = (providerID?: string) => ({ metadata: { name: 'attic' }, spec: { providerID } });

  it('says the key by which the host is dialled', () => {
    assert.equal(nodeKeyOf(node(providerIdOf(key))), key);
  });

  it('says none where it is missing, another cloud’s, or not a whole key', () => {
    for (const other of [undefined, '', `aws://${key}`, `kith://${key}0`, 'kith://short', `x kith://${key}`])
      assert.equal(nodeKeyOf(node(other)), undefined);
  });
});

describe('the sandbox that a pod names', () => {
  it('is what its RuntimeClass calls it, where that is another name than its own', () => {
    assert.equal(sandboxNamed({ spec: { containers: [], runtimeClassName: 'wasm' } }), 'wasm');
    const annotations = { [runtimeHandlerKey]: 'podman' };
    assert.equal(
      sandboxNamed({ metadata: { annotations }, spec: { containers: [], runtimeClassName: 'boxed' } }),
      'podman',
    );
    assert.equal(sandboxNamed({ metadata: { annotations }, spec: { containers: [] } }), undefined);
  });
});
