import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import {
  connect,
  performServerHandshake,
  type ClientHttp2Session,
  type ServerHttp2Session,
} from 'node:http2';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { duplexPair } from 'node:stream';
import { type ApiError, isForbidden, isUnauthorized, isUnavailable } from '../../../api/errors.ts';
import { httpClient } from '../../../client/http-client.ts';
import { sessionTransport } from '../../../client/session-transport.ts';
import { tlsTransport, type TlsTransport } from '../../../client/tls-transport.ts';
import { forwardedMax, forwarderFiles, startForwarder } from '../../../controller/apiserver/forwarder.ts';
import { noiseListener } from '../../../controller/apiserver/noise-listener.ts';
import type { TlsListener } from '../../../controller/apiserver/tls-listener.ts';
import { ownerHeader, ownerOf, userOfCertificate } from '../../../controller/apiserver/users.ts';
import { systemClock } from '../../../process/clock.ts';
import type { MemberCertificate } from '../../../swarm/certificate.ts';
import type { Link } from '../../../swarm/swarm.ts';
import { until } from '../../support/wait.ts';
import { binding } from './auth/rights.ts';
import { configMap, testCluster, type TestCluster } from './cluster.ts';

const certificate: MemberCertificate = {
  cluster: 'c'.repeat(64),
  key: 'a'.repeat(64),
  role: 'node',
  name: 'attic',
  owner: 'ben',
  epoch: 1,
  notAfter: Number.MAX_SAFE_INTEGER,
};

