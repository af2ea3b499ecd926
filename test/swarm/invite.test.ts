import assert from 'node:assert/strict';
import fc from 'fast-check';
import {
  createInvite,
  formatInvite,
  inviteProof,
  isInviteError,
  isInviteProof,
  parseInvite,
  type InviteErrorCode,
} from '../../swarm/invite.ts';
import { createKeyPair, keyId } from '../../swarm/keys.ts';

const fields = {
  cluster: keyId(createKeyPair().publicKey),
  clusterName: 'home',
  door: keyId(createKeyPair().publicKey),
  expiresAt: 1_800_000_000_000,
  role: 'node' as const,
  tier: 'friend' as const,
  bootstrap: ['127.0.0.1:49737', 'dht.example.org:1'],
};

describe('an invite', () => {
  const invite = createInvite(fields);
  const line = formatInvite(invite);
  const parseCode = (text: string): InviteErrorCode | 'good' => {
    try {
      assert.deepEqual(parseInvite(text), invite);
      return 'good';
    } catch (error) {
      if (isInviteError(error)) return error.code;
      throw error;
    }
  };

  it('is one line without spaces that gives back all it was made of', () => {
    assert.match(line, /^kith1[\w-]+$/);
    assert.equal(parseCode(line), 'good');
    assert.equal(parseCode(`  ${line.slice(0, 80)}\n${line.slice(80)}\n`), 'good');
  });

  it('has a secret of at least 128 bits, and a different one each time', () => {
    assert.ok(invite.secret.length * 4 >= 128);
    assert.notEqual(createInvite(fields).secret, invite.secret);
  });

  it('says that it is truncated, wherever it was cut', () => {
    for (let length = 1; length < line.length; length++) {
      assert.equal(parseCode(line.slice(0, length)), 'truncated', `${length} of ${line.length}`);
    }
  });

  it('says that it is garbled, whichever letter was changed or added', () => {
    for (let at = 'kith1'.length; at < line.length; at++)
      for (const letter of 'AQ9_') {
        if (line[at] === letter) continue;
        const changed = `${line.slice(0, at)}${letter}${line.slice(at + 1)}`;
        const code = parseCode(changed);
        // The last letter's lowest bits may carry nothing.
        if (at === line.length - 1 && code === 'good') continue;
        assert.equal(code, 'garbled', `letter ${at}: ${letter}`);
      }
    assert.equal(parseCode(`${line}AAAA`), 'garbled');
    assert.equal(parseCode(line.replace(/.$/, '!')), 'garbled');
  });

  it('says that something else is no invite', () => {
    for (const text of ['', 'hello', 'https://example.org', 'KITH1abc'])
      assert.equal(parseCode(text), 'not-an-invite');
  });

  it('never throws anything but an InviteError on any text', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.string().map((text) => `kith1${text}`),
        ),
        (text) => {
          assert.notEqual(parseCode(text), 'good');
        },
      ),
    );
  });

  it('is proved for one channel, one key, one cluster and one secret', () => {
    const channel = { handshakeHash: Buffer.alloc(32, 1), key: keyId(createKeyPair().publicKey) };
    const proof = inviteProof(invite, channel);
    assert.ok(isInviteProof(proof, invite, channel));
    assert.ok(!isInviteProof(proof, invite, { ...channel, handshakeHash: Buffer.alloc(32, 2) }));
    assert.ok(!isInviteProof(proof, invite, { ...channel, key: fields.door }));
    assert.ok(!isInviteProof(proof, { ...invite, cluster: fields.door }, channel));
    assert.ok(!isInviteProof(proof, createInvite(fields), channel));
    assert.ok(!isInviteProof('', invite, channel));
    assert.ok(!isInviteProof(proof.slice(2), invite, channel));
    assert.ok(!proof.includes(invite.secret));
  });
});
