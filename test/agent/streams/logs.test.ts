import assert from 'node:assert/strict';
import { text } from 'node:stream/consumers';
import type { Pod } from '../../../api/types.ts';
import type { Link } from '../../../swarm/swarm.ts';
import type { Testnet } from '../../support/testnet.ts';
import { until } from '../../support/wait.ts';
import { pod } from '../pods/support.ts';
import { LinkedHost, request, testnet } from './support.ts';

describe('the streams link', () => {
  let net: Testnet;
  let host: LinkedHost;
  let link: Link;
  const path = (query = '') => `/containerLogs/default/web/app${query}`;
  before(async () => (net = await testnet()));
  beforeEach(async () => {
    host = await LinkedHost.create(net, {
      logLimits: { segmentBytesMax: 2_000, segmentsMax: 3 },
      reach: async (key, nonce) => (key.startsWith('b') ? `signed ${nonce}` : undefined),
    });
    host.api.put(pod('web', { spec: { terminationGracePeriodSeconds: 1 } }));
    await host.untilReady('web');
    link = await host.streamsLink();
  });
  afterEach(() => host.close());
  after(() => net.close());

  /** Starts following; what has come so far can be looked at. */
  function follow(query = '?follow=true') {
    const stream = link.session!.request({ ':method': 'GET', ':path': path(query) });
    const seen = { text: '', status: 0, ended: false };
    stream.setEncoding('utf8');
    stream.on('response', (headers) => (seen.status = Number(headers[':status'])));
    stream.on('data', (chunk: string) => (seen.text += chunk));
    stream.on('end', () => (seen.ended = true));
    return { seen, stream };
  }

  it('serves what a container printed, with the last lines, times and a byte limit when asked', async () => {
    host.sandbox.container('web').print('one\ntwo\n');
    host.sandbox.container('web').print('three\n', 'stderr');
    await until('it is on disk', async () => (await request(link, 'GET', path())).text.includes('three'));
    assert.equal((await request(link, 'GET', path())).text, 'one\ntwo\nthree\n');
    assert.equal((await request(link, 'GET', path('?tailLines=2'))).text, 'two\nthree\n');
    assert.equal((await request(link, 'GET', path('?tailLines=0'))).text, '');
    assert.equal((await request(link, 'GET', path('?limitBytes=5'))).text, 'one\nt');
    assert.match(
      (await request(link, 'GET', path('?timestamps=true&tailLines=1'))).text,
      /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{9}Z three\n$/,
    );
    assert.equal((await request(link, 'GET', path('?sinceTime=2099-01-01T00:00:00Z'))).text, '');
    assert.equal((await request(link, 'GET', path('?sinceSeconds=3600&tailLines=1'))).text, 'three\n');
  });

  it('follows across rotations without losing or repeating a line, until the container ends', async () => {
    const { seen } = follow();
    const container = host.sandbox.container('web');
    const expected: string[] = [];
    for (let line = 0; line < 200; line++) {
      expected.push(`line ${line}`);
      container.print(`line ${line}\n`);
      // A reader may fall behind by all kept segments at most; a real one is given time by the clock.
      if (line % 20 === 19) await until(`line ${line} arrived`, () => seen.text.includes(`line ${line}\n`));
    }
    container.exit(0);
    await until('the follower ended', () => seen.ended);
    assert.deepEqual(seen.text.trimEnd().split('\n'), expected);
  });

  it('serves the log of the previous run after a restart', async () => {
    const none = await request(link, 'GET', path('?previous=true'));
    assert.equal(none.status, 400);
    assert.match(none.text, /previous terminated container "app" in pod "web" not found/);
    host.sandbox.container('web').print('last words');
    host.sandbox.container('web').exit(1);
    await until('it runs again', () => host.statusOf('web')?.containerStatuses?.[0]?.restartCount === 1);
    host.sandbox.container('web').print('new life\n');
    assert.equal((await request(link, 'GET', path('?previous=true'))).text, 'last words\n');
    await until(
      'the new run is served',
      async () => (await request(link, 'GET', path())).text === 'new life\n',
    );
  });

  it('ends a follower when its pod goes', async () => {
    const { seen } = follow();
    await until('it follows', () => seen.status === 200);
    await host.api.delete({ kind: 'Pod', namespace: 'default', name: 'web' });
    await until('the follower ended', () => seen.ended);
  });

  it('refuses by name what it cannot serve', async () => {
    assert.equal((await request(link, 'GET', '/containerLogs/default/nobody/app')).status, 404);
    const container = await request(link, 'GET', '/containerLogs/default/web/other');
    assert.deepEqual([container.status, container.text], [400, 'container other is not valid for pod web\n']);
    assert.equal((await request(link, 'GET', path('?tailLines=-1'))).status, 400);
    const exec = await request(link, 'POST', '/exec/default/web/app?command=sh');
    assert.equal(exec.status, 501);
    assert.match(exec.text, /runs one program and no further commands: .* runtimeClassName: podman/);
    assert.equal((await request(link, 'POST', '/attach/default/web/app')).status, 501);
    assert.equal((await request(link, 'POST', '/exec/default/web/other?command=sh')).status, 400);
    const run = await request(link, 'POST', '/run/default/web/app');
    assert.deepEqual([run.status, run.text], [501, "run is not served by this host's version of kith\n"]);
  });

  it('answers a probe with whether the other member is heard', async () => {
    const nonce = '0'.repeat(64);
    const ask = (key: string) => request(link, 'POST', '/probe', JSON.stringify({ key, nonce }));
    assert.deepEqual(JSON.parse((await ask('b'.repeat(64))).text), {
      reached: true,
      proof: `signed ${nonce}`,
    });
    assert.deepEqual(JSON.parse((await ask('c'.repeat(64))).text), { reached: false });
    assert.equal((await ask('not a key')).status, 400);
  });

  it('says that a container waits when it has not printed yet', async () => {
    host.images.errors.push(Object.assign(new Error('no peer has it'), { reason: 'ErrImagePull' }));
    host.api.put(pod('slow'));
    await until(
      'it waits',
      () => host.statusOf('slow')?.containerStatuses?.[0]?.state?.waiting?.reason === 'ErrImagePull',
    );
    const stream = link.session!.request({ ':path': '/containerLogs/default/slow/app' });
    assert.match(await text(stream), /container "app" in pod "slow" is waiting to start: ErrImagePull/);
    assert.ok(host.api.find<Pod>('Pod', 'slow', 'default'));
  });
});
