import fc from 'fast-check';

const key = fc.constantFrom('a', 'b', 'example.com/b', 'in', 'notin', 'constructor', 'a.b-c_d', 'A1');
const value = fc.constantFrom(
  '',
  '1',
  '2',
  'x',
  'in',
  'notin',
  'a.b',
  '00',
  'toString',
  '12345678901234567890',
);
const blank = fc.constantFrom('', '', '', ' ', '  ');
const values = fc.array(value, { maxLength: 3 }).map((list) => `(${list.join(',')})`);
const term = fc.oneof(
  key,
  key.map((name) => `!${name}`),
  fc.tuple(key, blank, fc.constantFrom('=', '==', '!='), blank, value).map((parts) => parts.join('')),
  fc
    .tuple(key, fc.constantFrom('<', '>'), fc.constantFrom('1', '7', '0', '00'))
    .map((parts) => parts.join('')),
  fc
    .tuple(key, fc.constant(' '), fc.constantFrom('in', 'notin'), blank, values)
    .map((parts) => parts.join('')),
);
const wrongKey = fc.constantFrom(
  '__proto__',
  '-a',
  'a/b/c',
  '/a',
  'a/',
  'ä',
  'x'.repeat(64),
  `${'x'.repeat(254)}/a`,
  '_a',
  'a_',
  'EXAMPLE.com/a',
);
const nearly = fc.oneof(
  fc
    .tuple(wrongKey, fc.constantFrom('=', '!=', ' in (a)'), fc.constantFrom('', 'x'))
    .map((parts) => parts.join('')),
  fc
    .tuple(
      key,
      fc.constantFrom('=', '=!', '===', '<=', '=<', '!'),
      fc.constantFrom('ä', '-7', '99999999999999999999', '__proto__', '-a', 'a-', 'x'.repeat(64), 'a b'),
    )
    .map((parts) => parts.join('')),
  fc.tuple(term, fc.constantFrom(',', ',,', '(', ')', '!', '=', ' in', ' x')).map((parts) => parts.join('')),
);
const noise = fc
  .array(
    fc.constantFrom('a', 'b', '=', '!', '<', '>', '(', ')', ',', ' ', 'in', 'notin', '1', '\\', '\t', '%'),
    { maxLength: 12 },
  )
  .map((parts) => parts.join(''));

/** Label selectors as they stand in a query. */
export const selectorTexts = fc.oneof(
  { weight: 6, arbitrary: fc.array(term, { maxLength: 3 }).map((terms) => terms.join(',')) },
  { weight: 2, arbitrary: nearly },
  { weight: 2, arbitrary: noise },
);

const field = fc.constantFrom(
  'metadata.name',
  'metadata.namespace',
  'status.phase',
  'spec.nodeName',
  'x',
  '__proto__',
);
const fieldTerm = fc
  .tuple(
    field,
    fc.constantFrom('=', '==', '!='),
    fc.constantFrom('', 'web', 'Running', 'a\\,b', 'a\\=b', 'a\\\\b', 'a b', ' '),
  )
  .map((parts) => parts.join(''));

/** Field selectors as they stand in a query. */
export const fieldSelectorTexts = fc.oneof(
  { weight: 6, arbitrary: fc.array(fieldTerm, { maxLength: 3 }).map((terms) => terms.join(',')) },
  {
    weight: 2,
    arbitrary: fc
      .tuple(fieldTerm, fc.constantFrom(',', ',,', '=', '\\', '\\x', '!', ',a'))
      .map((parts) => parts.join('')),
  },
  {
    weight: 2,
    arbitrary: fc
      .array(fc.constantFrom('a', '=', '!', ',', '\\', ' ', 'metadata.name', '<', '"'), { maxLength: 10 })
      .map((parts) => parts.join('')),
  },
);
