import assert from 'node:assert/strict';
import type { CertificateSigningRequest } from '../../../../api/types.ts';
import { requireSigner } from '../../../../controller/apiserver/auth/signers.ts';
import { isForbidden } from '../../../../api/errors.ts';
import { until } from '../../../support/wait.ts';
import { testCluster, type TestCluster } from '../cluster.ts';
import { clusterBinding, clusterRole, person, rule } from './rights.ts';

const group = 'certificates.k8s.io';
const request = (
  signerName: string,
  status: CertificateSigningRequest['status'] = {},
): CertificateSigningRequest => ({
  metadata: { name: 'ben' },
  spec: { request: '', signerName, usages: ['client auth'] },
  status,
});
const approved = { conditions: [{ type: 'Approved', status: 'True' }] };

describe('who decides about certificates', () => {
  let cluster: TestCluster;
  before(async () => {
    cluster = await testCluster();
    const { client } = cluster;
    await client.create(clusterRole('approver', rule('approve', 'signers', group, ['example.com/one'])));
    await client.create(clusterRole('signer', rule('sign', 'signers', group, ['example.com/*'])));
    await client.create(clusterBinding('approvers', 'approver', 'ann'));
    await client.create(clusterBinding('signers', 'signer', 'sam'));
    await until('the roles are known', () =>
      [...cluster.apiServer.registry.authorizer.rbac.grants(person('sam'), undefined)].some(({ rules }) =>
        rules.some(({ verbs }) => verbs.includes('sign')),
      ),
    );
  });
  after(() => cluster.close());

  const decide =
    (
      user: string,
      part: 'approval' | 'status',
      signer: string,
      status: CertificateSigningRequest['status'],
    ) =>
    () =>
      requireSigner(
        cluster.apiServer.registry.authorizer,
        person(user),
        part,
        request(signer),
        request(signer, status),
      );

  it('needs the right to approve for that signer', () => {
    decide('ann', 'approval', 'example.com/one', approved)();
    assert.throws(decide('ann', 'approval', 'example.com/two', approved), (error) => {
      assert.ok(isForbidden(error));
      assert.equal(
        error.message,
        'certificatesigningrequests.certificates.k8s.io "ben" is forbidden: user not permitted to approve requests with signerName "example.com/two"',
      );
      return true;
    });
    assert.throws(decide('sam', 'approval', 'example.com/one', approved), isForbidden);
  });

  it('and the right to sign, of that signer or of its whole domain', () => {
    decide('sam', 'status', 'example.com/one', { certificate: 'eA==' })();
    assert.throws(decide('ann', 'status', 'example.com/one', { certificate: 'eA==' }), isForbidden);
    assert.throws(decide('sam', 'status', 'example.org/one', { certificate: 'eA==' }), isForbidden);
    decide('ann', 'status', 'example.com/one', {})();
  });
});
