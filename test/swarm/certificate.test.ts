import assert from 'node:assert/strict';
import fc from 'fast-check';
import {
  CERTIFICATE_BYTES_MAX,
  decodeCertificate,
  delegate,
  encodeCertificate,
  signCertificate,
  verifyCertificate,
  type MemberCertificate,
  type SignedCertificate,
} from '../../swarm/certificate.ts';
import { isSwarmError, type SwarmErrorCode } from '../../swarm/errors.ts';
import { epochFloor } from '../../swarm/epoch.ts';
import { createKeyPair, keyId } from '../../swarm/keys.ts';

const clusterKeyPair = createKeyPair();
const clusterKey = keyId(clusterKeyPair.publicKey);
const controller = createKeyPair();
const key = keyId(createKeyPair().publicKey);
const member: MemberCertificate = {
  cluster: clusterKey,
  key,
  role: 'node',
  name: 'attic',
  owner: 'ann',
  tier: 'friend',
  epoch: 3,
  notAfter: 2_000,
};
const grant = { key: keyId(controller.publicKey), epoch: 3, notAfter: 2_000 };
const delegation = delegate(clusterKeyPair, grant);

describe('a member certificate', () => {
  it('is good for its key, cluster, role, time and epoch', () => {
    const certificate = signCertificate(member, { keyPair: clusterKeyPair });
    verifyCertificate(certificate, { clusterKey, now: 1_999, epochMin: 3, key, roles: ['node'] });
  });

  it('may be signed by a controller that the cluster key has appointed', () => {
    const certificate = signCertificate(member, { keyPair: controller, delegation });
    verifyCertificate(certificate, { clusterKey, now: 1_000, epochMin: 3, key });
  });

  const byCluster = (change: Partial<MemberCertificate> = {}) =>
    signCertificate({ ...member, ...change }, { keyPair: clusterKeyPair });
  const byController = (change: Partial<typeof grant> = {}) =>
    signCertificate(member, {
      keyPair: controller,
      delegation: delegate(clusterKeyPair, { ...grant, ...change }),
    });
  const stranger = createKeyPair();

  // Each case differs in one thing from the good ones above, which are its positive control.
  const refusals: [string, SwarmErrorCode, SignedCertificate][] = [
    ['expired', 'expired', byCluster({ notAfter: 1_000 })],
    ['another cluster', 'foreign-cluster', byCluster({ cluster: keyId(stranger.publicKey) })],
    ['another key', 'wrong-key', byCluster({ key: keyId(stranger.publicKey) })],
    ['another role', 'wrong-role', byCluster({ role: 'gateway' })],
    ['an older epoch', 'epoch-too-old', byCluster({ epoch: 2 })],
    ["a stranger's signature", 'bad-signature', signCertificate(member, { keyPair: stranger })],
    ['a changed name', 'bad-signature', { ...byCluster(), name: 'cellar' }],
    ['a changed role', 'bad-signature', { ...byCluster({ role: 'gateway' }), role: 'node' }],
    ['a changed tier', 'bad-signature', { ...byCluster(), tier: 'own' }],
    ['a longer life', 'bad-signature', { ...byCluster({ notAfter: 1 }), notAfter: 2_000 }],
    ['a delegation past its time', 'expired', byController({ notAfter: 1_000 })],
    ['a delegation of an older epoch', 'epoch-too-old', byController({ epoch: 2 })],
    ['a delegation to another key', 'bad-signature', byController({ key: keyId(stranger.publicKey) })],
    [
      'a delegation by a stranger',
      'bad-signature',
      signCertificate(member, { keyPair: controller, delegation: delegate(stranger, grant) }),
    ],
    ['a controller made by a controller', 'wrong-role', { ...byController(), role: 'controller' }],
  ];
  for (const [what, code, certificate] of refusals) {
    it(`is refused by name: ${what} (${code})`, () => {
      const expect = { clusterKey, now: 1_000, epochMin: 3, key, roles: ['node' as const] };
      assert.throws(
        () => verifyCertificate(certificate, expect),
        (error) => isSwarmError(error, code),
      );
    });
  }

  it('is not signed as a controller by a delegation in the first place', () => {
    const act = () => signCertificate({ ...member, role: 'controller' }, { keyPair: controller, delegation });
    assert.throws(act, (error) => isSwarmError(error, 'wrong-role'));
  });

  const name = fc.stringMatching(/^[a-z0-9-]{0,63}$/);
  const certificates = fc
    .record({
      role: fc.constantFrom('controller' as const, 'node' as const, 'gateway' as const, 'person' as const),
      tier: fc.constantFrom('own' as const, 'friend' as const, 'volunteer' as const),
      name,
      owner: name,
      epoch: fc.nat(),
      notAfter: fc.nat({ max: 2 ** 48 - 1 }),
      delegated: fc.boolean(),
    })
    .map(({ delegated, ...fields }) =>
      signCertificate(
        { ...member, ...fields },
        delegated && fields.role !== 'controller'
          ? { keyPair: controller, delegation }
          : { keyPair: clusterKeyPair },
      ),
    );

  it('has one encoding, small enough for a handshake packet, that gives back the same', () => {
    fc.assert(
      fc.property(certificates, (certificate) => {
        const bytes = encodeCertificate(certificate);
        assert.ok(bytes.length <= CERTIFICATE_BYTES_MAX);
        assert.deepEqual(decodeCertificate(bytes), certificate);
      }),
      { numRuns: 50 },
    );
  });

  it('is not taken with any byte changed, cut or added', () => {
    const good = encodeCertificate(signCertificate(member, { keyPair: controller, delegation }));
    const accepts = (bytes: Buffer) => {
      try {
        verifyCertificate(decodeCertificate(bytes), { clusterKey, now: 1_000 });
        return true;
      } catch (error) {
        assert.ok(isSwarmError(error));
        return false;
      }
    };
    assert.ok(accepts(good));
    for (let at = 0; at < good.length; at++) {
      const changed = Buffer.from(good);
      changed[at]! ^= 1;
      assert.ok(!accepts(changed), `byte ${at}`);
    }
    assert.ok(!accepts(good.subarray(0, -1)));
    assert.ok(!accepts(Buffer.concat([good, Buffer.from([0])])));
  });
});

describe('the epoch floor', () => {
  it('rises, is kept when it does, and never falls', () => {
    const kept: number[] = [];
    const epochs = epochFloor(2, (epoch) => kept.push(epoch));
    for (const epoch of [1, 3, 2, 3, 5]) epochs.raise(epoch);
    assert.equal(epochs.floor(), 5);
    assert.deepEqual(kept, [3, 5]);
  });
});