/** kubectl's side is TLS on loopback; the controller's a link that carries the machine's certificate. */
describe('the API on a joined machine', () => {
  let folder: string;
  let cluster: TestCluster;
  let session: ClientHttp2Session | undefined;
  let server: ServerHttp2Session;
  let forwarder: TlsListener;
  let transport: TlsTransport;
  let isVouchedFor: boolean;
  before(async () => void (folder = await mkdtemp(join(tmpdir(), 'kith-forwarder-'))));
  after(() => rm(folder, { recursive: true }));
  beforeEach(async () => {
    isVouchedFor = true;
    cluster = await testCluster(systemClock);
    const serve = noiseListener({
      apiServer: cluster.apiServer,
      clock: systemClock,
      userOf: ({ peer }, headers) =>
        headers[ownerHeader] === undefined
          ? userOfCertificate(peer.certificate)
          : ownerOf(peer.certificate, isVouchedFor),
    });
    const [near, far] = duplexPair();
    server = performServerHandshake(far);
    const link = { peer: { certificate, key: certificate.key } } as unknown as Link;
    server.on('stream', (stream, headers) => serve(stream, headers, link));
    server.on('error', () => {});
    session = connect('http://link', { createConnection: () => near });
    session.on('error', () => {});
    const source = {
      get current() {
        return session && { session };
      },
      live: () => Promise.resolve(),
    };
    forwarder = await startForwarder({
      transport: sessionTransport(source),
      folder,
      port: 0,
      clock: systemClock,
    });
    const ca = await readFile(forwarderFiles(folder).ca, 'utf8');
    const token = (await readFile(forwarderFiles(folder).token, 'utf8')).trim();
    transport = tlsTransport({ server: forwarder.server, ca, token });
  });
  afterEach(async () => {
    transport.close();
    await forwarder.close(200);
    session?.destroy();
    server.destroy();
    await cluster.close();
  });

  const whoami = async () => {
    const path = '/apis/authentication.k8s.io/v1/selfsubjectreviews';
    const headers = { 'content-type': 'application/json' };
    const { body } = await transport.request({ method: 'POST', path, headers, body: '{}' });
    let text = '';
    for await (const chunk of body) text += String(chunk);
    return (JSON.parse(text) as { status: { userInfo: object } }).status.userInfo;
  };

  it('is used as the person who owns the machine, with their roles', async () => {
    assert.deepEqual(await whoami(), { username: 'ben', groups: ['kith:people', 'system:authenticated'] });
    const client = httpClient(transport);
    await cluster.client.create(configMap('a'));
    assert.equal((await client.list('ConfigMap', { namespace: 'default' })).items[0]!.metadata!.name, 'a');
    await assert.rejects(client.list('Secret', { namespace: 'default' }), isForbidden);
    await assert.rejects(client.create(configMap('b')), isForbidden);
    await cluster.client.create(binding('ben', 'ClusterRole', 'edit', 'ben'));
    await until('the role is known', () => client.create(configMap('b', { text: 'x'.repeat(900_000) })));
  });

  it('hands on by which an answer is kept and known again: who has it is not sent it twice', async () => {
    const ask = async (more: Record<string, string>) => {
      const headers = { accept: 'application/json', ...more };
      const answer = await transport.request({ method: 'GET', path: '/openapi/v3/apis/apps/v1', headers });
      let bytes = 0;
      for await (const chunk of answer.body) bytes += chunk.length;
      return { ...answer, bytes };
    };
    const first = await ask({ 'audit-id': 'of-my-own' });
    assert.deepEqual([first.status, first.headers['audit-id']], [200, 'of-my-own']);
    assert.ok(first.bytes > 1_000);
    const again = await ask({ 'if-none-match': String(first.headers['etag']) });
    assert.deepEqual([again.status, again.bytes], [304, 0]);
  });

  it('hands on a watch as it comes, and ends it', async () => {
    const client = httpClient(transport);
    const stop = new AbortController();
    const seen: string[] = [];
    const watching = (async () => {
      for await (const event of client.watch('ConfigMap', { namespace: 'default', signal: stop.signal }))
        if (event.type !== 'BOOKMARK') seen.push(event.type);
    })();
    await until('the watch', () => cluster.apiServer.registry.reader.watchCount === 1);
    await cluster.client.create(configMap('a'));
    await until('its event', () => seen.length === 1);
    stop.abort();
    await watching;
    await until('its end', () => cluster.apiServer.registry.reader.watchCount === 0);
  });

  it('leaves room on the link for the machine itself, and takes more once some have ended', async () => {
    const ca = await readFile(forwarderFiles(folder).ca, 'utf8');
    const token = (await readFile(forwarderFiles(folder).token, 'utf8')).trim();
    // One program has fewer connections than this takes.
    const more = tlsTransport({ server: forwarder.server, ca, token });
    const stop = new AbortController();
    const watches = Array.from({ length: forwardedMax }, async (_, index) => {
      const client = httpClient(index % 2 === 0 ? transport : more);
      for await (const event of client.watch('ConfigMap', { namespace: 'default', signal: stop.signal }))
        assert.notEqual(event.type, 'ERROR');
    });
    await until('all watch', () => cluster.apiServer.registry.reader.watchCount === forwardedMax);
    const list = () => httpClient(transport).list('ConfigMap', { namespace: 'default' });
    await assert.rejects(list(), (error: ApiError) => error.status.code === 429);
    stop.abort();
    await Promise.all(watches);
    await until('one more is taken', list);
    more.close();
  });

  it('gives the owner nothing by a name that nobody has vouched for', async () => {
    await cluster.client.create(binding('ben', 'ClusterRole', 'admin', 'ben'));
    isVouchedFor = false;
    assert.deepEqual(await whoami(), { username: 'kith:guest:attic', groups: ['system:authenticated'] });
    await assert.rejects(httpClient(transport).list('ConfigMap', { namespace: 'default' }), isForbidden);
    isVouchedFor = true;
    await until('the control', () => httpClient(transport).list('Secret', { namespace: 'default' }));
  });

  it('wants its own token, and says when the controller is away', async () => {
    const ca = await readFile(forwarderFiles(folder).ca, 'utf8');
    const stranger = tlsTransport({ server: forwarder.server, ca, token: 'wrong' });
    await assert.rejects(httpClient(stranger).list('Pod'), isUnauthorized);
    stranger.close();
    session!.destroy();
    session = undefined;
    await assert.rejects(httpClient(transport).list('Pod'), isUnavailable);
  });
});
