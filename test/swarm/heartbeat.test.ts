import assert from 'node:assert/strict';
import { VirtualClock } from '../../process/virtual-clock.ts';
import { Heartbeat } from '../../swarm/heartbeat.ts';

type PingDone = (error: Error | null, duration: number, payload: Buffer) => void;

/** A session whose peer answers each ping after `answerMs`, or not at all. */
function session(clock: VirtualClock, peer: { answerMs: number | undefined }, heard: () => void) {
  return {
    destroyed: false,
    closed: false,
    pings: 0,
    ping(done: unknown): boolean {
      this.pings++;
      if (peer.answerMs === undefined) return true;
      clock.after(peer.answerMs, () => {
        heard();
        (done as PingDone)(null, 0, Buffer.alloc(8));
      });
      return true;
    },
  };
}

describe('heartbeats', () => {
  const start = (answerMs: number | undefined) => {
    const clock = new VirtualClock();
    const peer = { answerMs };
    let silentAt: number | undefined;
    const http = session(clock, peer, () => heartbeat.heard());
    const heartbeat: Heartbeat = new Heartbeat(http, clock, () => (silentAt = clock.now()));
    return { clock, peer, http, heartbeat, silentAt: () => silentAt };
  };

  it('go out each second and keep a link that answers', async () => {
    const { clock, http, heartbeat, silentAt } = start(40);
    await clock.advance(60_000);
    assert.equal(silentAt(), undefined);
    assert.equal(http.pings, 61);
    assert.equal(heartbeat.lastHeardAt, 59_040);
    assert.equal(heartbeat.roundTripMs, 40);
  });

  it('notice silence 3 s after the last word', async () => {
    const { clock, peer, silentAt } = start(40);
    await clock.advance(10_500);
    peer.answerMs = undefined;
    await clock.advance(10_000);
    assert.equal(silentAt(), 13_040);
  });

  it('take any word of the peer for a sign of life', async () => {
    const { clock, heartbeat, silentAt } = start(undefined);
    const words = clock.every(2_900, () => heartbeat.heard());
    await clock.advance(30_000);
    assert.equal(silentAt(), undefined);
    words.cancel();
    await clock.advance(3_000);
    assert.equal(silentAt(), 29_000 + 3_000);
  });

  it('smooth the round trip', async () => {
    const { clock, peer, heartbeat } = start(10);
    await clock.advance(5_000);
    peer.answerMs = 90;
    await clock.advance(1_500);
    assert.equal(heartbeat.roundTripMs, 10 + 80 / 8);
    await clock.advance(60_000);
    assert.ok(heartbeat.roundTripMs! > 89);
  });

  it('give a peer one more second when we were the ones who slept', async () => {
    // Timers of a process that was suspended fire late, before what has arrived meanwhile is read.
    const clock = new VirtualClock();
    let asleepMs = 0;
    const sleeper = Object.assign(Object.create(clock) as VirtualClock, {
      now: () => clock.now() + asleepMs,
    });
    for (const name of ['after', 'every'] as const) sleeper[name] = clock[name].bind(clock);
    let silent = false;
    const http = session(clock, { answerMs: undefined }, () => {});
    const heartbeat = new Heartbeat(http, sleeper, () => (silent = true));
    asleepMs = 60_000;
    await clock.advance(3_500);
    assert.equal(silent, false);
    heartbeat.heard();
    await clock.advance(2_900);
    assert.equal(silent, false);
    await clock.advance(1_000);
    assert.equal(silent, true);
  });

  it('stop when told to', async () => {
    const { clock, http, heartbeat, silentAt } = start(undefined);
    heartbeat.stop();
    await clock.advance(10_000);
    assert.equal(silentAt(), undefined);
    assert.equal(http.pings, 1);
  });
});
