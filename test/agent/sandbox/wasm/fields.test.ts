import assert from 'node:assert/strict';
import { Fields, lock } from '../../../../agent/sandbox/wasm/child/fields.ts';

const bytes = (text: string) => Buffer.from(text, 'latin1');
const refusal = (act: () => void): string => {
  try {
    act();
  } catch (error) {
    return (error as { tag: string }).tag;
  }
  return 'none';
};

describe('the header fields of a component', () => {
  it('keep their order and their letters, and are found whatever the letters', () => {
    const fields = Fields.fromList([
      ['Set-Cookie', bytes('a=1')],
      ['X-Other', bytes('x')],
      ['set-cookie', bytes('b=2')],
    ]);
    assert.deepEqual(fields.get('SET-COOKIE').map(String), ['a=1', 'b=2']);
    assert.deepEqual(
      fields.entries().map(([name]) => name),
      ['Set-Cookie', 'X-Other', 'set-cookie'],
    );
    fields.set('set-cookie', [bytes('c=3')]);
    assert.deepEqual(fields.get('Set-Cookie').map(String), ['c=3']);
    fields.delete('x-other');
    assert.equal(fields.has('X-Other'), false);
  });

  it('cannot carry a line break into the answer', () => {
    const fields = new Fields();
    for (const value of ['a\r\nx: y', 'a\nb', 'a\0b', 'a\x7f'])
      assert.equal(
        refusal(() => fields.append('x-a', bytes(value))),
        'invalid-syntax',
      );
    for (const name of ['', 'x y', 'x:', 'x\r\n'])
      assert.equal(
        refusal(() => fields.append(name, bytes('v'))),
        'invalid-syntax',
      );
    assert.equal(
      refusal(() => fields.append('x-a', bytes('tab\tand \xe9'))),
      'none',
    );
  });

  it('cannot set what frames the answer', () => {
    for (const name of ['Connection', 'Transfer-Encoding', 'keep-alive', 'Upgrade', 'Host'])
      assert.equal(
        refusal(() => new Fields().append(name, bytes('x'))),
        'forbidden',
      );
  });

  it('that have been handed over cannot be changed, but copied', () => {
    const fields = lock(Fields.fromList([['a', bytes('1')]]));
    for (const act of [
      () => fields.set('a', []),
      () => fields.append('b', bytes('2')),
      () => fields.delete('a'),
    ])
      assert.equal(refusal(act), 'immutable');
    const copy = fields.clone();
    copy.append('b', bytes('2'));
    assert.equal(fields.has('b'), false);
  });
});
