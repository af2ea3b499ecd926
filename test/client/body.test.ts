import assert from 'node:assert/strict';
import { Readable } from 'node:stream';
import fc from 'fast-check';
import { linesOf, textOf } from '../../client/body.ts';

async function all(chunks: Buffer[]): Promise<string[]> {
  const lines: string[] = [];
  for await (const line of linesOf(Readable.from(chunks))) lines.push(line);
  return lines;
}

function cutAt(bytes: Buffer, places: number[]): Buffer[] {
  const at = [
    0,
    ...places.map((place) => place % (bytes.length + 1)).toSorted((a, b) => a - b),
    bytes.length,
  ];
  return at.slice(1).map((end, index) => bytes.subarray(at[index], end));
}

describe('the lines of a body', () => {
  it('are the same however the bytes are cut, in the middle of a character too', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.string({ unit: 'grapheme', minLength: 1 }).filter((line) => !line.includes('\n'))),
        fc.array(fc.nat(1000)),
        async (lines, places) => {
          const bytes = Buffer.from(lines.map((line) => `${line}\n`).join(''));
          assert.deepEqual(await all(cutAt(bytes, places)), lines);
        },
      ),
    );
  });

  it('end with an error where the last one is not whole', async () => {
    await assert.rejects(all([Buffer.from('{"a":1}\n{"b"')]), /broke off/);
    await assert.rejects(all([Buffer.from('{"a":1}\n'), Buffer.from('ä').subarray(0, 1)]), /broke off/);
    assert.deepEqual(await all([Buffer.from('{"a":1}\n')]), ['{"a":1}']);
  });
});

describe('the text of a body', () => {
  it('is whole whatever the cuts', async () => {
    const bytes = Buffer.from('ä€😀');
    for (let at = 0; at <= bytes.length; at++)
      assert.equal(await textOf(Readable.from([bytes.subarray(0, at), bytes.subarray(at)])), 'ä€😀');
  });
});
