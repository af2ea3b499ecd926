import assert from 'node:assert/strict';
import { mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createKeyPair, keyBytes, keyId, loadKeyPair, readKeyPair, sign, verify } from '../../swarm/keys.ts';

describe('a key pair', () => {
  let folder: string;
  before(async () => (folder = await mkdtemp(join(tmpdir(), 'kith-keys-'))));
  after(() => rm(folder, { recursive: true }));

  it('is the one of RFC 8032 for its seed', () => {
    // Test 2 of section 7.1.
    const seed = Buffer.from('4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb', 'hex');
    const pair = createKeyPair(seed);
    assert.equal(keyId(pair.publicKey), '3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c');
    assert.match(sign(Buffer.from([0x72]), pair).toString('hex'), /^92a009a9f0d4cab8720e820b5f642540/);
  });

  it('signs what it alone can sign', () => {
    const [pair, other] = [createKeyPair(), createKeyPair()];
    const signature = sign(Buffer.from('hello'), pair);
    assert.ok(verify(Buffer.from('hello'), signature, pair.publicKey));
    assert.ok(!verify(Buffer.from('hellO'), signature, pair.publicKey));
    assert.ok(!verify(Buffer.from('hello'), signature, other.publicKey));
    assert.ok(!verify(Buffer.from('hello'), signature.subarray(1), pair.publicKey));
  });

  it('is made once, kept for its owner alone, and found again', async () => {
    const path = join(folder, 'node.key');
    const first = await loadKeyPair(path);
    assert.deepEqual(await loadKeyPair(path), first);
    assert.equal((await stat(path)).mode & 0o777, 0o600);
    assert.deepEqual(await readdir(folder), ['node.key']);
  });

  it('is not replaced where its file is broken', async () => {
    const path = join(folder, 'broken.key');
    await writeFile(path, 'abc');
    await assert.rejects(loadKeyPair(path), /broken\.key holds no key.*Restore/);
    await assert.rejects(readKeyPair(join(folder, 'none.key')), { code: 'ENOENT' });
  });

  it('has an id that is its public key in hex, and nothing else is taken for one', () => {
    const { publicKey } = createKeyPair();
    assert.deepEqual(keyBytes(keyId(publicKey)), publicKey);
    assert.throws(() => keyBytes('../../etc'), /not a key/);
    assert.throws(() => keyBytes(keyId(publicKey).toUpperCase() + 'A'), /not a key/);
  });
});
