import assert from 'node:assert/strict';
import { X509Certificate } from 'node:crypto';
import { mkdtemp, readdir, rm, stat } from 'node:fs/promises';
import { once } from 'node:events';
import { connect as connectHttp2, type ClientHttp2Session } from 'node:http2';
import { request as httpsRequest, type RequestOptions } from 'node:https';
import { connect as connectTcp, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect as connectTls, type ConnectionOptions } from 'node:tls';
import { isUnauthorized } from '../../../api/errors.ts';
import { httpClient } from '../../../client/http-client.ts';
import { tlsTransport, type TlsTransport } from '../../../client/tls-transport.ts';
import type { AuditRecord } from '../../../controller/apiserver/auth/audit.ts';
import { keptToken, Tokens } from '../../../controller/apiserver/auth/tokens.ts';
import {
  tlsListener,
  type ConnectionLimits,
  type TlsListener,
} from '../../../controller/apiserver/tls-listener.ts';
import {
  servingCertificate,
  type ServingCertificate,
} from '../../../controller/apiserver/tls/serving-certificate.ts';
import { adminUser } from '../../../controller/apiserver/users.ts';
import { systemClock } from '../../../process/clock.ts';
import { VirtualClock } from '../../../process/virtual-clock.ts';
import { until } from '../../support/wait.ts';
import { configMap, pod, testCluster, type TestCluster } from './cluster.ts';

const token = 'a-token-of-the-test';

