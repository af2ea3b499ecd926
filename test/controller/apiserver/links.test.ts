import assert from 'node:assert/strict';
import { EventEmitter, once } from 'node:events';
import {
  connect,
  performServerHandshake,
  type ClientHttp2Session,
  type IncomingHttpHeaders,
  type ServerHttp2Session,
  type ServerHttp2Stream,
} from 'node:http2';
import { duplexPair } from 'node:stream';
import { isForbidden, isUnavailable } from '../../../api/errors.ts';
import { httpClient } from '../../../client/http-client.ts';
import { sessionTransport, type SessionSource } from '../../../client/session-transport.ts';
import { noiseListener } from '../../../controller/apiserver/noise-listener.ts';
import { systemClock } from '../../../process/clock.ts';
import { lineLog } from '../../../process/log.ts';
import type { MemberCertificate } from '../../../swarm/certificate.ts';
import type { Link } from '../../../swarm/swarm.ts';
import { until } from '../../support/wait.ts';
import { configMap, pod, testCluster, type TestCluster } from './cluster.ts';

/** Both ends of an HTTP/2 session on a stream in memory, as a Noise link carries it. */
function linked(serve: (stream: ServerHttp2Stream, headers: IncomingHttpHeaders) => void) {
  const [near, far] = duplexPair();
  const server: ServerHttp2Session = performServerHandshake(far);
  server.on('stream', serve);
  server.on('error', () => {});
  const session = connect('http://link', { createConnection: () => near });
  session.on('error', () => {});
  const cut = () => {
    server.destroy();
    session.destroy();
    near.destroy();
    far.destroy();
  };
  return { session, cut };
}

/** A link that is there, or is not. */
const at = (session: ClientHttp2Session | undefined): SessionSource => ({
  current: session && { session },
  live: () => Promise.resolve(),
});

const certificate = (role: MemberCertificate['role'], name: string): MemberCertificate => ({
  cluster: 'c'.repeat(64),
  key: name.padEnd(64, '0'),
  role,
  name,
  owner: 'ada',
  epoch: 1,
  notAfter: Number.MAX_SAFE_INTEGER,
});

