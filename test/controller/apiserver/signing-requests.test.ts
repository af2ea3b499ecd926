import assert from 'node:assert/strict';
import type { CertificateSigningRequest } from '../../../api/types.ts';
import { VirtualClock } from '../../../process/virtual-clock.ts';
import { someRequest } from '../../api/validation/cluster/certificates.ts';
import { testCluster, type TestCluster } from './cluster.ts';

const root = '/apis/certificates.k8s.io/v1/certificatesigningrequests';
const request = {
  apiVersion: 'certificates.k8s.io/v1',
  kind: 'CertificateSigningRequest',
  metadata: { name: 'ann' },
  spec: {
    request: someRequest,
    signerName: 'example.com/people',
    usages: ['client auth'],
    username: 'somebody else',
    groups: ['system:masters', 'forged'],
  },
};

describe('a certificate signing request', () => {
  let cluster: TestCluster;
  beforeEach(async () => {
    cluster = await testCluster(new VirtualClock());
  });
  afterEach(() => cluster.close());

  const now = async () =>
    (await cluster.ask('GET', `${root}/ann`)).json as unknown as CertificateSigningRequest;
  const put = async (part: string, status: CertificateSigningRequest['status']) =>
    cluster.ask('PUT', `${root}/ann/${part}`, { body: { ...(await now()), status } });
  const approved = { type: 'Approved', status: 'True', reason: 'KubectlApprove', message: 'by hand' };

  it('says who asks, as the server knows them, and never asks for anything else', async () => {
    const { status, text } = await cluster.ask('POST', root, { body: request });
    assert.equal(status, 201, text);
    const made = await now();
    assert.equal(made.spec.username, 'kith-admin');
    assert.deepEqual(made.spec.groups, ['system:masters', 'system:authenticated']);
    const { json } = await cluster.ask('PUT', `${root}/ann`, {
      body: {
        ...made,
        spec: { ...made.spec, usages: ['server auth'] },
        metadata: { ...made.metadata, labels: { a: 'b' } },
      },
    });
    const after = json as unknown as CertificateSigningRequest;
    assert.deepEqual(after.spec.usages, ['client auth']);
    assert.deepEqual(after.metadata!.labels, { a: 'b' });
  });

  it('is approved through its own door, which dates the decision, and not taken back', async () => {
    await cluster.ask('POST', root, { body: request });
    const viaStatus = await put('status', { conditions: [approved] });
    assert.equal(viaStatus.status, 422);
    assert.match(
      viaStatus.json.message!,
      /status.conditions: Forbidden: updates may not add a condition of type "Approved"/,
    );
    const { status, text } = await put('approval', { conditions: [approved], certificate: 'bm8=' });
    assert.equal(status, 200, text);
    const decided = (await now()).status!;
    assert.equal(decided.certificate, undefined);
    const time = decided.conditions![0]!.lastUpdateTime;
    assert.match(time!, /^2026-01-01T/);
    assert.deepEqual(decided.conditions, [{ ...approved, lastUpdateTime: time, lastTransitionTime: time }]);

    const taken = await put('approval', { conditions: [] });
    assert.match(taken.json.message!, /updates may not remove a condition of type "Approved"/);
    const both = await put('approval', {
      conditions: [...decided.conditions!, { type: 'Denied', status: 'True' }],
    });
    assert.match(both.json.message!, /Approved and Denied conditions are mutually exclusive/);
    const half = await put('approval', { conditions: [{ ...decided.conditions![0]!, status: 'False' }] });
    assert.match(half.json.message!, /Unsupported value: "False": supported values: "True"/);
  });

  it('gets a certificate once, through its status', async () => {
    await cluster.ask('POST', root, { body: request });
    const wrong = await put('status', { certificate: Buffer.from('none').toString('base64') });
    assert.match(
      wrong.json.message!,
      /status.certificate: Invalid value: "<certificate data>": must contain at least one CERTIFICATE PEM block/,
    );
  });
});
