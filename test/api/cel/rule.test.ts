import assert from 'node:assert/strict';
import fc from 'fast-check';
import { compileRule } from '../../../api/cel/rule.ts';
import { CelError, Cost, CostExceeded } from '../../../api/cel/run.ts';
import { typeOfSchema } from '../../../api/cel/types.ts';
import { Optional, valueOf } from '../../../api/cel/values.ts';
import type { Schema } from '../../../api/structural/schema.ts';

const schema: Schema = {
  type: 'object',
  properties: {
    name: { type: 'string' },
    count: { type: 'integer' },
    ratio: { type: 'number' },
    on: { type: 'boolean' },
    tags: { type: 'array', items: { type: 'string' } },
    sizes: { type: 'array', items: { type: 'integer' } },
    map: { type: 'object', additionalProperties: { type: 'string' } },
    inner: { type: 'object', properties: { a: { type: 'string' }, 'my-name': { type: 'string' } } },
    parts: {
      type: 'array',
      items: { type: 'object', properties: { name: { type: 'string' }, weight: { type: 'integer' } } },
    },
    port: { 'x-kubernetes-int-or-string': true },
    wait: { type: 'string', format: 'duration' },
    at: { type: 'string', format: 'date-time' },
  },
};
const object = {
  name: 'web-1',
  count: 3,
  ratio: 1.5,
  on: true,
  tags: ['a', 'b', 'a'],
  sizes: [3, 1, 2],
  map: { x: '1', y: '2' },
  inner: { 'my-name': 'n' },
  parts: [
    { name: 'p', weight: 2 },
    { name: 'q', weight: 5 },
  ],
  port: 80,
  wait: '1h30m',
  at: '2026-11-20T12:00:00Z',
};

/** Cases of each property: more where time is no matter. */
const runs = process.env['KITH_TEST_LONG'] ? 10_000 : 1_000;
const type = typeOfSchema(schema, false)!;

function run(source: string, old?: object): unknown {
  const rule = compileRule(source, type, { result: 'bool' });
  if (typeof rule === 'string') throw new Error(rule);
  return rule.run(valueOf(object, schema), old && valueOf(old, schema), new Cost());
}