describe('the Noise listener', () => {
  let cluster: TestCluster;
  let session: ClientHttp2Session;
  let cut: () => void;
  beforeEach(async () => {
    cluster = await testCluster(systemClock);
    const link = { peer: { key: 'attic', certificate: certificate('node', 'attic') } } as unknown as Link;
    const handler = noiseListener({ apiServer: cluster.apiServer, clock: systemClock });
    ({ session, cut } = linked((stream, headers) => handler(stream, headers, link)));
  });
  afterEach(async () => {
    cut();
    await cluster.close();
  });

  it('serves a member as whom its certificate names', async () => {
    const client = httpClient(sessionTransport(at(session)));
    await cluster.client.create(pod('mine', { nodeName: 'attic' }));
    await cluster.client.create(pod('other', { nodeName: 'cellar' }));
    const { items } = await client.list('Pod', { fieldSelector: 'spec.nodeName=attic' });
    assert.deepEqual(
      items.map(({ metadata }) => metadata!.name),
      ['mine'],
    );
    await assert.rejects(client.list('Pod'), isForbidden);
    const lease = {
      apiVersion: 'coordination.k8s.io/v1',
      kind: 'Lease',
      metadata: { name: 'attic', namespace: 'kube-node-lease' },
      spec: { holderIdentity: 'attic' },
    };
    await client.create(lease);
  });

  /** The status of the answer to a body whose length was not said, 0 where there was none. */
  const send = (session: ClientHttp2Session, bytes: number) =>
    new Promise<number>((resolve) => {
      const stream = session.request({
        ':method': 'POST',
        ':path': '/api/v1/namespaces/default/events',
        'content-type': 'application/json',
      });
      stream.on('error', () => resolve(0));
      stream.once('response', (answer) => resolve(answer[':status']!));
      stream.once('close', () => resolve(0));
      stream.resume();
      stream.end(Buffer.alloc(bytes, ' '));
    });

  it('answers a body that is too large, though its length was not said', async () => {
    assert.equal(await send(session, 600 * 1024), 413);
    assert.equal(await send(session, 400 * 1024), 400, 'that one is read, and is no JSON');
  });

  it('(control) a body that is left as any stream is left takes the answer with it', async () => {
    const leaving = linked((stream) => {
      void (async () => {
        for await (const chunk of stream) if (chunk) break;
        stream.respond({ ':status': 413 }, { endStream: true });
      })().catch(() => {});
    });
    assert.equal(await send(leaving.session, 600 * 1024), 0);
    leaving.cut();
  });

  it('carries watches, whose end it tells from a cut link', async () => {
    const client = httpClient(sessionTransport(at(session)));
    const seen: string[] = [];
    const watching = (async () => {
      const options = { fieldSelector: 'spec.nodeName=attic', signal: new AbortController().signal };
      for await (const event of client.watch('Pod', options))
        if (event.type !== 'BOOKMARK') seen.push(event.type);
    })();
    watching.catch(() => {});
    await cluster.client.create(pod('mine', { nodeName: 'attic' }));
    await until('the pod', () => seen.length === 1);
    cut();
    await assert.rejects(watching, isUnavailable);
    await until('the watch to be let go of', () => cluster.apiServer.registry.reader.watchCount === 0);
  });

  it('ends the watch of a caller who stops watching', async () => {
    const client = httpClient(sessionTransport(at(session)));
    const stop = new AbortController();
    const watching = (async () => {
      for await (const event of client.watch('Node', { signal: stop.signal })) void event;
    })();
    await until('the watch', () => cluster.apiServer.registry.reader.watchCount === 1);
    stop.abort();
    await watching;
    await until('the watch to be let go of', () => cluster.apiServer.registry.reader.watchCount === 0);
  });

  it('says at once that there is no link', async () => {
    const client = httpClient(sessionTransport(at(undefined)));
    await assert.rejects(client.list('Pod'), isUnavailable);
  });
});

describe('a broken link', () => {
  it('is never taken for the end of a body', async () => {
    const answers = new EventEmitter();
    const { session, cut } = linked((stream) => {
      stream.respond({ ':status': 200, 'content-type': 'application/json' });
      stream.write('{"kind":"PodList","items":[');
      answers.emit('half', stream);
      stream.on('error', () => {});
    });
    const client = httpClient(sessionTransport(at(session)));
    const half = once(answers, 'half');
    const list = client.list('Pod');
    list.catch(() => {});
    await half;
    cut();
    await assert.rejects(list, isUnavailable);
  });
});

