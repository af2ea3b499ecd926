import assert from 'node:assert/strict';
import { systemClock } from '../../process/clock.ts';
import type { InviteRecord } from '../../swarm/door.ts';
import { isSwarmError } from '../../swarm/errors.ts';
import { readFrame, writeFrame } from '../../swarm/hello.ts';
import {
  createInvite,
  inviteProof,
  InviteError,
  isInviteError,
  type Invite,
  type InviteErrorCode,
} from '../../swarm/invite.ts';
import { openStream } from '../../swarm/dial.ts';
import { knock } from '../../swarm/knock.ts';
import { joinWithInvite } from '../../swarm/join.ts';
import { createKeyPair, keyId, type KeyPair } from '../../swarm/keys.ts';
import type { SwarmMember } from '../../swarm/member.ts';
import { testnet, type Testnet } from '../support/testnet.ts';
import { flood } from './forged.ts';
import { rawPeer } from './raw.ts';

describe('an invite at the join door', () => {
  let net: Testnet;
  let controller: SwarmMember;
  let door: string;
  let links = 0;
  const records = new Map<string, InviteRecord>();

  before(async () => {
    net = await testnet();
    controller = await net.makeMember({ role: 'controller', name: 'controller' });
    await controller.listen({
      admit: () => {},
      handlers: { control: (stream) => stream.end() },
      onLink: () => links++,
    });
    const opened = await controller.serveJoin({
      keyPair: createKeyPair(),
      lookup: (id) => records.get(id),
      async redeem({ invite, key, role, tier, name, owner }) {
        const record = records.get(invite)!;
        if (record.used !== undefined && record.used !== key)
          throw new InviteError('used', 'another was faster');
        record.used = key;
        const keyPair = { publicKey: Buffer.from(key, 'hex'), secretKey: Buffer.alloc(64) };
        return net.certify(keyPair, { role, name }, { tier, owner, notAfter: 4_000_000_000_000 });
      },
      controllers: () => [controller.key],
      bootstrap: net.bootstrap,
    });
    door = opened.key;
  });
  after(() => net.close());

  const give = (change: Partial<Invite> = {}): Invite => {
    const invite = {
      ...createInvite({
        cluster: net.clusterKey,
        clusterName: 'home',
        door,
        expiresAt: Date.now() + 60_000,
        role: 'node',
        tier: 'friend',
        bootstrap: net.bootstrap,
      }),
      ...change,
    };
    const { id, secret, expiresAt, role, tier } = invite;
    records.set(id, { secret, expiresAt, role, tier, used: undefined });
    return invite;
  };
  const join = (invite: Invite, keyPair: KeyPair = createKeyPair()) =>
    joinWithInvite(invite, keyPair, { name: 'attic', owner: 'bob', clock: systemClock, host: '127.0.0.1' });
  const refusedAs = (code: InviteErrorCode) => (error: unknown) => isInviteError(error, code);

  it('makes a stranger a member, who then reaches the controller', async () => {
    const keyPair = createKeyPair();
    const { certificate, controllers, bootstrap } = await join(give(), keyPair);
    assert.deepEqual(
      [certificate.name, certificate.role, certificate.tier, certificate.owner],
      ['attic', 'node', 'friend', 'bob'],
    );
    assert.deepEqual(bootstrap, net.bootstrap);
    const node = await net.makeMember({ role: 'node', name: 'attic', keyPair }, { certificate });
    const link = await node.dial(controllers[0]!, 'control');
    assert.equal(link.peer.key, controller.key);
  });

  it('gives the same key the same answer again, also after its time, since the first may have been lost', async () => {
    const [invite, keyPair] = [give(), createKeyPair()];
    const first = await join(invite, keyPair);
    records.get(invite.id)!.expiresAt = Date.now() - 1;
    assert.deepEqual(await join(invite, keyPair), first);
  });

  it('is refused to a second key as used', async () => {
    const invite = give();
    await join(invite);
    await assert.rejects(join(invite), refusedAs('used'));
  });

  it('lets in exactly one of two keys at the same moment', async () => {
    const invite = give();
    const results = await Promise.allSettled([join(invite), join(invite)]);
    assert.equal(results.filter(({ status }) => status === 'fulfilled').length, 1);
    const failed = results.find((result) => result.status === 'rejected')!;
    assert.ok(isInviteError(failed.reason, 'used'));
  });

  it('is refused past its time as expired', async () => {
    await assert.rejects(join(give({ expiresAt: Date.now() - 1 })), refusedAs('expired'));
  });

  it('is refused as expired also where its cluster is gone', async () => {
    const gone = give({ expiresAt: Date.now() - 1, door: keyId(createKeyPair().publicKey) });
    await assert.rejects(join(gone), refusedAs('expired'));
    await assert.rejects(join({ ...gone, expiresAt: Date.now() + 60_000 }), (error) =>
      isSwarmError(error, 'peer-not-found'),
    );
  });

  it('is refused as foreign by another cluster', async () => {
    await assert.rejects(join(give({ cluster: keyId(createKeyPair().publicKey) })), refusedAs('foreign'));
  });

  it('is refused as unknown once withdrawn', async () => {
    const invite = give();
    records.delete(invite.id);
    await assert.rejects(join(invite), refusedAs('unknown'));
  });

  it('is refused to one who guessed the secret, who does not learn whether it was used', async () => {
    const invite = give();
    const guess = { ...invite, secret: createInvite(invite).secret };
    await assert.rejects(join(guess), refusedAs('wrong-proof'));
    await join(invite);
    await assert.rejects(join(guess), refusedAs('wrong-proof'));
  });

  it('cannot be redeemed with a proof that was overheard, by another key or on another channel', async () => {
    const invite = give();
    const [honest, thief] = [await rawPeer(net), await rawPeer(net)];
    const ask = async (peer: typeof honest, proof?: string) => {
      const duplex = await peer.open(door);
      const channel = { handshakeHash: duplex.noise.handshakeHash!, key: peer.member.key };
      const said = proof ?? inviteProof(invite, channel);
      writeFrame(duplex, {
        join: { cluster: net.clusterKey, invite: invite.id, proof: said, name: 'x', owner: 'x' },
      });
      const reply = await readFrame(duplex, { bytesMax: 4096, timeoutMs: 3_000, clock: systemClock });
      return { reply: reply as { refused?: { code: string }; joined?: object }, said };
    };
    // The proof of a channel on which the invite was not taken yet, so that nothing but the proof can be the reason.
    const quiet = await honest.open(door);
    const overheard = inviteProof(invite, {
      handshakeHash: quiet.noise.handshakeHash!,
      key: honest.member.key,
    });
    quiet.destroy();
    assert.equal((await ask(thief, overheard)).reply.refused?.code, 'wrong-proof');
    assert.equal((await ask(honest, overheard)).reply.refused?.code, 'wrong-proof');
    assert.ok((await ask(honest)).reply.joined, 'with a proof of its own channel it is good');
  });

  describe('while strangers flood the door', () => {
    let key: string;
    before(async () => {
      const limits = { strangers: { burst: 5, perSecond: 0.01 } };
      const besieged = await net.makeMember({ role: 'controller', name: 'besieged' }, { limits });
      const opened = await besieged.serveJoin({
        keyPair: createKeyPair(),
        lookup: (id) => records.get(id),
        redeem: async ({ key: joiner, role, name }) =>
          net.certify({ publicKey: Buffer.from(joiner, 'hex'), secretKey: Buffer.alloc(64) }, { role, name }),
        controllers: () => [],
      });
      key = opened.key;
      const attacker = await net.makeMember({ role: 'node', name: 'attacker' });
      const { port } = besieged.dht.address()!;
      // Also with what looks like a knock.
      const shown = () => Buffer.concat([Buffer.from(give().id, 'hex'), Buffer.alloc(32)]);
      await flood({ dht: attacker.dht, key, port, count: 100 });
      await flood({ dht: attacker.dht, key, port, count: 100, shown });
    });

    it('lets in who holds it', async () => {
      assert.equal((await join(give({ door: key }))).certificate.name, 'attic');
    });

    it('(control) has no place for others, nor for one whose time is over', async () => {
      const stranger = await rawPeer(net);
      await assert.rejects(stranger.open(key, 500), (error) => isSwarmError(error, 'no-answer'));
      const { keyPair } = stranger;
      const knocking = (invite: Invite) =>
        openStream({
          dht: stranger.member.dht,
          clock: systemClock,
          keyPair,
          key,
          certificate: knock(invite, keyId(keyPair.publicKey)),
          known: undefined,
          answerMs: 500,
        });
      const late = give({ door: key, expiresAt: Date.now() - 1 });
      await assert.rejects(knocking(late), (error) => isSwarmError(error, 'no-answer'));
      const foreign = { ...give({ door: key }), secret: '0'.repeat(40) };
      await assert.rejects(knocking(foreign), (error) => isSwarmError(error, 'no-answer'));
      (await knocking(give({ door: key }))).destroy();
    });
  });

  it('is the only thing a stranger can bring: the member server gives it no stream', async () => {
    const stranger = await rawPeer(net, 'node', () => undefined);
    const forged = await rawPeer(net, 'node', (keyPair) => ({
      ...net.certify(keyPair, { role: 'node', name: 'raw' }),
      name: 'controller',
    }));
    const stolen = await rawPeer(net, 'node', () =>
      net.certify(createKeyPair(), { role: 'node', name: 'raw' }),
    );
    const before = links;
    for (const peer of [stranger, forged, stolen]) {
      await assert.rejects(peer.open(controller.key, 700), (error) => isSwarmError(error, 'no-answer'));
      // The same packets from the same socket arrive where no certificate is asked for.
      (await peer.open(door)).destroy();
    }
    assert.equal(links, before);
    const member = await rawPeer(net);
    (await member.open(controller.key)).destroy();
  }).timeout(20_000);
});
