import { post, type Step, type Topic } from './step.ts';

const at = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions?dryRun=All';
const text = (maxLength?: number) => ({ type: 'string', ...(maxLength !== undefined && { maxLength }) });
/** Of each kind of value one, bounded and not. */
const properties = {
  n: { type: 'integer' },
  m: { type: 'integer' },
  x: { type: 'number' },
  b: { type: 'boolean' },
  s: text(10),
  t: text(20),
  long: text(),
  e: { type: 'string', enum: ['one', 'three'] },
  bytes: { type: 'string', format: 'byte', maxLength: 12 },
  when: { type: 'string', format: 'date-time' },
  day: { type: 'string', format: 'date' },
  span: { type: 'string', format: 'duration' },
  either: { 'x-kubernetes-int-or-string': true },
  l: { type: 'array', maxItems: 5, items: text(4) },
  ints: { type: 'array', maxItems: 7, items: { type: 'integer' } },
  free: { type: 'array', items: text() },
  map: { type: 'object', maxProperties: 6, additionalProperties: text(3) },
  freeMap: { type: 'object', additionalProperties: { type: 'integer' } },
  o: { type: 'object', required: ['a'], properties: { a: { type: 'integer' }, z: text(8) } },
  os: {
    type: 'array',
    maxItems: 4,
    items: { type: 'object', required: ['k'], properties: { k: text(5), v: { type: 'integer' } } },
  },
};

/** A definition whose rules stand where so many values may be: what a rule is reckoned to cost shows in how far it is beyond. */
function reckoned(name: string, maxItems: number | undefined, rules: readonly (string | object)[]): Step {
  const validations = rules.map((rule) => (typeof rule === 'string' ? { rule } : rule));
  const openAPIV3Schema = {
    type: 'object',
    properties: {
      spec: {
        type: 'array',
        ...(maxItems !== undefined && { maxItems }),
        items: { type: 'object', properties, 'x-kubernetes-validations': validations },
      },
    },
  };
  return post(name, at, {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: 'dears.budgets.example.org' },
    spec: {
      group: 'budgets.example.org',
      scope: 'Namespaced',
      names: { plural: 'dears', kind: 'Dear', singular: 'dear', listKind: 'DearList' },
      versions: [{ name: 'v1', served: true, storage: true, schema: { openAPIV3Schema } }],
    },
  });
}

/** So many that a cost of five is the whole budget of a rule. */
const many = 2_000_000;
const several = 2_000;