describe('the TLS listener', () => {
  let folder: string;
  let certificate: ServingCertificate;
  let cluster: TestCluster;
  let listener: TlsListener;
  let transport: TlsTransport;
  const records: AuditRecord[] = [];
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'kith-tls-'));
    certificate = await servingCertificate(folder, systemClock);
  });
  after(() => rm(folder, { recursive: true }));
  beforeEach(async () => {
    records.length = 0;
    cluster = await testCluster(systemClock, { audit: (record) => void records.push(record) });
    const tokens = new Tokens().add(token, adminUser);
    listener = await tlsListener({
      apiServer: cluster.apiServer,
      certificate,
      tokens,
      port: 0,
      clock: systemClock,
    });
    transport = tlsTransport({ server: listener.server, ca: certificate.ca, token });
  });
  afterEach(async () => {
    transport.close();
    await cluster.close();
    await listener.close(500);
  });

  /** One request over HTTP/1.1, as raw as https lets it be. */
  const ask = (headers: Record<string, string>, options: RequestOptions = {}, body?: Buffer) =>
    new Promise<{ status: number; text: string }>((resolve, reject) => {
      const outgoing = httpsRequest(
        {
          host: '127.0.0.1',
          servername: 'localhost',
          port: listener.port,
          ca: certificate.ca,
          path: '/api/v1/namespaces',
          agent: false,
          ...options,
          headers,
        },
        (incoming) => {
          let text = '';
          incoming.on('data', (chunk: Buffer) => (text += chunk.toString()));
          incoming.on('end', () => resolve({ status: incoming.statusCode!, text }));
          incoming.on('error', reject);
        },
      );
      outgoing.on('error', reject);
      outgoing.end(body);
    });
  const authorization = `Bearer ${token}`;

  it('serves who bears the token, and tells others that it does not know them', async () => {
    assert.equal((await ask({ authorization })).status, 200);
    for (const wrong of [
      {},
      { authorization: 'Bearer wrong' },
      { authorization: `Basic ${token}` },
      { authorization: `Bearer ${token}x` },
    ]) {
      const { status, text } = await ask(wrong as Record<string, string>);
      assert.equal(status, 401);
      assert.equal((JSON.parse(text) as { kind: string }).kind, 'Status');
    }
    const stranger = tlsTransport({ server: listener.server, ca: certificate.ca, token: 'wrong' });
    await assert.rejects(httpClient(stranger).list('Pod'), isUnauthorized);
    stranger.close();
  });

  it('refuses a Host that is not its own, with its port: a rebound name gets nothing', async () => {
    for (const host of [
      `evil.example:${listener.port}`,
      'localhost',
      `127.0.0.1:${listener.port + 1}`,
      `localhost.evil.example:${listener.port}`,
    ]) {
      const { status, text } = await ask({ authorization, host });
      assert.equal(status, 403, host);
      assert.doesNotMatch(text, /kube-system/);
    }
    for (const host of [`localhost:${listener.port}`, `127.0.0.1:${listener.port}`, `[::1]:${listener.port}`])
      assert.equal((await ask({ authorization, host })).status, 200, host);
  });

  it('refuses a foreign name over HTTP/2 too', async () => {
    const session = connectHttp2(listener.server, { ca: certificate.ca });
    const status = (authority: string) =>
      new Promise<number>((resolve, reject) => {
        const stream = session.request({
          ':path': '/api/v1/namespaces',
          ':authority': authority,
          authorization,
        });
        stream.on('response', (headers) => resolve(Number(headers[':status'])));
        stream.on('error', reject);
        stream.resume();
      });
    assert.equal(await status('evil.example'), 403);
    assert.equal(await status(`localhost:${listener.port}`), 200);
    session.destroy();
  });

  it('refuses what comes from a web page', async () => {
    assert.equal((await ask({ authorization, origin: 'https://evil.example' })).status, 403);
    assert.equal((await ask({ authorization, 'sec-fetch-site': 'cross-site' })).status, 403);
    // It is nobody's, whoever's token it bears, and stands in the audit log all the same.
    const told = records.map(({ user, verb, resource, code }) => [user, verb, resource, code]);
    const refused = ['system:anonymous', 'list', 'namespaces', 403];
    assert.deepEqual(told, [refused, refused]);
    assert.equal((await ask({ authorization, 'sec-fetch-site': 'none' })).status, 200);
  });

  it('refuses a body of more than 3 MiB, declared or not, and takes one below', async () => {
    const path = '/api/v1/namespaces/default/configmaps';
    const send = (bytes: number, headers = {}) => {
      const body = Buffer.from(JSON.stringify({ ...configMap('big'), data: { a: 'x'.repeat(bytes) } }));
      return ask(
        { authorization, 'content-type': 'application/json', ...headers },
        { method: 'POST', path },
        body,
      );
    };
    assert.equal((await send(3 * 1024 * 1024)).status, 413);
    assert.equal((await send(3 * 1024 * 1024, { 'transfer-encoding': 'chunked' })).status, 413);
    assert.equal((await send(900 * 1024)).status, 201);
  });

  it('reads YAML, and protobuf that is whole', async () => {
    const path = '/api/v1/namespaces/default/configmaps';
    const post = (type: string, body: string) =>
      ask({ authorization, 'content-type': type }, { method: 'POST', path }, Buffer.from(body));
    const refused = await post('application/vnd.kubernetes.protobuf', 'k8s\0');
    assert.equal(refused.status, 400);
    assert.match(
      refused.text,
      /the object provided is unrecognized \(must be of type ConfigMap\): empty body/,
    );
    assert.equal((await post('application/yaml', 'metadata: {name: a}\ndata: {a: b}\n')).status, 201);
    assert.equal((await post('application/json', '{"metadata":')).status, 400);
  });

  it('carries the client: writes, refusals, watches and their end', async () => {
    const client = httpClient(transport);
    const stop = new AbortController();
    const seen: string[] = [];
    const watching = (async () => {
      for await (const event of client.watch('ConfigMap', { namespace: 'default', signal: stop.signal }))
        if (event.type !== 'BOOKMARK') seen.push(event.type);
    })();
    const created = await client.create(configMap('a', { text: 'ä€😀'.repeat(10_000) }));
    assert.equal(created.data!['text']!.length, 40_000);
    await client.delete({ kind: 'ConfigMap', namespace: 'default', name: created.metadata!.name! });
    await until('both events', () => seen.length === 2);
    assert.deepEqual(seen, ['ADDED', 'DELETED']);
    stop.abort();
    await watching;
    await client.create(pod('a'));
    assert.equal((await client.list('Pod')).items[0]!.kind, 'Pod');
  });

  it('ends its watches and its connections when it is closed', async () => {
    const client = httpClient(transport);
    const ended = (async () => {
      for await (const event of client.watch('ConfigMap', { signal: new AbortController().signal }))
        void event;
    })();
    await until('the watch', () => cluster.apiServer.registry.reader.watchCount === 1);
    // Within the test's time only if the watch does not have to be cut.
    await listener.close(60_000);
    await ended;
    await assert.rejects(client.list('Pod'), /does not answer/);
  });

  describe('under more connections than it holds', () => {
    const sockets: Socket[] = [];
    afterEach(() => sockets.splice(0).forEach((socket) => socket.destroy()));

    const listening = async (limits: Partial<ConnectionLimits>) => {
      await listener.close(0);
      transport.close();
      const tokens = new Tokens().add(token, adminUser);
      const { apiServer } = cluster;
      listener = await tlsListener({ apiServer, certificate, tokens, port: 0, clock: systemClock, limits });
      transport = tlsTransport({ server: listener.server, ca: certificate.ca, token });
    };
    const open = async (secure: boolean) => {
      const { port } = listener;
      const options = { host: '127.0.0.1', port, ca: certificate.ca, servername: 'localhost' };
      const socket = secure ? connectTls(options) : connectTcp(options);
      sockets.push(socket);
      socket.on('error', () => {});
      await new Promise((resolve) => socket.once(secure ? 'secureConnect' : 'connect', resolve));
      return socket;
    };
    const live = () => sockets.filter((socket) => !socket.destroyed && !socket.readableEnded).length;
    const flood = async (count: number, secure: boolean) => {
      for (let opened = 0; opened < count; opened++) (await open(secure)).resume();
    };

    for (const [secure, limits] of [
      [false, { handshakesMax: 5 }],
      [false, { connectionsMax: 5 }],
      [true, { connectionsMax: 5 }],
    ] as const)
      it(`lets go of the oldest without a request (${secure ? 'TLS' : 'TCP'}, ${Object.keys(limits).join()}), and serves who asks`, async () => {
        await listening(limits);
        const client = httpClient(transport);
        const stop = new AbortController();
        const seen: string[] = [];
        const watching = (async () => {
          for await (const event of client.watch('ConfigMap', { namespace: 'default', signal: stop.signal }))
            if (event.type === 'ADDED') seen.push(event.type);
        })();
        await until('the watch', () => cluster.apiServer.registry.reader.watchCount === 1);
        await flood(30, secure);
        await until('they have gone', () => live() <= 5);
        assert.equal((await ask({ authorization })).status, 200);
        await cluster.client.create(configMap('a'));
        await until('the watch that was there before lives', () => seen.length === 1);
        stop.abort();
        await watching;
      });

    /** Asks to leave HTTP, and leaves its side open whatever the answer. */
    const askToLeave = async () => {
      const { port } = listener;
      const options: ConnectionOptions & { allowHalfOpen: boolean } = {
        host: '127.0.0.1',
        port,
        ca: certificate.ca,
        servername: 'localhost',
        allowHalfOpen: true,
      };
      const socket = connectTls(options);
      sockets.push(socket);
      socket.on('error', () => {});
      const head = `GET /api/v1/pods HTTP/1.1\r\nHost: localhost:${port}\r\n`;
      socket.write(`${head}Connection: Upgrade\r\nUpgrade: websocket\r\n\r\n`);
      return String((await once(socket, 'data'))[0]);
    };
    /** Asks over HTTP/2, and takes not one byte of the answer's body. */
    const askWithoutReading = async (headers: Record<string, string>) => {
      const session = connectHttp2(listener.server, {
        ca: certificate.ca,
        settings: { initialWindowSize: 0 },
      });
      sessions.push(session);
      session.on('error', () => {});
      const stream = session.request({ ':path': '/api/v1/namespaces', ...headers });
      stream.on('error', () => {});
      return Number(((await once(stream, 'response')) as [Record<string, unknown>])[0][':status']);
    };
    const sessions: ClientHttp2Session[] = [];
    afterEach(() => sessions.splice(0).forEach((session) => session.destroy()));

    it('lets go within half a minute of who sends headers without end', async () => {
      const slow = (await open(true)).resume();
      slow.write('GET / HTTP/1.1\r\nx-slow: ');
      const dripping = setInterval(() => slow.writable && slow.write('a'), 100);
      await until('it is let go', () => slow.readableEnded || slow.destroyed, 25_000).finally(() =>
        clearInterval(dripping),
      );
    }).timeout(40_000);

    it('gives no place to who is nobody and asks to leave HTTP, whatever they leave open', async () => {
      await listening({ connectionsMax: 5 });
      for (let opened = 0; opened < 8; opened++) assert.match(await askToLeave(), /^HTTP\/1.1 401 /);
      assert.equal((await ask({ authorization })).status, 200);
    });

    it('gives no place to who is nobody and never reads why', async () => {
      await listening({ connectionsMax: 5 });
      for (let opened = 0; opened < 8; opened++) assert.equal(await askWithoutReading({}), 401);
      assert.equal((await ask({ authorization })).status, 200);
    });

    it('(control) gives a place to somebody who does the same, and then takes nobody else', async () => {
      await listening({ connectionsMax: 5 });
      for (let opened = 0; opened < 5; opened++)
        assert.equal(await askWithoutReading({ authorization }), 200);
      await assert.rejects(ask({ authorization }));
    });

    it('(control) would hold all of them', async () => {
      await listening({ connectionsMax: Infinity, handshakesMax: Infinity });
      await flood(30, false);
      await flood(30, true);
      assert.equal((await ask({ authorization })).status, 200);
      assert.equal(live(), 60);
    });
  });

  it('says which port is in use', async () => {
    const again = tlsListener({
      apiServer: cluster.apiServer,
      certificate,
      tokens: new Tokens(),
      port: listener.port,
      clock: systemClock,
    });
    await assert.rejects(again, new RegExp(`Port ${listener.port} .*in use`));
  });
});

