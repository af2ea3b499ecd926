import fc from 'fast-check';

const digits = fc.oneof(
  fc.nat(3_000).map(String),
  fc.bigInt({ min: 0n, max: 10n ** 24n }).map(String),
  fc.constantFrom('0', '00', '007', '1024', '1000', '9223372036854775807', '9223372036854775808'),
);
const number = fc.oneof(
  digits,
  fc.tuple(digits, digits).map(([whole, part]) => `${whole}.${part}`),
  digits.map((part) => `.${part}`),
  digits.map((whole) => `${whole}.`),
);
const suffix = fc.oneof(
  fc.constantFrom('', 'n', 'u', 'm', 'k', 'M', 'G', 'T', 'P', 'E', 'Ki', 'Mi', 'Gi', 'Ti', 'Pi', 'Ei'),
  fc.integer({ min: -20, max: 20 }).map((exponent) => `e${exponent}`),
  fc.integer({ min: 0, max: 20 }).map((exponent) => `E+${exponent}`),
);
const amount = fc.tuple(fc.constantFrom('', '', '', '-', '+'), number, suffix).map((parts) => parts.join(''));

/** Amounts as they stand in objects, and what is nearly one. */
export const quantityTexts = fc.oneof(
  { weight: 8, arbitrary: amount },
  {
    weight: 1,
    arbitrary: fc
      .tuple(amount, fc.constantFrom(' ', 'i', 'K', 'B', '.', '-', 'e', 'x'))
      .map((parts) => parts.join('')),
  },
  {
    weight: 1,
    arbitrary: fc.tuple(fc.constantFrom(' ', '--', '0x', 'e'), amount).map((parts) => parts.join('')),
  },
  {
    weight: 2,
    arbitrary: fc
      .array(fc.constantFrom('1', '0', '9', '.', '-', '+', 'e', 'E', 'i', 'k', 'K', 'm', 'M', 'n', ' '), {
        maxLength: 8,
      })
      .map((parts) => parts.join('')),
  },
);
