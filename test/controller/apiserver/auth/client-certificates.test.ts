import assert from 'node:assert/strict';
import { createPublicKey } from 'node:crypto';
import { mkdtemp, readdir, rm, stat } from 'node:fs/promises';
import { connect as connectHttp2 } from 'node:http2';
import { request as httpsRequest, type RequestOptions } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isBadRequest } from '../../../../api/errors.ts';
import type { AuditRecord } from '../../../../controller/apiserver/auth/audit.ts';
import { Tokens } from '../../../../controller/apiserver/auth/tokens.ts';
import { clientAuthority } from '../../../../controller/apiserver/tls/client-authority.ts';
import { ClientCertificates } from '../../../../controller/apiserver/tls/client-certificates.ts';
import { tlsListener, type TlsListener } from '../../../../controller/apiserver/tls-listener.ts';
import {
  servingCertificate,
  type ServingCertificate,
} from '../../../../controller/apiserver/tls/serving-certificate.ts';
import { adminUser } from '../../../../controller/apiserver/users.ts';
import { systemClock, type Clock } from '../../../../process/clock.ts';
import { secretSigningKey } from '../../../../process/secret.ts';
import { until } from '../../../support/wait.ts';
import { configMap, testCluster, type TestCluster } from '../cluster.ts';
import { clusterBinding } from './rights.ts';

interface Shown {
  key: string;
  cert: string;
}

/** A revocation is heard within this. */
const cutMsMax = 2_000;

