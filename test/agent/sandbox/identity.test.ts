import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { identify, isAlive, signal } from '../../../agent/sandbox/identity.ts';

describe('a process’s identity', () => {
  it('is alive while that very process runs, and gone once it has ended', async () => {
    const child = spawn('sleep', ['60']);
    const identity = identify(child.pid!)!;
    assert.ok(isAlive(identity));
    assert.ok(signal(identity, 'SIGKILL'));
    await once(child, 'exit');
    assert.ok(!isAlive(identity));
    assert.equal(signal(identity, 'SIGKILL'), false);
  });

  it('is not that of another process with the same number, nor of an earlier boot', () => {
    const child = spawn('sleep', ['60']);
    const identity = identify(child.pid!)!;
    for (const other of [
      { ...identity, startTime: '1' },
      { ...identity, bootId: 'another' },
    ]) {
      assert.ok(!isAlive(other));
      assert.equal(signal(other, 'SIGKILL'), false);
    }
    // The control: the true one reaches it.
    assert.ok(signal(identity, 'SIGKILL'));
  });
});
