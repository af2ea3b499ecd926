import assert from 'node:assert/strict';
import { nodeKeyOf, providerIdOf } from '../../api/nodes.ts';

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
