import assert from 'node:assert/strict';
import fc from 'fast-check';
import { isSwarmError } from '../../swarm/errors.ts';
import { decodeHello } from '../../swarm/hello.ts';

describe("a peer's first frame", () => {
  it('is a hello or an error that names it, whatever JSON it is', () => {
    const frames = fc.oneof(
      fc.object(),
      fc.record({ refused: fc.jsonValue() }),
      fc.record({ refused: fc.record({ code: fc.jsonValue(), text: fc.jsonValue() }) }),
      fc.constant({ refused: { code: 'busy', text: { toString: 1 } } }),
    );
    fc.assert(
      fc.property(frames, (frame) => {
        assert.throws(() => decodeHello(frame), isSwarmError);
      }),
    );
  });

  it("brings a refusal's words in one short line that moves no terminal's cursor", () => {
    const said = (text: unknown) => {
      try {
        decodeHello({ refused: { code: 'refused', text } });
        throw new Error('it is a refusal');
      } catch (error) {
        return (error as Error).message;
      }
    };
    assert.equal(said('ask for a new invite'), 'the peer refused: ask for a new invite');
    assert.equal(said('a\u001b[2J\u001b]0;mine\u0007b\nnext'), 'the peer refused: a [2J ]0;mine b next');
    assert.ok(said('x'.repeat(4_000)).length < 500);
  });
});
