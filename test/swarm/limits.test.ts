import assert from 'node:assert/strict';
import {
  connect,
  constants,
  createServer,
  type ClientHttp2Session,
  type ClientSessionOptions,
} from 'node:http2';
import type { AddressInfo } from 'node:net';
import { VirtualClock } from '../../process/virtual-clock.ts';
import { systemClock } from '../../process/clock.ts';
import { Admission } from '../../swarm/admission.ts';
import { isSwarmError } from '../../swarm/errors.ts';
import { defaultLimits, type Limits } from '../../swarm/limits.ts';
import type { SwarmMember } from '../../swarm/member.ts';
import type { Link, Purpose } from '../../swarm/swarm.ts';
import { testnet, type Testnet } from '../support/testnet.ts';
import { rawPeer } from './raw.ts';

describe('admission', () => {
  const clock = new VirtualClock();
  const limits: Limits = {
    ...defaultLimits,
    handshakesPerKey: { burst: 3, perSecond: 1 },
    handshakesPerAddress: { burst: 5, perSecond: 1 },
    pendingHellos: 4,
    pendingHellosPerKey: 2,
    linksPerKey: 2,
    linksPerAddress: 3,
    links: 4,
  };

  it('counts handshakes per key, and gives them back with time', async () => {
    const admission = new Admission(limits, clock);
    const tries = (key: string, address: string) =>
      [1, 2, 3, 4, 5].filter(() => admission.mayShakeHands(key, address)).length;
    assert.equal(tries('a', '10.0.0.1'), 3);
    assert.equal(tries('b', '10.0.0.2'), 3);
    await clock.advance(2_000);
    assert.equal(tries('a', '10.0.0.3'), 2);
  });

  it('counts handshakes per address, whatever the keys', () => {
    const admission = new Admission(limits, clock);
    const keys = ['a', 'b', 'c', 'd', 'e', 'f', 'g'];
    assert.equal(keys.filter((key) => admission.mayShakeHands(key, '10.0.0.1')).length, 5);
    assert.ok(admission.mayShakeHands('g', '10.0.0.2'));
  });

  it('drops the oldest that said no hello, of the key that has too many, then of all', () => {
    const admission = new Admission(limits, clock);
    const dropped: string[] = [];
    for (const name of ['a1', 'b1', 'a2', 'a3']) admission.begin(name[0]!, () => dropped.push(name));
    assert.deepEqual(dropped, ['a1']);
    admission.begin('c', () => dropped.push('c1'));
    admission.begin('d', () => dropped.push('d1')).done();
    assert.deepEqual(dropped, ['a1', 'b1']);
    admission.begin('e', () => dropped.push('e1'));
    assert.deepEqual(dropped, ['a1', 'b1']);
  });

  it('has so many places per key, per address and in all, and takes each back once', () => {
    const admission = new Admission(limits, clock);
    const full = (key: string, address: string) => {
      try {
        admission.admit(key, address)();
        return false;
      } catch (error) {
        assert.ok(isSwarmError(error, 'busy'));
        return true;
      }
    };
    const release = admission.admit('a', '1');
    admission.admit('a', '1');
    assert.ok(full('a', '2'), 'per key');
    admission.admit('b', '1');
    assert.ok(full('c', '1'), 'per address');
    admission.admit('c', '2');
    assert.ok(full('d', '3'), 'in all');
    release();
    release();
    assert.ok(!full('d', '3'));
    admission.admit('d', '3');
    assert.ok(full('e', '4'));
  });
});

