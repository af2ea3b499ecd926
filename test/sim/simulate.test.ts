import assert from 'node:assert/strict';
import { cutOff, deaf, killed, mostKilled, rolledOut, saidGoodbye } from '../../sim/faults.ts';
import { simulate } from '../../sim/simulate.ts';

describe('a simulated cluster', function () {
  this.timeout(60_000);

  it('keeps its promises through a virtual hour of kills, cuts, goodbyes and rollouts', async () => {
    const { faults, checks, virtualMs } = await simulate({ seed: 1, hours: 1 });
    assert.ok(virtualMs >= 3_600_000);
    assert.ok(checks > 36_000);
    assert.ok(new Set(faults.map(({ fault }) => fault.split(' at ')[0])).size >= 6);
  });

  it('gives the same log for the same seed over the whole hour, and another for another', async () => {
    const [first, again, other] = [
      await simulate({ seed: 3, hours: 1 }),
      await simulate({ seed: 3, hours: 1 }),
      await simulate({ seed: 4, hours: 1 }),
    ];
    assert.ok(first.log.length > 500, `${first.log.length} lines`);
    assert.match(first.log.join('\n'), / Pod \S+ was [0-9a-f-]{36}$/m);
    assert.deepEqual(first.log, again.log);
    assert.notDeepEqual(first.log, other.log);
  });

  it('has a replacement serving within five seconds of a host that dies without a word', async () => {
    const { faults } = await simulate({ seed: 5, hours: 0.5, faults: [killed] });
    assert.ok(faults.length > 10);
    for (const { healedMs } of faults) assert.ok(healedMs <= 5_000, `${healedMs} ms`);
  });

  it('replaces the pods of a host that says goodbye within one and a half seconds', async () => {
    const { faults } = await simulate({ seed: 6, hours: 0.2, faults: [saidGoodbye] });
    for (const { healedMs } of faults) assert.ok(healedMs <= 1_500, `${healedMs} ms`);
  });

  it('restarts nothing on a host that was merely cut off', async () => {
    await simulate({ seed: 7, hours: 0.3, faults: [cutOff] });
  });

  it('leaves everybody alone when it hears nobody', async () => {
    await simulate({ seed: 8, hours: 0.3, faults: [deaf] });
  });

  it('replaces even most hosts at last, if another still answers', async () => {
    const { faults } = await simulate({ seed: 9, hours: 0.1, faults: [mostKilled] });
    assert.ok(faults.every(({ healedMs }) => healedMs > 55_000));
  });

  it('holds with five hosts and six replicas as well', async () => {
    await simulate({ seed: 10, hours: 0.3, hosts: 5, replicas: 6, faults: [killed, rolledOut, cutOff] });
  });

  it('can fail: held to no surge at all, a rolling update is caught', async () => {
    const strict = simulate({ seed: 1, hours: 0.1, faults: [rolledOut], surge: 0 });
    await assert.rejects(strict, /the replica sets want 4 pods, more than 3 \+ 0/);
  });

  it('can fail: with a controller that hears even the dead, nothing is replaced', async () => {
    const promise = simulate({ seed: 1, hours: 0.1, faults: [killed], hearsTheDead: true });
    await assert.rejects(promise, /serve|is in the endpoints/);
  });
});