describe('pods/log', () => {
  let cluster: TestCluster;
  let node: { session: ClientHttp2Session; cut: () => void } | undefined;
  let asked: string[];
  let lines: string[];
  const path = '/api/v1/namespaces/default/pods/a/log';

  beforeEach(async () => {
    asked = [];
    lines = [];
    cluster = await testCluster(systemClock, {
      log: lineLog({ name: 'test', clock: systemClock, write: (line) => lines.push(line) }),
      nodeStreams: (name) => (name === 'attic' ? node?.session : undefined),
    });
    await cluster.client.create(pod('a', { nodeName: 'attic' }));
  });
  afterEach(async () => {
    node?.cut();
    node = undefined;
    await cluster.close();
  });

  const serveLogs = (respond: (stream: ServerHttp2Stream) => void) => {
    node = linked((stream, headers) => {
      asked.push(String(headers[':path']));
      stream.respond({ ':status': 200, 'content-type': 'text/plain' });
      respond(stream);
    });
  };

  it('passes on what the agent says, and what was asked of it', async () => {
    serveLogs((stream) => stream.end('one\ntwo\n'));
    const answer = await cluster.ask('GET', `${path}?tailLines=2&timestamps=true&unknown=x`);
    assert.equal(answer.status, 200);
    assert.equal(answer.text, 'one\ntwo\n');
    assert.deepEqual(asked, ['/containerLogs/default/a/web?tailLines=2&timestamps=true']);
  });

  it('follows until the reader has gone, and then lets go of the agent', async () => {
    let agentSide: ServerHttp2Stream | undefined;
    serveLogs((stream) => {
      agentSide = stream;
      stream.write('one\n');
    });
    const gone = new AbortController();
    const { adminUser } = await import('../../../controller/apiserver/users.ts');
    const response = await cluster.apiServer.handle({
      method: 'GET',
      path: `${path}?follow=true`,
      headers: {},
      user: adminUser,
      signal: gone.signal,
    });
    const chunks = (response.body as AsyncIterable<Buffer>)[Symbol.asyncIterator]();
    assert.equal((await chunks.next()).value?.toString(), 'one\n');
    gone.abort();
    await until('the stream to be closed', () => agentSide!.closed);
    await chunks.return?.(undefined);
  });

  it('is cut, not ended, where the link to the node breaks, and the log says so', async () => {
    serveLogs((stream) => {
      stream.write('one\n');
      stream.once('drain', () => {});
      setTimeout(() => node!.cut(), 20);
    });
    await assert.rejects(cluster.ask('GET', `${path}?follow=true`), /broke|aborted|closed/i);
    assert.match(
      lines.join(''),
      /warn .*an answer broke off method=GET path=\S+\/pods\/a\/log error="the link to node attic/,
    );
  });

  it('says which node is away, which container is meant, and nothing of a pod that is nowhere yet', async () => {
    const away = await cluster.ask('GET', path);
    assert.equal(away.status, 503);
    assert.match(away.json.message!, /node attic, which runs pod a, is not connected/);
    const wrong = await cluster.ask('GET', `${path}?container=db`);
    assert.equal(wrong.status, 400);
    assert.match(wrong.json.message!, /container db is not valid for pod a/);
    await cluster.client.create(
      pod('two', {
        containers: [
          { name: 'x', image: 'i' },
          { name: 'y', image: 'i' },
        ],
      }),
    );
    assert.match(
      (await cluster.ask('GET', path.replace('/a/', '/two/'))).json.message!,
      /choose one of: \[x y\]/,
    );
    const nowhere = await cluster.ask('GET', `${path.replace('/a/', '/two/')}?container=x`);
    assert.equal(nowhere.status, 204);
  });

  it('serves exec, attach and port-forward only to who leaves HTTP for them', async () => {
    for (const what of ['exec', 'attach', 'portforward']) {
      const answer = await cluster.ask('POST', path.replace('/log', `/${what}`));
      assert.deepEqual([answer.status, answer.json.message], [400, 'Upgrade request required']);
    }
  });
});

describe("a route of kith's own", () => {
  it('is served beside the Kubernetes API, to its groups alone', async () => {
    const cluster = await testCluster(systemClock, {
      routes: () => [
        {
          method: 'POST',
          pattern: /^\/apis\/kith\.home\.arpa\/v1\/invites\/(?<name>[a-z]+)$/,
          handler: ({ params, body, user }) => ({ invited: params['name'], body, by: user.name }),
        },
      ],
    });
    const path = '/apis/kith.home.arpa/v1/invites/ben';
    const answer = await cluster.ask('POST', path, { body: { hours: 1 } });
    assert.deepEqual(answer.json, { invited: 'ben', body: { hours: 1 }, by: 'kith-admin' });
    const refused = await cluster.ask('POST', path, {
      body: {},
      user: { name: 'ben', groups: ['kith:people'] },
    });
    assert.equal(refused.status, 403);
    assert.equal((await cluster.ask('POST', `${path}/more`)).status, 404);
    await cluster.client.create(configMap('a'));
    await cluster.close();
  });
});