describe('client certificates', () => {
  let folder: string;
  let serving: ServingCertificate;
  let cluster: TestCluster;
  let certificates: ClientCertificates;
  let listener: TlsListener;
  let records: AuditRecord[];
  /** Runs ahead of the machine's by so much. */
  let aheadMs: number;
  const clock: Clock = { ...systemClock, date: () => new Date(systemClock.date().getTime() + aheadMs) };

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'kith-clients-'));
    serving = await servingCertificate(join(folder, 'tls'), systemClock);
  });
  after(() => rm(folder, { recursive: true }));
  beforeEach(async () => {
    aheadMs = 0;
    records = [];
    cluster = await testCluster(systemClock, { audit: (record) => void records.push(record) });
    const authority = await clientAuthority(join(folder, 'keys'), systemClock);
    certificates = new ClientCertificates({ authority, store: cluster.store, clock });
    listener = await tlsListener({
      apiServer: cluster.apiServer,
      certificate: serving,
      tokens: new Tokens().add('token', adminUser),
      clientCertificates: certificates,
      port: 0,
      clock: systemClock,
    });
    await cluster.client.create(clusterBinding('viewers', 'view', 'bob'));
  });
  afterEach(async () => {
    await cluster.close();
    await listener.close(200);
  });

  async function issue(user: string, groups: string[] = [], expiresInMs = 3_600_000): Promise<Shown> {
    const key = secretSigningKey();
    const publicKey = String(createPublicKey(key).export({ format: 'pem', type: 'spki' }));
    const { certificate } = await certificates.issue({ user, groups, publicKey, expiresInMs });
    return { key: String(key.export({ format: 'pem', type: 'pkcs8' })), cert: certificate };
  }

  function ask(
    path: string,
    shown: Partial<Shown> = {},
    headers: Record<string, string> = {},
    options: RequestOptions = {},
  ) {
    return new Promise<{ status: number; text: string }>((resolve, reject) => {
      const { port } = listener;
      const base = { host: '127.0.0.1', servername: 'localhost', port, ca: serving.ca, agent: false };
      const outgoing = httpsRequest({ ...base, ...shown, ...options, path, headers }, (incoming) => {
        let text = '';
        incoming.on('data', (chunk: Buffer) => (text += chunk.toString()));
        incoming.on('end', () => resolve({ status: incoming.statusCode!, text }));
        incoming.on('error', reject);
      });
      outgoing.on('error', reject);
      outgoing.end();
    });
  }
  const pods = '/api/v1/namespaces/default/pods';
  const secrets = '/api/v1/namespaces/default/secrets';

  it('say who one is, with what rights, over HTTP/1.1 and HTTP/2', async () => {
    const bob = await issue('bob', ['writers']);
    await until('the right is known', async () => (await ask(pods, bob)).status === 200);
    assert.match((await ask(secrets, bob)).text, /User \\"bob\\" cannot list/);
    assert.equal((await ask(secrets, await issue('root', ['system:masters']))).status, 200);
    assert.equal((await ask(pods)).status, 401, 'nobody without one');
    const session = connectHttp2(listener.server, { ca: serving.ca, ...bob });
    const status = (path: string) =>
      new Promise<number>((resolve, reject) => {
        const stream = session.request({ ':path': path });
        stream.on('response', (headers) => resolve(Number(headers[':status'])));
        stream.on('error', reject);
        stream.resume();
      });
    assert.deepEqual([await status(pods), await status(secrets)], [200, 403]);
    assert.match(records.at(-1)!.from!, /^127\.0\.0\.1:\d+$/);
    session.destroy();
  });

  it('of another authority, unknown to the store, or past their end count for nothing', async () => {
    const known = await issue('bob');
    await until('the control', async () => (await ask(pods, known)).status === 200);
    const other = await clientAuthority(join(folder, 'other'), systemClock);
    const elsewhere = new ClientCertificates({ authority: other, store: cluster.store, clock });
    const key = secretSigningKey();
    const publicKey = String(createPublicKey(key).export({ format: 'pem', type: 'spki' }));
    const { certificate } = await elsewhere.issue({
      user: 'bob',
      groups: ['system:masters'],
      publicKey,
      expiresInMs: 3_600_000,
    });
    const foreign = { key: String(key.export({ format: 'pem', type: 'pkcs8' })), cert: certificate };
    assert.equal((await ask(pods, foreign)).status, 401);
    // Such as this cluster's own, from before it was restored without its record.
    const { entries } = cluster.store.list('/kith/client-certificates/');
    for (const { key: each } of entries) await cluster.store.delete(each);
    assert.equal((await ask(pods, known)).status, 401);
    const brief = await issue('bob', [], 60_000);
    assert.equal((await ask(pods, brief)).status, 200);
    aheadMs = 61_000;
    assert.equal((await ask(pods, brief)).status, 401);
    assert.equal(
      (await ask(pods, foreign, { authorization: 'Bearer token' })).status,
      200,
      'a token still counts',
    );
  });

  it('that are revoked count no more at once, and what they watch ends within two seconds', async () => {
    const bob = await issue('bob');
    const eve = await issue('eve');
    await cluster.client.create(clusterBinding('eve-views', 'view', 'eve'));
    await until(
      'both may',
      async () => (await ask(pods, bob)).status === 200 && (await ask(pods, eve)).status === 200,
    );
    const watch = (shown: Shown) => ask(`${pods.replace('pods', 'configmaps')}?watch=1`, shown);
    const watches = () => cluster.apiServer.registry.reader.watchCount;
    let isEveCut = false;
    const ofBob = watch(bob);
    void watch(eve).then(
      () => (isEveCut = true),
      () => (isEveCut = true),
    );
    await until('both watch', () => watches() === 2);
    assert.equal(await certificates.revoke('bob'), 1);
    assert.equal((await ask(pods, bob)).status, 401);
    const begun = performance.now();
    await ofBob;
    assert.ok(performance.now() - begun < cutMsMax, 'the watch ended in time');
    assert.deepEqual([isEveCut, watches()], [false, 1], "another's goes on");
    assert.equal(await certificates.revoke('bob'), 0);
    assert.equal((await ask(pods, await issue('bob'))).status, 200, 'a new one counts');
  });

  it('whose holder loses the right to what they watch see it end too', async () => {
    const bob = await issue('bob');
    await until('the control', async () => (await ask(pods, bob)).status === 200);
    const watching = ask(`${pods.replace('pods', 'configmaps')}?watch=1`, bob);
    await until('the watch', () => cluster.apiServer.registry.reader.watchCount === 1);
    await cluster.client.delete({ kind: 'ClusterRoleBinding', name: 'viewers' });
    const begun = performance.now();
    await watching;
    assert.ok(performance.now() - begun < cutMsMax);
  });

  it('are not alone in that: what an account watches ends with the account', async () => {
    await cluster.client.create({
      apiVersion: 'v1',
      kind: 'ServiceAccount',
      metadata: { name: 'robot', namespace: 'default' },
    });
    await cluster.client.create(clusterBinding('robots', 'view', 'system:serviceaccount:default:robot'));
    const path = '/api/v1/namespaces/default/serviceaccounts/robot/token';
    const { token } = (await cluster.ask('POST', path, { body: {} })).json['status'] as { token: string };
    const authorization = `Bearer ${token}`;
    await until('the right is known', async () => (await ask(pods, {}, { authorization })).status === 200);
    const watching = ask(`${pods}?watch=1`, {}, { authorization });
    await until('the watch', () => cluster.apiServer.registry.reader.watchCount === 1);
    await cluster.client.delete({ kind: 'ServiceAccount', namespace: 'default', name: 'robot' });
    const begun = performance.now();
    await watching;
    assert.ok(performance.now() - begun < cutMsMax);
    assert.equal((await ask(pods, {}, { authorization })).status, 401);
  });

  it('are given out for names that say nothing of the system', async () => {
    await assert.rejects(issue('system:node:attic'), isBadRequest);
    await assert.rejects(issue('kith:gateway:attic'), isBadRequest);
    await assert.rejects(issue('bob', ['system:nodes']), isBadRequest);
    await assert.rejects(issue('bob, O=system:masters'), isBadRequest);
    await assert.rejects(issue(''), isBadRequest);
    assert.ok((await issue('ann@example.com', ['a:b'])).cert);
  });

  it('are signed by a key that only its owner reads', async () => {
    for (const file of await readdir(join(folder, 'keys')))
      assert.equal((await stat(join(folder, 'keys', file))).mode & 0o777, 0o600, file);
  });

  it('and what was done with them is in the audit log, without what was carried', async () => {
    const bob = await issue('bob');
    await until('the right is known', async () => (await ask(pods, bob)).status === 200);
    records.length = 0;
    await ask(`${secrets}?limit=5`, bob);
    await ask('/readyz');
    await ask(`${pods}/x/exec?command=secret`, bob);
    await cluster.ask('POST', '/api/v1/namespaces/default/configmaps', {
      body: configMap('a', { password: 'hunter2' }),
      headers: { 'impersonate-user': 'root', 'impersonate-group': 'system:masters' },
    });
    const [list, exec, create] = records;
    assert.equal(records.length, 3, JSON.stringify(records));
    assert.partialDeepStrictEqual(list, {
      stage: 'ResponseComplete',
      user: 'bob',
      verb: 'list',
      resource: 'secrets',
      namespace: 'default',
      code: 403,
    });
    assert.match(list!.from!, /^127\.0\.0\.1:\d+$/);
    assert.equal(exec!.code, 403);
    assert.partialDeepStrictEqual(create, {
      user: 'root',
      impersonatedBy: 'kith-admin',
      verb: 'create',
      code: 201,
    });
    assert.doesNotMatch(JSON.stringify(records), /hunter2|secret"|limit/);
  });

  it('and a watch is there twice: at its beginning and at its end', async () => {
    const bob = await issue('bob');
    await until('the right is known', async () => (await ask(pods, bob)).status === 200);
    records.length = 0;
    await ask(`${pods}?watch=1&timeoutSeconds=1`, bob);
    await until('its end', () => records.length === 2);
    assert.deepEqual(
      records.map(({ stage, verb, code }) => [stage, verb, code]),
      [
        ['ResponseStarted', 'watch', 200],
        ['ResponseComplete', 'watch', 200],
      ],
    );
  });
});
