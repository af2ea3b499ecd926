import assert from 'node:assert/strict';
import { X509Certificate } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { request as httpsRequest } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse } from 'yaml';
import { Home } from '../../cli/home.ts';
import { revokeUser, userContext } from '../../cli/user-certificate.ts';
import { withContext, writeContext, type CertificateContext } from '../../client/kubeconfig.ts';
import { Tokens } from '../../controller/apiserver/auth/tokens.ts';
import { clientAuthority } from '../../controller/apiserver/tls/client-authority.ts';
import { clientCertificateRoutes } from '../../controller/apiserver/tls/client-certificate-routes.ts';
import { ClientCertificates } from '../../controller/apiserver/tls/client-certificates.ts';
import { tlsListener, type TlsListener } from '../../controller/apiserver/tls-listener.ts';
import { servingCertificate } from '../../controller/apiserver/tls/serving-certificate.ts';
import { adminUser } from '../../controller/apiserver/users.ts';
import { systemClock as clock } from '../../process/clock.ts';
import { testCluster, type TestCluster } from '../controller/apiserver/cluster.ts';

/** What `kith kubeconfig --user` does, against a real listener. */
describe('a kubeconfig for a user', () => {
  let home: Home;
  let cluster: TestCluster;
  let listener: TlsListener;
  beforeEach(async () => {
    home = new Home(await mkdtemp(join(tmpdir(), 'kith-user-')));
    const authority = await clientAuthority(home.file('keys'), clock);
    let clientCertificates!: ClientCertificates;
    cluster = await testCluster(clock, {
      routes: (store) =>
        clientCertificateRoutes((clientCertificates = new ClientCertificates({ authority, store, clock }))),
    });
    const certificate = await servingCertificate(home.file('tls'), clock);
    listener = await tlsListener({
      apiServer: cluster.apiServer,
      certificate,
      tokens: new Tokens().add('token', adminUser),
      clientCertificates,
      port: 0,
      clock,
    });
    const { server } = listener;
    await writeContext(home.kubeconfig, { name: 'kith-home', server, ca: certificate.ca, token: 'token' });
  });
  afterEach(async () => {
    await cluster.close();
    await listener.close(200);
    await rm(home.path, { recursive: true });
  });

  const whoami = ({ ca, certificate, key }: CertificateContext) =>
    new Promise<{ status: number; text: string }>((resolve, reject) => {
      const path = '/apis/authentication.k8s.io/v1/selfsubjectreviews';
      const { port } = listener;
      const options = {
        host: '127.0.0.1',
        port,
        path,
        method: 'POST',
        ca,
        cert: certificate,
        key,
        agent: false,
      };
      const outgoing = httpsRequest(options, (incoming) => {
        let text = '';
        incoming.on('data', (chunk: Buffer) => (text += chunk.toString()));
        incoming.on('end', () => resolve({ status: incoming.statusCode!, text }));
      });
      outgoing.on('error', reject);
      outgoing.end('{}');
    });

  it('makes its bearer that user, in those groups, for so long', async () => {
    const { context, expiresAt } = await userContext(home, {
      user: 'ben',
      groups: ['writers', 'b'],
      expires: '30d',
    });
    const { status, text } = await whoami(context);
    assert.equal(status, 201, text);
    const { userInfo } = (JSON.parse(text) as { status: { userInfo: object } }).status;
    assert.deepEqual(userInfo, { username: 'ben', groups: ['writers', 'b', 'system:authenticated'] });
    const days = (expiresAt.getTime() - clock.date().getTime()) / 86_400_000;
    assert.ok(days > 29.9 && days <= 30);
    assert.match(new X509Certificate(context.certificate).subject, /O=writers\nO=b\nCN=ben/);
    const config = parse(withContext('', context, { makeCurrent: true })) as {
      'current-context': string;
      users: { user: Record<string, string> }[];
    };
    assert.equal(config['current-context'], 'ben@kith-home');
    assert.deepEqual(Object.keys(config.users[0]!.user), ['client-certificate-data', 'client-key-data']);
    assert.equal(Buffer.from(config.users[0]!.user['client-key-data']!, 'base64').toString(), context.key);
  });

  it('counts no more once the user is revoked', async () => {
    const issue = async (user: string) =>
      (await userContext(home, { user, groups: [], expires: '1h' })).context;
    const [first, second, other] = [await issue('ben'), await issue('ben'), await issue('eve')];
    assert.equal((await whoami(first)).status, 201);
    assert.equal(await revokeUser(home, 'ben'), 2);
    assert.deepEqual(
      [(await whoami(first)).status, (await whoami(second)).status, (await whoami(other)).status],
      [401, 401, 201],
    );
    assert.equal(await revokeUser(home, 'nobody'), 0);
  });

  it('is refused for too long, for nobody, and for a machine', async () => {
    const wish = { user: 'ben', groups: [], expires: '30d' };
    await assert.rejects(userContext(home, { ...wish, expires: '400d' }), /not between 1m and 366d/);
    await assert.rejects(
      userContext(home, { ...wish, user: 'system:node:attic' }),
      /those of machines and accounts/,
    );
    await assert.rejects(
      userContext(home, { ...wish, groups: ['kith:people'] }),
      /only system:masters can be given/,
    );
    await writeFile(home.kubeconfig, 'nothing');
    await assert.rejects(userContext(home, wish), /kubeconfig/);
  });
});
