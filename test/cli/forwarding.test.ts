import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { forwardedContext, offerForwarder } from '../../cli/forwarding.ts';
import { Home, type ClusterRecord } from '../../cli/home.ts';
import { tlsTransport } from '../../client/tls-transport.ts';
import type { SessionTransport } from '../../client/session-transport.ts';
import type { ApiRequest } from '../../client/transport.ts';

/** What `kith kubeconfig` gets of a running `kith join`. */
describe('the way into the API from a joined machine', () => {
  let home: Home;
  const ends: (() => Promise<void>)[] = [];
  const record = (): ClusterRecord => ({
    name: 'home',
    clusterKey: '00',
    controllers: [],
    bootstrap: [],
    member: 'attic',
    role: 'host',
    ports: {},
  });
  const asked: ApiRequest[] = [];
  const link: SessionTransport = {
    session: undefined,
    request: async (request) => {
      asked.push(request);
      return {
        status: 200,
        headers: { 'content-type': 'application/json' },
        body: Readable.from([Buffer.from('{}')]),
      };
    },
  };
  const offer = async (own: ClusterRecord) => {
    const end = await offerForwarder(home, own, link);
    ends.push(end);
    return end;
  };

  beforeEach(async () => {
    home = new Home(await mkdtemp(join(tmpdir(), 'kith-way-')));
    await home.writeCluster(record());
  });
  afterEach(async () => {
    for (const end of ends.splice(0)) await end();
    await rm(home.path, { recursive: true });
  });

  it('opens when it is asked for, and carries requests over the machine’s link', async () => {
    await offer(home.cluster()!);
    assert.equal(home.cluster()!.ports.api, undefined, 'nothing listens until then');
    const context = await forwardedContext(home, home.cluster()!);
    assert.equal(context.name, 'kith-home');
    assert.equal(context.server, `https://127.0.0.1:${home.cluster()!.ports.api}`);
    const transport = tlsTransport(context);
    const { status, body } = await transport.request({ method: 'GET', path: '/api/v1/pods?limit=1' });
    body.resume();
    transport.close();
    assert.equal(status, 200);
    assert.partialDeepStrictEqual(asked.at(-1), {
      path: '/api/v1/pods?limit=1',
      headers: { 'kith-as-owner': 'true' },
    });
    assert.equal(asked.at(-1)!.headers!['authorization'], undefined, 'the token stays here');
  });

  it('is open from the start after that, at the same port with the same token', async () => {
    const end = await offer(home.cluster()!);
    const before = await forwardedContext(home, home.cluster()!);
    await end();
    await offer(home.cluster()!);
    assert.deepEqual(await forwardedContext(home, home.cluster()!), before);
  });

  it('is not there while kith join does not run, and that is said', async () => {
    await assert.rejects(forwardedContext(home, record()), /kith join does not run here/);
  });
});