describe('the serving certificate', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'kith-certificate-'));
  });
  afterEach(() => rm(folder, { recursive: true }));

  it('is kept, renewed under the same authority before it ends, and only its owner reads it', async () => {
    const clock = new VirtualClock();
    const first = await servingCertificate(folder, clock);
    assert.deepEqual(await servingCertificate(folder, clock), first);
    const server = new X509Certificate(first.certificate);
    assert.ok(server.verify(new X509Certificate(first.ca).publicKey));
    assert.match(server.subjectAltName!, /DNS:localhost, IP Address:127\.0\.0\.1/);
    for (const file of await readdir(folder))
      assert.equal((await stat(join(folder, file))).mode & 0o777, 0o600, file);

    await clock.advance(310 * 86_400_000);
    const renewed = await servingCertificate(folder, clock);
    assert.equal(renewed.ca, first.ca, 'a kubeconfig written long ago stays good');
    assert.notEqual(renewed.certificate, first.certificate);
    assert.ok(new X509Certificate(renewed.certificate).verify(new X509Certificate(first.ca).publicKey));
  });

  it('comes with a token that is made once', async () => {
    const file = join(folder, 'token');
    const token = await keptToken(file);
    assert.ok(token.length >= 43);
    assert.equal(await keptToken(file), token);
    assert.equal((await stat(file)).mode & 0o777, 0o600);
  });
});
