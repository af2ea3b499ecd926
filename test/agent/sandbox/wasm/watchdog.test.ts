import assert from 'node:assert/strict';
import { judge, watchdogLimits, type Beat } from '../../../../agent/sandbox/wasm/watchdog.ts';

const mebibyte = 1024 * 1024;
const calm: Beat = { beatsUnanswered: 0, cpuMsUnanswered: 0, memoryBytes: 50 * mebibyte, threads: 11 };
const verdict = (beat: Partial<Beat>, memoryBytesMax?: number) => {
  const result = judge({ ...calm, ...beat }, memoryBytesMax);
  return result === 'alive' ? result : result.message;
};

describe('the watchdog', () => {
  it('lets an app live that answers its heartbeats', () => {
    assert.equal(verdict({}), 'alive');
    assert.equal(verdict({ beatsUnanswered: 9, cpuMsUnanswered: 9000 }), 'alive');
  });

  it('ends one that computes and says nothing', () => {
    assert.match(verdict({ beatsUnanswered: 10, cpuMsUnanswered: 9500 }), /computed for 10 s.*endless loop/);
  });

  it('is patient with one that is only kept waiting by a busy machine, but not for ever', () => {
    assert.equal(verdict({ beatsUnanswered: 30, cpuMsUnanswered: 200 }), 'alive');
    assert.match(verdict({ beatsUnanswered: 60, cpuMsUnanswered: 200 }), /said nothing for 60 s/);
  });

  it('ends one that holds more memory than it may, and says both figures', () => {
    const most = 64 * mebibyte + watchdogLimits.overheadBytes;
    assert.equal(verdict({ memoryBytes: most }, 64 * mebibyte), 'alive');
    assert.match(
      verdict({ memoryBytes: most + 1 }, 64 * mebibyte),
      /used 161 MiB.*may use 64 MiB.*sandbox 96 MiB/,
    );
    assert.equal(verdict({ memoryBytes: most + 1 }), 'alive');
  });

  it('ends one that makes threads without end', () => {
    assert.equal(verdict({ threads: watchdogLimits.threadsMax }), 'alive');
    assert.match(verdict({ threads: 200 }), /200 threads/);
  });
});