/** What rules may cost by what a schema says of how large things get, before there is any object. */
export const ruleBudgets: Topic = {
  name: 'rule-budgets',
  steps: [
    reckoned('numbers', many, [
      'self.n < self.m',
      'self.n + self.m > 3 && self.n != self.m',
      'self.n == 3 || self.m == 4 || self.b',
      'self.b ? self.n > 1 : self.m > 2 && self.n < 9',
      '-self.n < 3 && !self.b',
      'has(self.n) && (!has(self.o.a) || self.o.a > 1)',
      'double(self.n) * 2.0 < self.x',
      'self.n in [1, 2, 3]',
      'self.o == self.o',
      'type(self.n) == int',
    ]),
    reckoned('texts', many, [
      "self.s == 'abc'",
      'self.s == self.t',
      'self.s != self.t',
      'self.s < self.t',
      "self.s.startsWith('ab') && self.t.endsWith(self.s)",
      'self.t.contains(self.s)',
      "self.t.matches('^[a-z]+$')",
      "(self.s + self.t) == 'abc'",
      'self.s.size() > 3',
      "self.e == 'one'",
      "self.s.lowerAscii().trim() == 'x'",
      "self.s.replace('a', 'bb') == 'x'",
      "self.s.substring(1, 2) == 'x'",
      "self.s.split(',').size() < 3",
      "self.s.indexOf('a') < 2",
      "self.s.find('[0-9]+') != ''",
      "self.s.findAll('[0-9]+', 2).size() < 2",
      "'%s'.format([self.s]) != ''",
      "string(self.bytes) != 'a'",
      "self.s in ['a', 'b']",
      'self.either == 3',
      "string(self.n) != '4'",
      "self.l.join('-') != 'x'",
    ]),
    reckoned('lists and maps', many, [
      'self.l.size() < 3',
      "self.l[0] == 'a'",
      "self.map['a'] == 'b'",
      "'a' in self.l",
      "'a' in self.map",
      "self.map.a == 'b'",
      "self.l == ['a']",
      'self.ints.isSorted()',
      'self.ints.sum() < 4',
      'self.l.min() == self.l.max()',
      'self.ints.indexOf(3) < 2',
      'self.l.isSorted()',
      "{'a': 1, 'b': self.n}.size() == 2",
      "[self.s, self.t][0] == 'a'",
      'sets.contains(self.l, self.l)',
      'sets.equivalent(self.ints, [1, 2])',
      'self.l + self.l == self.l',
    ]),
    reckoned('loops', many, [
      'self.ints.all(i, i > 0)',
      'self.ints.exists(i, i > 0)',
      'self.ints.exists_one(i, i > 0)',
      'self.ints.map(i, i * 2).size() < 3',
      'self.ints.map(i, i > 1, i * 2).size() < 3',
      'self.ints.filter(i, i > 1).size() < 3',
      "self.l.all(t, t == 'a')",
      "self.map.all(k, self.map[k] == 'a')",
      "self.os.all(o, o.k != 'x' && o.v > 1)",
      'self.ints.map(i, i * 2).all(i, i > 1)',
      "self.l.filter(t, t != 'a').all(t, t == 'bb')",
      'self.l.all(i, t, i < 3)',
      'self.map.transformList(k, v, v).size() < 3',
      'self.map.transformMap(k, v, v + v).size() < 3',
    ]),
    reckoned('times, optionals and types of Kubernetes', many, [
      'self.when < self.when',
      "self.span == duration('1h')",
      'self.day.getFullYear() > 2000',
      'self.?s.hasValue()',
      "self.?s.orValue('x') == 'y'",
      "self.l[?0].orValue('x') == 'y'",
      "self.?o.?z.orValue('x') == 'y'",
      "quantity(self.s).isGreaterThan(quantity('1'))",
      "quantity(self.s) == quantity('1')",
      'isQuantity(self.s)',
      "url(self.s).getHost() == 'a'",
      'isURL(self.s) && url(self.s) == url(self.t)',
      'isIP(self.s) && ip(self.s).family() == 4',
      'ip(self.s) == ip(self.t)',
      "cidr('10.0.0.0/8').containsIP(ip(self.s))",
      "cidr('10.0.0.0/8').containsIP(self.s)",
      "cidr('10.0.0.0/8').containsCIDR(self.s)",
      'ip.isCanonical(self.s)',
      'format.dns1123Label().validate(self.s).hasValue()',
      'optional.of(self.s).optMap(v, v.size()).orValue(0) < 3',
      'dyn(self.n) == 3',
    ]),
    reckoned('large ones', several, [
      'self.l.all(a, self.l.all(b, a != b))',
      'self.ints.all(a, self.ints.exists(b, a == b))',
      'self.os.all(a, self.os.exists_one(b, b.k == a.k))',
      'self.l.map(a, self.l.map(b, a + b)).size() < 3',
      "self.long == 'a'",
      "self.long.matches('^[a-z]+$')",
      "self.long.contains('abc')",
      "self.free.size() < 3 && self.free[0] == 'a'",
      "self.l.all(a, a.matches('^[a-z0-9]([-a-z0-9]*[a-z0-9])?$'))",
    ]),
    reckoned('without a bound', undefined, ['self.n < 3', "self.s == 'abc'", 'self.ints.all(i, i > 0)']),
    reckoned('within one, of what has no bound', 1, [
      "self.free.all(a, a == 'b')",
      'self.free.all(a, self.free.all(b, a != b))',
      'self.freeMap.all(k, self.freeMap[k] > 1)',
      "self.long.replace('a', 'b').size() < 3",
      "self.free.exists(a, a.startsWith('x'))",
    ]),
    reckoned('messages', 1, [
      { rule: 'self.n < 3', messageExpression: "self.free.map(a, a + 'x').join(', ')" },
      { rule: 'self.n < 3', messageExpression: "'no more than ' + string(self.n)" },
    ]),
    reckoned(
      'all together',
      1_000_000,
      Array.from({ length: 40 }, (_, index) => `self.n < ${index}`),
    ),
    reckoned('within the budget', 1_000, ['self.n < self.m', "self.s == 'abc'", 'self.ints.all(i, i > 0)']),
  ],
};
