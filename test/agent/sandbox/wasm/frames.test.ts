import assert from 'node:assert/strict';
import fc from 'fast-check';
import { encodeFrame, frameKinds, frameReader } from '../../../../agent/sandbox/wasm/child/frames.ts';

describe('frames on a control socket', () => {
  it('come out as they went in, however the bytes are cut', () => {
    const frame = fc.record(
      {
        kind: fc.constantFrom(...frameKinds),
        payload: fc.uint8Array({ maxLength: 300 }),
      },
      { noNullPrototype: true },
    );
    fc.assert(
      fc.property(fc.array(frame), fc.array(fc.integer({ min: 1, max: 50 })), (frames, cuts) => {
        const bytes = Buffer.concat(frames.map(({ kind, payload }) => encodeFrame(kind, payload)));
        const heard: { kind: string; payload: Uint8Array }[] = [];
        const read = frameReader((kind, payload) => heard.push({ kind, payload: Uint8Array.from(payload) }));
        let at = 0;
        for (const cut of cuts) {
          read(bytes.subarray(at, at + cut));
          at = Math.min(bytes.length, at + cut);
        }
        read(bytes.subarray(at));
        assert.deepEqual(heard, frames);
      }),
    );
  });

  it('that cannot be are refused before anything is kept for them', () => {
    const read = frameReader(() => assert.fail('no frame'));
    assert.throws(() => read(Buffer.from([200, 0, 0, 0, 0])), /Not a frame: kind 200/);
    const huge = frameReader(() => assert.fail('no frame'));
    assert.throws(() => huge(Buffer.from([1, 255, 255, 255, 255])), /4294967295 bytes/);
    assert.throws(() => encodeFrame('stdout', Buffer.alloc(3 * 1024 * 1024)), /more than/);
  });
});
