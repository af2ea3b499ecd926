import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { constantsIn, constantsOf, numberAt, readValue } from './constants.ts';

interface Row {
  constant: string;
  value: string;
  why: string;
  file: string;
}

/** The rows of the page's tables: constant, value, why, file. */
function rowsOf(page: string): Row[] {
  return page.split('\n').flatMap((line) => {
    const cells = line
      .split(/(?<!\\)\|/)
      .slice(1, -1)
      .map((cell) => cell.trim());
    const [constant, value, why, file] = cells;
    if (cells.length !== 4 || !constant!.startsWith('`')) return [];
    return [{ constant: constant!.slice(1, -1), value: value!, why: why!, file: file!.slice(1, -1) }];
  });
}

/** What of a row is not so in the code; undefined where all is. */
function untruth({ constant, value, file }: Row, constants: Record<string, unknown>): string | undefined {
  const actual = numberAt(constants, constant);
  if (actual === undefined) return `${file} has no constant ${constant}`;
  const said = readValue(value, constant);
  // Shares are fractions, which a page writes in per cent.
  return said !== undefined && Math.abs(said - actual) < 1e-9
    ? undefined
    : `${constant} in ${file} is ${actual}, and the page says ${value}`;
}

describe('the page of limits', () => {
  const rows = rowsOf(readFileSync('docs/limits.md', 'utf8'));

  it('names constants that exist, in the files that have them, with the values that they have', () => {
    const files = new Map<string, Record<string, unknown>>();
    const wrong = rows.flatMap((row) => {
      if (!existsSync(row.file)) return [`there is no file ${row.file}, where ${row.constant} is said to be`];
      if (!files.has(row.file)) files.set(row.file, constantsOf(row.file));
      return untruth(row, files.get(row.file)!) ?? [];
    });
    assert.deepEqual(wrong, []);
    assert.ok(rows.length > 150, `only ${rows.length} rows could be read`);
  });

  it('gives a reason for each', () => {
    assert.deepEqual(
      rows.filter(({ why }) => why === '').map(({ constant }) => constant),
      [],
    );
  });

  it('would be caught with a wrong value, a wrong name or a wrong unit', () => {
    const constants = constantsIn(
      'const KiB = 1024;\nconst waitMs: number = 1_500;\nexport const bounds = { bytes: 64 * KiB } as const;\n',
    );
    const row = (constant: string, value: string) => ({ constant, value, why: 'so', file: 'a.ts' });
    assert.equal(untruth(row('waitMs', '1,500 ms'), constants), undefined);
    assert.equal(untruth(row('bounds.bytes', '64 KiB'), constants), undefined);
    assert.match(untruth(row('waitMs', '1 s'), constants)!, /is 1500, and the page says 1 s/);
    assert.match(untruth(row('bounds.bytes', '64 kB'), constants)!, /the page says 64 kB/);
    assert.match(untruth(row('bounds.seconds', '1'), constants)!, /has no constant bounds\.seconds/);
  });
});
