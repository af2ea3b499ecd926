import assert from 'node:assert/strict';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import { request } from 'node:https';
import { Duplex } from 'node:stream';
import { FakeSandbox } from '../../../support/fake-sandbox.ts';
import { until } from '../../../support/wait.ts';
import { clusterBinding } from '../auth/rights.ts';
import { kubectls, strangerToken, StreamCluster } from './cluster.ts';

interface Answer {
  status: number;
  headers: IncomingMessage['headers'];
  text: string;
}

const pods = '/api/v1/namespaces/default/pods';
const services = '/api/v1/namespaces/default/services';

/** A plain web server of this test is the app, behind the sandbox's port 8080. */
describe('the proxy to pods and Services', function () {
  this.timeout(30_000);
  const sandbox = new FakeSandbox();
  let cluster: StreamCluster;
  let app: Server;
  /** Aborted requests that the app has seen. */
  let aborted = 0;

  before(async () => {
    app = createServer((message, response) => {
      message.once('aborted', () => aborted++);
      if (message.url === '/moved') return void response.writeHead(302, { location: '/there/' }).end();
      if (message.url === '/elsewhere')
        return void response.writeHead(302, { location: 'https://example.org/x' }).end();
      if (message.url === '/drops') return void message.socket.destroy();
      if (message.url === '/drips') {
        response.writeHead(200);
        response.write('first');
        return;
      }
      let body = '';
      message.on('data', (chunk: Buffer) => (body += chunk.toString()));
      message.once('end', () => {
        response.setHeader('access-control-allow-origin', '*');
        response.setHeader('set-cookie', ['a=1', 'b=2']);
        const { method, url, headers } = message;
        response.statusCode = url === '/well' ? 200 : 418;
        response.end(JSON.stringify({ method, url, headers, body }));
      });
    });
    cluster = await StreamCluster.create(() => sandbox);
    sandbox.ports.set(8080, (socket: Duplex) => void app.emit('connection', asSocket(socket)));
    await cluster.run('web', {
      containers: [{ name: 'app', image: 'hello:1', ports: [{ containerPort: 8080 }] }],
    });
    const pod = await cluster.ready('web');
    await cluster.api.client.create(clusterBinding('ann', 'admin', 'ann'));
    await cluster.api.client.create({
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name: 'front', namespace: 'default' },
      spec: { ports: [{ name: 'http', port: 80, targetPort: 8080 }] },
    } as never);
    await cluster.api.client.create({
      apiVersion: 'discovery.k8s.io/v1',
      kind: 'EndpointSlice',
      metadata: {
        name: 'front-1',
        namespace: 'default',
        labels: { 'kubernetes.io/service-name': 'front' },
      },
      addressType: 'IPv4',
      ports: [{ name: 'http', port: 8080 }],
      endpoints: [
        {
          addresses: ['10.244.3.9'],
          targetRef: { kind: 'Pod', name: 'web', namespace: 'default', uid: pod.metadata!.uid },
        },
      ],
    } as never);
  });
  after(async () => {
    await cluster.close();
    app.closeAllConnections();
  });

  const ask = (
    path: string,
    { method = 'GET', headers = {}, body = '' }: { method?: string; headers?: object; body?: string } = {},
  ) =>
    new Promise<Answer>((resolve, reject) => {
      const asking = request({
        method,
        host: '127.0.0.1',
        port: cluster.listener.port,
        path,
        rejectUnauthorized: false,
        headers: { authorization: 'Bearer token', ...headers },
      });
      asking.once('error', reject);
      asking.once('response', (response) => {
        let text = '';
        response.on('data', (chunk: Buffer) => (text += chunk.toString()));
        response.once('end', () =>
          resolve({ status: response.statusCode!, headers: response.headers, text }),
        );
      });
      asking.end(body);
    });
  const seen = ({ text }: Answer) =>
    JSON.parse(text) as {
      method: string;
      url: string;
      headers: Record<string, string | undefined>;
      body: string;
    };
  const message = ({ text }: Answer) => (JSON.parse(text) as { message: string }).message;

  it('hands on method, path, query, body and headers, and the answer as it is', async () => {
    const answer = await ask(`${pods}/web:8080/proxy/a%20b/c?d=e&watch=1`, {
      method: 'PUT',
      body: 'hello',
      headers: { 'content-type': 'text/odd', 'x-own': 'kept' },
    });
    assert.equal(answer.status, 418);
    assert.deepEqual(answer.headers['set-cookie'], ['a=1', 'b=2']);
    const { method, url, body, headers } = seen(answer);
    assert.deepEqual({ method, url, body }, { method: 'PUT', url: '/a%20b/c?d=e&watch=1', body: 'hello' });
    assert.equal(headers['content-type'], 'text/odd');
    assert.equal(headers['x-own'], 'kept');
    assert.equal(headers['x-forwarded-uri'], `${pods}/web:8080/proxy/a%20b/c`);
  });

  it('finds the port: the one named, else the first declared; of a Service by number and by name', async () => {
    for (const path of [
      `${pods}/web/proxy/`,
      `${pods}/http:web:/proxy/`,
      `${services}/front:http/proxy/`,
      `${services}/front:80/proxy/`,
      `${services}/http:front:http/proxy/`,
    ]) {
      const answer = await ask(path);
      assert.equal(answer.status, 418, `${path}: ${answer.text}`);
      assert.equal(seen(answer).url, '/');
    }
  });

  it('never tells the app who asks, nor lets it speak for this API', async () => {
    const answer = await ask(`${pods}/web/proxy/`, {
      headers: { 'impersonate-user': 'ann', 'impersonate-group': 'system:masters', 'kith-as-owner': 'true' },
    });
    const { headers } = seen(answer);
    for (const name of Object.keys(headers)) assert.doesNotMatch(name, /authorization|impersonate|kith/);
    assert.equal(answer.headers['access-control-allow-origin'], undefined);
    assert.match(String(answer.headers['content-security-policy']), /sandbox/);
  });

  it('leads redirects of the app back through itself, and others nowhere', async () => {
    assert.equal((await ask(`${pods}/web/proxy/moved`)).headers.location, `${pods}/web/proxy/there/`);
    assert.equal((await ask(`${pods}/web/proxy/elsewhere`)).headers.location, 'https://example.org/x');
    const bare = await ask(`${pods}/web/proxy?a=b`);
    assert.equal(bare.status, 301);
    assert.equal(bare.headers.location, `${pods}/web/proxy/?a=b`);
  });

  it('answers HEAD without a body', async () => {
    const { status, text } = await ask(`${pods}/web/proxy/`, { method: 'HEAD' });
    assert.deepEqual({ status, text }, { status: 418, text: '' });
  });

  it('says in words what does not work', async () => {
    const refused = async (path: string, more?: Parameters<typeof ask>[1]) => {
      const answer = await ask(path, more);
      return `${answer.status} ${message(answer)}`;
    };
    assert.equal(await refused(`${pods}/none/proxy/`), '404 pods "none" not found');
    assert.equal(await refused(`${services}/none/proxy/`), '404 services "none" not found');
    assert.equal(await refused(`${services}/none:80/proxy/`), '404 services "none" not found');
    assert.equal(await refused(`${services}/front/proxy/`), '503 no endpoints available for service "front"');
    assert.equal(
      await refused(`${services}/front:81/proxy/`),
      '503 no service port 81 found for service "front"',
    );
    assert.equal(await refused(`${pods}/a:b:c:d/proxy/`), '400 invalid pod request "a:b:c:d"');
    assert.match(await refused(`${pods}/https:web:8080/proxy/`), /^400 .*kubectl port-forward/);
    assert.match(await refused(`${pods}/web:99999/proxy/`), /^400 .*65535/);
    assert.match(await refused(`${pods}/web:81/proxy/`), /^503 error trying to reach service: /);
    assert.match(await refused(`${pods}/web/proxy/drops`), /^503 error trying to reach service: /);
    const upgrade = { connection: 'Upgrade', upgrade: 'websocket' };
    assert.match(await refused(`${pods}/web/proxy/`, { headers: upgrade }), /^501 .*no WebSockets/);
  });

  it('asks for the right of its own by method, and streams no longer than it holds', async () => {
    const stranger = { authorization: `Bearer ${strangerToken}` };
    assert.match(
      message(await ask(`${pods}/web/proxy/`, { headers: stranger })),
      /User "stranger" cannot get resource "pods\/proxy" in API group "" in the namespace "default"/,
    );
    assert.match(
      message(await ask(`${services}/front:80/proxy/`, { headers: stranger, method: 'DELETE' })),
      /services "front:80" is forbidden: User "stranger" cannot delete resource "services\/proxy"/,
    );
    await cluster.api.client.create(clusterBinding('stranger', 'admin', 'stranger'));
    const dripping = Promise.withResolvers<IncomingMessage>();
    await until('the role is known', async () => {
      return (await ask(`${pods}/web/proxy/`, { headers: stranger })).status === 418;
    });
    const asking = request({
      host: '127.0.0.1',
      port: cluster.listener.port,
      path: `${pods}/web/proxy/drips`,
      rejectUnauthorized: false,
      headers: stranger,
    });
    asking.once('response', dripping.resolve);
    asking.once('error', dripping.reject);
    asking.end();
    const answer = await dripping.promise;
    let isCut = false;
    answer.once('error', () => (isCut = true));
    answer.resume();
    const before = aborted;
    await cluster.api.client.delete({
      apiVersion: 'rbac.authorization.k8s.io/v1',
      kind: 'ClusterRoleBinding',
      name: 'stranger',
    } as never);
    await until('the stream is cut', () => isCut);
    await until('the app knows it', () => aborted > before);
  });

  for (const kubectl of kubectls)
    for (const way of ['the controller', 'a joined machine'] as const)
      it(`serves ${kubectl} get --raw, by way of ${way}`, async () => {
        const path = `${services}/front:http/proxy/well`;
        const environment = way === 'the controller' ? undefined : { KUBECONFIG: cluster.joinedKubeconfig };
        await until('it is answered', async () => {
          const outcome = await cluster.kubectl(kubectl, ['get', '--raw', path], { environment });
          if (outcome.code !== 0 && way === 'the controller') assert.fail(outcome.err);
          return (
            outcome.code === 0 && (JSON.parse(outcome.out.toString()) as { url: string }).url === '/well'
          );
        });
      });
});

/** What Node's HTTP server asks of a socket beyond a stream. */
function asSocket(stream: Duplex): Duplex {
  const nothing = () => stream;
  return Object.assign(stream, {
    setTimeout: nothing,
    setKeepAlive: nothing,
    setNoDelay: nothing,
    ref: nothing,
    unref: nothing,
  });
}