describe('a rule in CEL', () => {
  const holds = [
    'self.count == 3 && self.count + 4 * 2 == 11 && -self.count < 0',
    'self.ratio > 1.0 && self.ratio < 2.0 && self.count < 3.5 && 7 / 2 == 3 && -7 % 3 == -1',
    "self.name.startsWith('web') && self.name.matches('^[a-z]+-[0-9]$') && size(self.name) == 5",
    "self.name.split('-')[1] == '1' && self.name.replace('web', 'db') == 'db-1' && self.name.substring(4) == '1'",
    "has(self.inner) && !has(self.inner.a) && self.inner.my__dash__name == 'n'",
    "self.tags.exists(t, t == 'b') && self.tags.all(t, t.size() == 1) && !self.tags.exists_one(t, t == 'a')",
    "self.tags.filter(t, t == 'a').size() == 2 && self.sizes.map(s, s * 2) == [6, 2, 4]",
    "'x' in self.map && self.map.all(k, self.map[k] != '3') && self.map == {'x': '1', 'y': '2'}",
    'self.parts.all(p, self.parts.exists_one(q, p.name == q.name)) && self.parts.map(p, p.weight).sum() == 7',
    'self.sizes.max() == 3 && self.sizes.min() == 1 && !self.sizes.isSorted() && self.sizes.indexOf(2) == 2',
    "type(self.port) == int ? self.port < 100 : self.port == 'web'",
    "self.wait == duration('90m') && self.wait.getMinutes() == 90 && self.at.getFullYear() == 2026",
    "self.at + self.wait > timestamp('2026-11-20T13:00:00Z')",
    "self.?inner.?a.orValue('none') == 'none' && self.map[?'x'].hasValue()",
    "self.missing_is_no_field_but_this_is_text != '' || true".replace(
      'self.missing_is_no_field_but_this_is_text',
      "'x'",
    ),
    "r'\\d' == '\\\\d' && \"\"\"a\"\"\" == 'a' && '\\u0061' == 'a'",
    "[1, 2] + [3] == [1, 2, 3] && 1 in [1, 2] && {'a': 1}.a == 1",
    "url('https://a.example:8443/b?c=d').getPort() == '8443' && isURL('https://a') && !isURL('a b')",
    "quantity('1Gi').isGreaterThan(quantity('1000M')) && isQuantity('5m') && !isQuantity('x')",
    "ip('10.0.0.1').family() == 4 && cidr('10.0.0.0/8').containsIP('10.1.2.3') && !isIP('300.1.1.1')",
    "'%s has %d of %.1f'.format([self.name, self.count, self.ratio]) == 'web-1 has 3 of 1.5'",
    "sets.contains(self.tags, ['a']) && sets.equivalent(['a', 'b'], self.tags)",
    "self.tags.all(i, t, i < 3 && t != '') && self.sizes.transformList(i, s, i + s) == [3, 2, 4]",
    "'foo bar'.find('[a-z]+') == 'foo' && 'a1b22'.findAll('[0-9]+') == ['1', '22']",
    "format.dns1123Label().validate('Not-A-Label').hasValue() && !format.dns1123Label().validate('a').hasValue()",
    "cidr('10.0.0.1/8').masked() == cidr('10.0.0.0/8') && cidr('10.0.0.0/8').containsCIDR('10.1.0.0/16')",
    "string(1e30) == '1e+30' && string(0.5) == '0.5' && type(null) == null_type && strings.quote('a') == '\"a\"'",
    "timestamp('2026-07-01T00:00:00Z').getHours('Europe/Berlin') == 2",
    '(self.count / 0 == 1 || true) && !(self.count / 0 == 1 && false)',
  ];
  for (const source of holds) it(`holds: ${source}`, () => assert.equal(run(source), true));

  const wrong: [string, RegExp][] = [
    [
      'self.nothing == 1',
      /ERROR: <input>:1:5: undefined field 'nothing'\n \| self\.nothing == 1\n \| \.\.\.\.\^/,
    ],
    ["self.count == 'a'", /found no matching overload for '_==_' applied to '\(int, string\)'/],
    ['self.count', /cel expression must evaluate to a bool/],
    ['self.count >', /Syntax error: mismatched input '<EOF>' expecting/],
    ["self.name.matches('[')", /ERROR: <input>:1:19: invalid matches argument/],
    ["[1, 'a'].size() == 2", /ERROR: <input>:1:5: expected type 'int' but found 'string'/],
    ['frobnicate(self.count)', /undeclared reference to 'frobnicate'/],
    ['other.count == 1', /undeclared reference to 'other'/],
    ["semver('1.0.0') == 1", /undeclared reference to 'semver'/],
    ['self.tags.all(t, t == 1)', /found no matching overload for '_==_' applied to '\(string, int\)'/],
    ['self.name.size() && true', /expected type 'bool' but found 'int'/],
    ["has(self['name'])", /invalid argument to has\(\) macro/],
  ];
  for (const [source, words] of wrong)
    it(`is refused: ${source}`, () => {
      const rule = compileRule(source, type, { result: 'bool' });
      assert.equal(typeof rule, 'string');
      assert.match(rule as string, words);
    });

  it('goes wrong where a value is missing, as Kubernetes says it', () => {
    assert.throws(() => run("self.inner.a == 'x'"), new CelError('no such key: a'));
    assert.throws(() => run('self.sizes[9] == 1'), new CelError('index out of bounds: 9'));
    assert.throws(() => run('self.count / (self.count - 3) == 1'), new CelError('division by zero'));
    assert.throws(() => run('self.count + 9223372036854775807 > 0'), new CelError('integer overflow'));
  });

  it('knows how the value was, and whether it was', () => {
    assert.equal(run('self.count > oldSelf.count', { count: 2 }), true);
    const rule = compileRule('!oldSelf.hasValue() || oldSelf.value().count == 2', type, {
      result: 'bool',
      isOldSelfOptional: true,
    });
    assert.notEqual(typeof rule, 'string');
    if (typeof rule !== 'string') {
      assert.equal(rule.usesOldSelf, true);
      assert.equal(rule.run(valueOf(object, schema), new Optional(), new Cost()), true);
    }
  });

  it('ends, however much it asks for', () => {
    const list = { tags: Array.from({ length: 3_000 }, (_, index) => `t${index}`) };
    const rule = compileRule('self.tags.all(a, self.tags.all(b, self.tags.all(c, a + b + c != "")))', type, {
      result: 'bool',
    });
    assert.notEqual(typeof rule, 'string');
    if (typeof rule === 'string') return;
    const started = performance.now();
    assert.throws(() => rule.run(valueOf(list, schema), undefined, new Cost()), CostExceeded);
    assert.ok(performance.now() - started < 2_000);
  });

  it('ends also where a pattern would keep others busy for ever', () => {
    const text = { name: `${'a'.repeat(5_000)}!` };
    const rule = compileRule("self.name.matches('^(a+)+$')", type, { result: 'bool' });
    if (typeof rule === 'string') throw new Error(rule);
    assert.equal(rule.run(valueOf(text, schema), undefined, new Cost()), false);
  });

  it('property: whatever is written, it is read or refused, and runs or goes wrong, in a bounded time', function () {
    this.timeout(120_000);
    const words = fc.constantFrom(
      'self',
      '.',
      'name',
      'count',
      'tags',
      'map',
      'parts',
      '(',
      ')',
      '[',
      ']',
      '{',
      '}',
      ',',
      ':',
      '?',
      '!',
      '==',
      '<',
      '&&',
      '||',
      '+',
      '-',
      '*',
      '/',
      '%',
      'in',
      '1',
      '0',
      '1.5',
      '"a"',
      "'b'",
      'true',
      'null',
      'has',
      'all',
      'exists',
      'map',
      'x',
      'size',
      'matches',
      'oldSelf',
      'dyn',
      '.?',
      'orValue',
      'r"',
      '\\',
      'u',
      '9999999999999999999',
    );
    let valid = 0;
    let total = 0;
    const good = fc.constantFrom(...holds);
    const source = fc.oneof(
      fc.array(words, { maxLength: 25 }).map((parts) => parts.join(' ')),
      fc.string({ maxLength: 60 }),
      good,
      fc.tuple(good, good).map(([a, b]) => `(${a}) && (${b})`),
    );
    fc.assert(
      fc.property(source, (text) => {
        total++;
        const started = performance.now();
        const rule = compileRule(text, type, { result: 'bool' });
        if (typeof rule !== 'string') {
          valid++;
          try {
            rule.run(valueOf(object, schema), undefined, new Cost());
          } catch (error) {
            assert.ok(error instanceof CelError || error instanceof CostExceeded, String(error));
          }
        }
        assert.ok(performance.now() - started < 1_000);
      }),
      { numRuns: runs },
    );
    assert.ok(valid * 3 >= total, `${valid} of ${total} were valid`);
  });
});
