import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { createPrivateKey, X509Certificate } from 'node:crypto';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { CertificateSigningRequest } from '../../../../api/types.ts';
import { clientAuthority } from '../../../../controller/apiserver/tls/client-authority.ts';
import { ClientCertificates } from '../../../../controller/apiserver/tls/client-certificates.ts';
import { RequestSigning } from '../../../../controller/apiserver/tls/request-signing.ts';
import { systemClock } from '../../../../process/clock.ts';
import { silentLog } from '../../../../process/log.ts';
import { until } from '../../../support/wait.ts';
import { testCluster, type TestCluster } from '../cluster.ts';

const hasOpenssl = spawnSync('openssl', ['version']).status === 0;

describe('an approved signing request', () => {
  let folder: string;
  let cluster: TestCluster;
  let signing: RequestSigning;
  before(async function () {
    if (hasOpenssl) return;
    if (process.env['CI'] === 'true') throw new Error('openssl is not on the PATH');
    console.log('      skipped: install openssl to run these');
    this.skip();
  });
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'kith-signing-'));
    cluster = await testCluster(systemClock);
    const authority = await clientAuthority(folder, systemClock);
    const { store } = cluster;
    const certificates = new ClientCertificates({ authority, store, clock: systemClock });
    signing = new RequestSigning({ store, client: cluster.client, certificates, log: silentLog });
    signing.begin();
  });
  afterEach(async () => {
    signing.stop();
    await cluster.close();
    await rm(folder, { recursive: true });
  });

  const path = '/apis/certificates.k8s.io/v1/certificatesigningrequests';
  const ref = { kind: 'CertificateSigningRequest', name: 'ben' };
  const get = () => cluster.client.get<CertificateSigningRequest & { kind: string }>(ref);
  async function ask(subject: string, spec: object = {}): Promise<void> {
    const made = spawnSync('openssl', [
      'req',
      '-new',
      '-newkey',
      'rsa:2048',
      '-nodes',
      '-subj',
      subject,
      '-keyout',
      join(folder, 'key.pem'),
    ]);
    const request = made.stdout.toString('base64');
    const whole = {
      request,
      signerName: 'kubernetes.io/kube-apiserver-client',
      usages: ['client auth'],
      ...spec,
    };
    const { status, text } = await cluster.ask('POST', path, {
      body: { metadata: { name: 'ben' }, spec: whole },
    });
    assert.equal(status, 201, text);
  }
  async function approve(): Promise<void> {
    const conditions = [{ type: 'Approved', status: 'True', reason: 'Test', message: 'yes' }];
    const type = 'application/merge-patch+json';
    const { status, text } = await cluster.ask('PATCH', `${path}/ben/approval`, {
      body: { status: { conditions } },
      type,
    });
    assert.equal(status, 200, text);
  }

  it('for a user of the API is signed by the authority of users, over the key that was sent', async () => {
    await ask('/O=writers/CN=ben', { expirationSeconds: 3600 });
    assert.equal((await get()).status?.certificate, undefined, 'not before it is approved');
    await approve();
    const text = await until('the certificate', async () => (await get()).status?.certificate);
    const certificate = new X509Certificate(Buffer.from(text, 'base64'));
    assert.equal(certificate.subject, 'O=writers\nCN=ben');
    const authority = new X509Certificate(await readFile(join(folder, 'client-ca.pem')));
    assert.ok(certificate.verify(authority.publicKey));
    assert.ok(certificate.checkPrivateKey(createPrivateKey(await readFile(join(folder, 'key.pem')))));
    const hours = (certificate.validToDate.getTime() - systemClock.date().getTime()) / 3_600_000;
    assert.ok(hours > 0.9 && hours <= 1, String(hours));
  });

  it('that would make a master, a machine, or is for another use, says why it is not signed', async () => {
    for (const [subject, spec, words] of [
      ['/O=system:masters/CN=ben', {}, /system:masters group is not allowed/],
      ['/O=system:nodes/CN=system:node:attic', {}, /those of machines and accounts/],
      ['/CN=ben', { usages: ['client auth', 'server auth'] }, /usage "server auth"/],
    ] as const) {
      await ask(subject, spec);
      await approve();
      const failed = await until('its condition', async () =>
        (await get()).status?.conditions?.find(({ type }) => type === 'Failed'),
      );
      assert.match(failed.message!, words);
      assert.equal((await get()).status?.certificate, undefined);
      await cluster.client.delete(ref);
    }
  });

  it('for another signer is left to that one', async () => {
    await ask('/CN=ben', { signerName: 'example.com/own' });
    await approve();
    assert.equal((await get()).status?.certificate, undefined);
  });
});
