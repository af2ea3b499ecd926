import assert from 'node:assert/strict';
import fc from 'fast-check';
import {
  QuantityError,
  canonicalQuantity,
  compareQuantities,
  formatQuantity,
  milli,
  parseQuantity,
  quantityProblem,
} from '../../api/quantity.ts';

const suffixes = ['', 'n', 'u', 'm', 'k', 'M', 'G', 'T', 'Ki', 'Mi', 'Gi', 'Ti', 'e3', 'E-2', 'e+6'];
const quantities = fc
  .record({
    sign: fc.constantFrom('', '-', '+'),
    whole: fc.integer({ min: 0, max: 1_000_000 }),
    fraction: fc.option(fc.integer({ min: 0, max: 999 }), { nil: undefined }),
    suffix: fc.constantFrom(...suffixes),
  })
  .map(
    ({ sign, whole, fraction, suffix }) =>
      `${sign}${whole}${fraction === undefined ? '' : `.${fraction}`}${suffix}`,
  );

describe('quantities', () => {
  it('reads every suffix that Kubernetes writes', () => {
    const cases: [string | number, number][] = [
      ['500m', 0.5],
      ['2', 2],
      [0.25, 0.25],
      ['64Mi', 64 * 2 ** 20],
      ['1.5G', 1.5e9],
      ['1e3', 1000],
      ['1E3', 1000],
      ['1E', 1e18],
      ['2Ei', 2 * 2 ** 60],
      ['100u', 0.0001],
      ['5n', 5e-9],
      ['.5', 0.5],
      ['5.', 5],
      ['-1Ki', -1024],
    ];
    for (const [text, units] of cases) assert.equal(parseQuantity(text), units, String(text));
  });

  it('refuses what is no quantity, and says what one looks like', () => {
    for (const text of ['', '1x', 'abc', '1 Gi', '1gi', '--1', '1e', '0x10', '1.2.3', '9'.repeat(100)]) {
      assert.throws(() => parseQuantity(text), QuantityError, text);
      assert.match(quantityProblem(text)!, /must match the regular expression/);
    }
    assert.equal(quantityProblem('64Mi'), undefined);
  });

  it('writes them as Kubernetes would', () => {
    const cases: [string | number, string][] = [
      ['0.5', '500m'],
      [0.5, '500m'],
      ['1000', '1k'],
      ['1024', '1024'],
      ['1024Mi', '1Gi'],
      ['1.5Gi', '1536Mi'],
      ['1500m', '1500m'],
      ['2000m', '2'],
      ['0.1Ki', '102400m'],
      ['1e3', '1e3'],
      ['12e4', '120e3'],
      ['0', '0'],
      ['0Mi', '0'],
    ];
    for (const [text, canonical] of cases) assert.equal(canonicalQuantity(text), canonical, String(text));
    assert.equal(formatQuantity(67108864, 'BinarySI'), '64Mi');
  });

  it('counts thousandths rounded up, so that no app gets less than it asked for', () => {
    assert.equal(milli('1500u'), 2);
    assert.equal(milli('0.1'), 100);
  });

  it('takes an absurd exponent without absurd work', () => {
    assert.throws(() => parseQuantity('1e999999999'), QuantityError);
    assert.equal(parseQuantity('1e99'), 1e99);
    assert.ok(parseQuantity('1e-999999999') > 0);
  });

  it('stays the same amount in its canonical text, which stays as it is', () => {
    fc.assert(
      fc.property(quantities, (text) => {
        const canonical = canonicalQuantity(text);
        assert.equal(compareQuantities(text, canonical), 0);
        assert.equal(canonicalQuantity(canonical), canonical);
      }),
    );
  });

  it('is ordered like the numbers', () => {
    fc.assert(
      fc.property(quantities, quantities, (a, b) => {
        const order = compareQuantities(a, b);
        assert.equal(order, -compareQuantities(b, a) + 0);
        if (order < 0) assert.ok(parseQuantity(a) <= parseQuantity(b));
        if (order === 0) assert.equal(parseQuantity(a), parseQuantity(b));
      }),
    );
  });
});
