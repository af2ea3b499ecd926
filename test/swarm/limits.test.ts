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
import { silentLog, type Log } from '../../process/log.ts';
import { Admission } from '../../swarm/admission.ts';
import { encodeCertificate } from '../../swarm/certificate.ts';
import { isSwarmError } from '../../swarm/errors.ts';
import { certifiedHandshake } from '../../swarm/handshake.ts';
import { createKeyPair, keyId, type KeyPair } from '../../swarm/keys.ts';
import { defaultLimits, type Limits } from '../../swarm/limits.ts';
import type { SwarmMember } from '../../swarm/member.ts';
import type { Link, Purpose } from '../../swarm/swarm.ts';
import { testnet, type Testnet } from '../support/testnet.ts';
import { until } from '../support/wait.ts';
import { flood } from './forged.ts';
import { rawPeer } from './raw.ts';

describe('admission', () => {
  const clock = new VirtualClock();
  const limits: Limits = {
    ...defaultLimits,
    handshakesPerKey: { burst: 3, perSecond: 1 },
    strangers: { burst: 5, perSecond: 1 },
    pendingHellos: 4,
    pendingHellosPerKey: 2,
    linksPerKey: 2,
    linksPerAddress: 3,
    links: 4,
  };

  it('counts handshakes per key, and gives them back with time', async () => {
    const admission = new Admission(limits, clock);
    const tries = (key: string) => [1, 2, 3, 4, 5].filter(() => admission.mayShakeHands(key)).length;
    assert.equal(tries('a'), 3);
    assert.equal(tries('b'), 3);
    await clock.advance(2_000);
    assert.equal(tries('a'), 2);
  });

  it('counts the handshakes of all strangers together, apart from those of whom it knows', async () => {
    const admission = new Admission(limits, clock);
    const tries = () => [1, 2, 3, 4, 5, 6, 7].filter(() => admission.mayShakeHandsAsStranger()).length;
    assert.equal(tries(), 5);
    assert.ok(admission.mayShakeHands('a'));
    await clock.advance(2_000);
    assert.equal(tries(), 2);
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

  const listening = async (limits: Partial<Limits> = {}, log: Log = silentLog) => {
    server = await net.makeMember({ role: 'controller', name: 'controller', log }, { limits });
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

  describe('by strangers who forge where they come from', () => {
    /** What locked members out: a home's share of handshakes, 600 at once and then 60 a second, by address. */
    const count = 700;
    let refused = 0;
    const countingLog: Log = { ...silentLog, debug: () => void refused++, child: () => countingLog };
    beforeEach(() => (refused = 0));

    const floodServer = async (shown?: (keyPair: KeyPair) => Buffer | undefined) => {
      const attacker = await net.makeMember({ role: 'node', name: 'attacker' });
      const { port } = server.dht.address()!;
      await flood({ dht: attacker.dht, key: server.key, port, count, ...(shown && { shown }) });
      await until(`${count} handshakes`, () => refused >= count);
    };
    const forged = (keyPair: KeyPair) => {
      const certificate = net.certify(keyPair, { role: 'node', name: 'forged' });
      return encodeCertificate({ ...certificate, signature: 'A'.repeat(certificate.signature.length) });
    };
    const noAnswer = (error: unknown) => isSwarmError(error, 'no-answer');

    it('lets members in during a flood of fresh keys without a certificate', async () => {
      await listening({}, countingLog);
      await floodServer();
      await (await net.makeMember({ role: 'node', name: 'attic' })).dial(server.key, 'control');
    });

    it('lets members in during a flood of forged certificates, those who were here before whatever its size', async () => {
      await listening({ certificateChecks: { burst: 10, perSecond: 0.01 } }, countingLog);
      const [known, unknown] = [
        await net.makeMember({ role: 'node', name: 'known' }),
        await net.makeMember({ role: 'node', name: 'unknown' }),
      ];
      const link = await known.dial(server.key, 'control');
      await floodServer(forged);
      await link.close();
      await known.dial(server.key, 'control');
      // The control: the flood took all that there was for unknown ones, which by default is a hundred times as much.
      await assert.rejects(unknown.dial(server.key, 'control', { timeoutMs: 500 }), noAnswer);
      await server.close();
      refused = 0;
      await listening({}, countingLog);
      await floodServer(forged);
      await unknown.dial(server.key, 'control');
    });

    it('(control) a share by address, which is what they say it is, would be spent by them', async () => {
      const host = await net.makeMember({ role: 'node', name: 'by-address' });
      const byAddress = new Map<string, number>();
      const keyPair = createKeyPair();
      const bare = host.dht.createServer({
        createHandshake: certifiedHandshake(undefined),
        firewall: (_key, _payload, { host: address }) => {
          const taken = (byAddress.get(address) ?? 0) + 1;
          byAddress.set(address, taken);
          return taken > 600;
        },
      });
      await bare.listen(keyPair);
      const [attacker, member] = [await rawPeer(net), await rawPeer(net)];
      const { port } = host.dht.address()!;
      const key = keyId(keyPair.publicKey);
      await member.open(key);
      await flood({ dht: attacker.member.dht, key, port, count });
      await until(`${count} handshakes`, () => (byAddress.get('127.0.0.1') ?? 0) >= count);
      await assert.rejects(member.open(key, 500), noAnswer);
      await bare.close();
    });
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
