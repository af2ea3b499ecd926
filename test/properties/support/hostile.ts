import fc from 'fast-check';

/** Names that JavaScript has a meaning for, and names of nothing. */
export const oddNames = fc.constantFrom(
  '__proto__',
  'constructor',
  'toString',
  'hasOwnProperty',
  'prototype',
  'valueOf',
  'length',
  'then',
  'toJSON',
);

/** Values that nobody asked for. */
export const hostileValues: fc.Arbitrary<unknown> = fc.oneof(
  fc.constantFrom<unknown>(
    null,
    true,
    -1,
    0,
    1.5,
    2 ** 31,
    2 ** 63,
    1e300,
    '',
    ' ',
    '\0',
    'a/b',
    '../..',
    '\u202e',
    '\ud800',
    'x'.repeat(300),
    [],
    {},
    [[]],
    [null],
    [{}],
    { a: null },
  ),
  fc.jsonValue({ maxDepth: 3 }),
  fc.dictionary(oddNames, fc.constantFrom<unknown>('1', { polluted: 'yes' }, null, 1), {
    maxKeys: 3,
    noNullPrototype: true,
  }),
);