describe('a member under attack', () => {
  let net: Testnet;
  let server: SwarmMember;
  let accepted: Link[] = [];
  let openMax = 0;
  let open = 0;
  before(async () => (net = await testnet()));
  after(() => net.close());

  const listening = async (limits: Partial<Limits> = {}) => {
    server = await net.makeMember({ role: 'controller', name: 'controller' }, { limits });
    accepted = [];
    open = openMax = 0;
    await server.listen({
      admit: () => {},
      handlers: {
        control: (stream, headers) => {
          openMax = Math.max(openMax, ++open);
          stream.once('close', () => open--);
          if (headers[':path'] !== '/wait') stream.end('hello');
        },
      },
      onLink: (link) => accepted.push(link),
      announce: false,
    });
  };
  /** HTTP/2 without the bounds that our own client keeps to. */
  const attack = async (
    purpose: Purpose = 'control',
    options: ClientSessionOptions = {},
  ): Promise<ClientHttp2Session> => {
    const duplex = await (await rawPeer(net)).hello(server.key, purpose);
    const session = connect('http://kith', {
      maxOutstandingPings: 10_000,
      ...options,
      createConnection: () => duplex,
    });
    session.on('error', () => {});
    await new Promise((resolve) => session.once('remoteSettings', resolve));
    return session;
  };
  /** The answer's status, 0 where the stream was refused. */
  const statusOf = (session: ClientHttp2Session, headers: Record<string, string>) =>
    new Promise<number>((resolve) => {
      const stream = session.request({ ':path': '/', ...headers });
      stream.on('error', () => resolve(0));
      stream.once('response', (answer) => resolve(answer[':status']!));
      stream.once('close', () => resolve(0));
      stream.resume();
    });
  const ping = (session: ClientHttp2Session) =>
    new Promise<boolean>((resolve) => session.ping((error) => resolve(!error)));

  it('cuts a peer that sends PINGs without end, not one that sends some', async () => {
    await listening();
    const session = await attack();
    for (let count = 0; count < defaultLimits.pingsPerSecond / 2; count++) assert.ok(await ping(session));
    for (let count = 0; count < defaultLimits.pingsPerSecond; count++) session.ping(() => {});
    const end = await accepted[0]!.closed;
    assert.deepEqual([end.reason, end.detail], ['error', 'raw sent too many PING frames']);
  });

  it('cuts a peer that sends SETTINGS without end, not one that sends some', async () => {
    await listening();
    const session = await attack('control', { maxOutstandingSettings: 1_000 } as ClientSessionOptions);
    const settle = (initialWindowSize: number) =>
      new Promise<void>((resolve) => session.settings({ initialWindowSize }, () => resolve()));
    for (let count = 0; count < 10; count++) await settle(70_000 + count);
    assert.ok(await ping(session));
    for (let count = 0; count < defaultLimits.settingsPerMinute; count++)
      session.settings({ initialWindowSize: 80_000 + count });
    assert.equal((await accepted[0]!.closed).detail, 'raw sent too many SETTINGS frames');
  });

  /** Opens and resets streams; how many before the other side ended the session, at most `times`. */
  async function reset(session: ClientHttp2Session, times: number): Promise<number> {
    let sent = 0;
    while (sent < times) {
      for (let batch = Math.min(50, times - sent); batch > 0; batch--) {
        const stream = session.request({ ':path': '/wait' });
        stream.on('error', () => {});
        stream.close(constants.NGHTTP2_CANCEL);
      }
      // Answered only after all of them were read.
      if (session.destroyed || session.closed || !(await ping(session).catch(() => false))) return sent;
      sent += 50;
    }
    return times;
  }
  /** So many after the burst and a pause of two seconds: more than Node lets through (33 a second), fewer than we do (200). */
  const resetsAfterPause = 300;
  const pauseMs = 2_100;

  it('cuts a peer that opens and resets streams without end, not one that resets a thousand and 200 a second', async () => {
    await listening();
    const session = await attack();
    const startedAt = performance.now();
    assert.equal(await reset(session, 1_000), 1_000, 'the burst');
    await systemClock.sleep(pauseMs);
    assert.equal(await reset(session, resetsAfterPause), resetsAfterPause, 'and the rate');
    const more = await reset(session, 10_000);
    const seconds = (performance.now() - startedAt) / 1_000;
    assert.equal((await accepted[0]!.closed).reason, 'error');
    // The count goes by whole seconds, and the last batch is not counted.
    assert.ok(1_000 + resetsAfterPause + more <= 1_000 + 200 * (seconds + 2), `${more} more in ${seconds} s`);
  });

  it("(control) Node's own bounds would cut that peer after its burst", async () => {
    const own = createServer().on('stream', () => {});
    own.on('sessionError', () => {});
    await new Promise<void>((resolve) => own.listen(0, '127.0.0.1', resolve));
    const session = connect(`http://127.0.0.1:${(own.address() as AddressInfo).port}`);
    session.on('error', () => {});
    try {
      await new Promise((resolve) => session.once('remoteSettings', resolve));
      assert.equal(await reset(session, 1_000), 1_000);
      await systemClock.sleep(pauseMs);
      assert.ok((await reset(session, resetsAfterPause)) < resetsAfterPause);
    } finally {
      session.destroy();
      own.close();
    }
  });

  it('gives a peer no more streams at once than its purpose allows', async () => {
    await listening();
    // The attacker does not wait for the settings that would hold it back.
    const duplex = await (await rawPeer(net)).hello(server.key, 'control');
    const session = connect('http://kith', {
      peerMaxConcurrentStreams: 10_000,
      createConnection: () => duplex,
    });
    session.on('error', () => {});
    for (let count = 0; count < 300; count++) session.request({ ':path': '/wait' }).on('error', () => {});
    await ping(session);
    await ping(session);
    assert.ok(openMax >= 100, `${openMax} streams`);
    assert.ok(openMax <= 128, `${openMax} streams`);
  });

  it('refuses headers beyond 32 KiB and takes large ones below', async () => {
    await listening();
    const session = await attack();
    assert.equal(await statusOf(session, { long: 'x'.repeat(16 * 1024) }), 200);
    assert.equal(await statusOf(session, { long: 'x'.repeat(48 * 1024) }), 0);
  });

  it('refuses more than 64 headers and takes 60', async () => {
    await listening();
    const session = await attack();
    // Four come with every request: method, path, scheme and authority.
    const headers = (count: number) =>
      Object.fromEntries(Array.from({ length: count - 4 }, (_, index) => [`h-${index}`, 'x']));
    assert.equal(await statusOf(session, headers(60)), 200);
    assert.equal(await statusOf(session, headers(65)), 0);
    assert.equal(await statusOf(session, headers(60)), 200, 'only that stream is refused');
  });

  it('refuses more connections of one key, by name', async () => {
    await listening({ linksPerKey: 1 });
    const node = await net.makeMember({ role: 'node', name: 'attic' });
    const link = await node.dial(server.key, 'control');
    const handler = () => {};
    await assert.rejects(node.dial(server.key, 'streams', { handler }), (error) =>
      isSwarmError(error, 'busy'),
    );
    await link.close();
    await node.dial(server.key, 'streams', { handler });
  });

  it("does not answer handshakes beyond a key's share, while another key is answered", async () => {
    await listening({ handshakesPerKey: { burst: 2, perSecond: 0.01 } });
    const [greedy, modest] = [await rawPeer(net), await rawPeer(net)];
    await greedy.open(server.key);
    await greedy.open(server.key);
    await assert.rejects(greedy.open(server.key, 500), (error) => isSwarmError(error, 'no-answer'));
    await modest.open(server.key);
  });

  it("does not answer handshakes beyond an address's share", async () => {
    await listening({ handshakesPerAddress: { burst: 2, perSecond: 0.01 } });
    for (let peer = 0; peer < 2; peer++) await (await rawPeer(net)).open(server.key);
    await assert.rejects((await rawPeer(net)).open(server.key, 500), (error) =>
      isSwarmError(error, 'no-answer'),
    );
  });

  it('lets a flood of silent connections not lock out a key that says hello', async () => {
    await listening({ pendingHellos: 5, pendingHellosPerKey: 3 });
    const flood = await rawPeer(net);
    await Promise.all(Array.from({ length: 20 }, () => flood.open(server.key)));
    const node = await net.makeMember({ role: 'node', name: 'attic' });
    await node.dial(server.key, 'control');
    // Also not the flooding key's own next one.
    await flood.hello(server.key, 'control');
  });
});
