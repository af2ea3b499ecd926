import assert from 'node:assert/strict';
import { Members } from '../../controller/members.ts';
import { memoryLog } from '../../controller/store/memory/memory-log.ts';
import { openStore } from '../../controller/store/open-store.ts';
import type { Store } from '../../controller/store/store.ts';
import { silentLog } from '../../process/log.ts';
import { VirtualClock } from '../../process/virtual-clock.ts';
import { delegate, verifyCertificate, type Tier } from '../../swarm/certificate.ts';
import { isInviteError, parseInvite } from '../../swarm/invite.ts';
import { createKeyPair, keyId } from '../../swarm/keys.ts';

const hour = 3_600_000;

describe('the members of a cluster', () => {
  const clock = new VirtualClock();
  const cluster = createKeyPair();
  const controller = createKeyPair();
  const clusterKey = keyId(cluster.publicKey);
  let store: Store;
  let members: Members;

  beforeEach(async () => {
    store = await openStore({ driver: memoryLog(clock), clock, log: silentLog, snapshotEveryMs: 0 });
    const notAfter = clock.date().getTime() + 100 * hour;
    const grant = { key: keyId(controller.publicKey), epoch: 1, notAfter };
    members = new Members({
      store,
      clusterKey,
      clusterName: 'home',
      founder: 'ann',
      signer: { keyPair: controller, delegation: delegate(cluster, grant) },
      epoch: 1,
      reservedNames: new Set(['attic']),
      bootstrap: [],
      clock,
    });
  });
  afterEach(() => store.close());

  const invited = async (wish: { tier?: Tier; owner?: string } = {}) => {
    const door = keyId(createKeyPair().publicKey);
    const { line } = await members.invite({
      role: 'node',
      tier: 'volunteer',
      door,
      expiresInMs: hour,
      ...wish,
    });
    const { id, tier } = parseInvite(line);
    return (key: string, name: string, owner: string) =>
      members.redeem({ invite: id, key, role: 'node', tier, name, owner });
  };
  const someKey = () => keyId(createKeyPair().publicKey);

  it('come back after leaving by a new invite only, not by the one that they used', async () => {
    const [key, join] = [someKey(), await invited()];
    const first = await join(key, 'barn', 'bob');
    assert.deepEqual(await join(key, 'barn', 'bob'), first, 'the control: its answer may have been lost');
    await members.leave(key);
    await assert.rejects(join(key, 'barn', 'bob'), (error) => isInviteError(error, 'used'));
    assert.match(members.shutOut(key) ?? '', /has left/);
    const again = await invited();
    await again(key, 'barn', 'bob');
    assert.equal(members.shutOut(key), undefined);
    await members.leave(key);
    for (const used of [join, again])
      await assert.rejects(used(key, 'barn', 'bob'), (error) => isInviteError(error, 'used'));
  });

  it('get a certificate that holds without the controller', async () => {
    const [key, join] = [someKey(), await invited()];
    const certificate = await join(key, 'barn', 'bob');
    verifyCertificate(certificate, { clusterKey, key, now: clock.date().getTime(), roles: ['node'] });
    assert.equal(certificate.name, 'barn');
    assert.equal(certificate.owner, 'bob');
  });

  it('are one for each invite: of two keys the second is told that it came second, at once or later', async () => {
    const join = await invited();
    const [first, second] = [someKey(), someKey()];
    const outcomes = await Promise.allSettled([join(first, 'a', 'bob'), join(second, 'b', 'bob')]);
    assert.deepEqual(outcomes.map(({ status }) => status).toSorted(), ['fulfilled', 'rejected']);
    await assert.rejects(join(someKey(), 'c', 'bob'), /used already, by another key/);
  });

  it('that lost the answer get the same certificate again with the same key', async () => {
    const [key, join] = [someKey(), await invited()];
    assert.deepEqual(await join(key, 'barn', 'bob'), await join(key, 'barn', 'bob'));
  });

  it('have names of their own: neither the founder’s nor each other’s', async () => {
    const names = [];
    for (const wished of ['attic', 'barn', 'barn', 'No Name!']) {
      const join = await invited();
      names.push((await join(someKey(), wished, 'bob')).name);
    }
    assert.equal(new Set(names).size, 4);
    assert.match(names[0]!, /^attic-[0-9a-f]{5}$/);
    assert.equal(names[1], 'barn');
    assert.equal(names[3], 'host');
  });

  it('cannot take another person’s name by wishing for it, unless the inviter named them', async () => {
    const owner = async (wish: Parameters<typeof invited>[0], wished: string) =>
      (await (await invited(wish))(someKey(), 'host', wished)).owner;
    assert.match(await owner({}, 'ann'), /^ann-[0-9a-f]{5}$/);
    assert.equal(await owner({}, 'bob'), 'bob');
    assert.match(await owner({}, 'bob'), /^bob-[0-9a-f]{5}$/);
    assert.equal(await owner({ owner: 'carol' }, 'whoever'), 'carol');
    assert.match(await owner({}, 'carol'), /^carol-[0-9a-f]{5}$/);
    assert.equal(await owner({ owner: 'carol' }, 'x'), 'carol');
    assert.equal(await owner({ tier: 'own' }, 'mallory'), 'ann');
    assert.deepEqual(
      ['ann', 'carol', 'bob', 'nobody'].map((name) => members.isVouchedFor(name)),
      [true, true, false, false],
    );
  });

  it('that gave themselves a name keep it: an invite for that name would make a stranger a friend', async () => {
    const stranger = someKey();
    assert.equal((await (await invited())(stranger, 'barn', 'alice')).owner, 'alice');
    await assert.rejects(
      invited({ owner: 'alice' }),
      /alice is the name that the owner of barn gave on joining/,
    );
    // The controls: a name that nobody gave, twice, and this one once its machine has left.
    for (const owner of ['carol', 'carol']) await invited({ owner });
    await members.leave(stranger);
    const join = await invited({ owner: 'alice' });
    assert.equal((await join(someKey(), 'den', 'x')).owner, 'alice');
  });

  it('that left are shut out, and their name is free', async () => {
    const [key, join] = [someKey(), await invited()];
    await join(key, 'barn', 'bob');
    assert.equal(members.shutOut(key), undefined);
    await members.leave(key);
    assert.match(members.shutOut(key)!, /has left the cluster/);
    assert.equal((await (await invited())(someKey(), 'barn', 'dan')).name, 'barn');
  });

  it('are told of an old invite that it expired, and after a month that it is unknown', async () => {
    const { line } = await members.invite({ role: 'node', tier: 'own', door: someKey(), expiresInMs: hour });
    const { id } = parseInvite(line);
    await clock.advance(2 * hour);
    assert.ok(members.lookup(id)!.expiresAt < clock.date().getTime());
    await clock.advance(31 * 24 * hour);
    await invited();
    assert.equal(members.lookup(id), undefined);
  });
});
