import { get, patch, post, put, remove, type Step, type Topic } from './step.ts';

const definitionsAt = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions';
const group = 'rules.example.org';
const at = `/apis/${group}/v1/namespaces/custom-rules/gates`;
const text = { type: 'string', maxLength: 20 };
const gates = (properties: object, rules: object[] = []) => ({
  apiVersion: 'apiextensions.k8s.io/v1',
  kind: 'CustomResourceDefinition',
  metadata: { name: `gates.${group}` },
  spec: {
    group,
    scope: 'Namespaced',
    names: { plural: 'gates', kind: 'Gate' },
    versions: [
      {
        name: 'v1',
        served: true,
        storage: true,
        schema: {
          openAPIV3Schema: {
            type: 'object',
            properties: {
              spec: {
                type: 'object',
                properties,
                ...(rules.length > 0 && { 'x-kubernetes-validations': rules }),
              },
            },
          },
        },
      },
    ],
  },
});
const properties = {
  fixed: { ...text, 'x-kubernetes-validations': [{ rule: 'self == oldSelf', message: 'it is fixed' }] },
  grows: {
    type: 'integer',
    'x-kubernetes-validations': [
      {
        rule: 'self >= oldSelf',
        messageExpression: "oldSelf > 5 ? 'from much to less' : 'from some to less'",
      },
    ],
  },
  once: {
    ...text,
    'x-kubernetes-validations': [
      {
        rule: "oldSelf.hasValue() ? self == oldSelf.value() : self != 'never'",
        optionalOldSelf: true,
        message: 'set once, and not to never',
      },
    ],
  },
  pair: {
    type: 'object',
    properties: { least: { type: 'integer' }, most: { type: 'integer' } },
    'x-kubernetes-validations': [
      { rule: 'self.least <= self.most', fieldPath: '.least', reason: 'FieldValueInvalid' },
      { rule: 'self.least > 0', fieldPath: '.least', reason: 'FieldValueRequired', message: 'some' },
      { rule: 'self.most != 13', reason: 'FieldValueForbidden', message: 'not that' },
      { rule: 'self.most != 14', reason: 'FieldValueDuplicate', message: 'there already' },
    ],
  },
  list: {
    type: 'array',
    maxItems: 5,
    'x-kubernetes-list-type': 'map',
    'x-kubernetes-list-map-keys': ['name'],
    items: {
      type: 'object',
      required: ['name'],
      properties: {
        name: text,
        value: {
          type: 'integer',
          'x-kubernetes-validations': [{ rule: 'self >= oldSelf', message: 'each grows' }],
        },
      },
    },
  },
  odd: {
    type: 'integer',
    'x-kubernetes-validations': [
      { rule: 'self < 10', messageExpression: "self > 100 ? '' : 'too much'" },
      { rule: 'self != 7', messageExpression: "1 / (self - 7) > 0 ? 'a' : 'b'", message: 'no seven' },
    ],
  },
};
const gate = (name: string, spec: object) => ({
  apiVersion: `${group}/v1`,
  kind: 'Gate',
  metadata: { name },
  spec,
});
const whole = {
  fixed: 'a',
  grows: 1,
  once: 'x',
  pair: { least: 1, most: 2 },
  list: [{ name: 'a', value: 5 }],
};
const changed = (name: string, spec: object): Step => patch(name, `${at}/whole`, 'merge', { spec });
const made = (name: string, spec: object): Step => post(name, at, gate('made', spec));
const defined = (name: string, rules: object[], more: object = {}): Step =>
  post(name, definitionsAt, {
    ...gates({ ...properties, ...more }, rules),
    metadata: { name: `gates.${group}` },
  });
const rule = (more: object) => [{ rule: 'true', ...more }];

/** What rules in CEL say of changes, in which words, and of which field. */
export const customRules: Topic = {
  name: 'custom-rules',
  steps: [
    defined('a message expression of a number', rule({ messageExpression: '1' })),
    defined('a message expression that does not compile', rule({ messageExpression: 'self.none' })),
    defined('a reason that is none', rule({ reason: 'Mood' })),
    defined('a field path that is none', rule({ fieldPath: '.none' })),
    defined('a field path in a list', rule({ fieldPath: '.list[0]' })),
    defined('a field path without a dot', rule({ fieldPath: 'grows' })),
    defined('an empty field path', rule({ fieldPath: '' })),
    defined('a message of two lines', rule({ message: 'a\nb' })),
    defined('an empty message', rule({ message: ' ' })),
    defined('an empty rule', [{ rule: '' }]),
    defined('an optional old self that is not asked for', rule({ optionalOldSelf: true })),
    defined('an old self where nothing can be told apart', [], {
      loose: {
        type: 'array',
        maxItems: 3,
        items: { type: 'string', maxLength: 3, 'x-kubernetes-validations': [{ rule: 'self == oldSelf' }] },
      },
    }),
    post('define them', definitionsAt, gates(properties)),
    get('wait for them', `/apis/${group}/v1`, { keep: 'groupVersion' }),
    post('one that keeps to all', at, gate('whole', whole)),
    made('set to what is refused at first', { once: 'never' }),
    made('least above most', { pair: { least: 3, most: 2 } }),
    made('several at once', { pair: { least: 0, most: 13 } }),
    made('twice the same', { pair: { least: 1, most: 14 } }),
    made('a message that is made', { odd: 50 }),
    made('a message that comes out empty', { odd: 500 }),
    made('a message that fails', { odd: 7 }),
    changed('what is fixed', { fixed: 'b' }),
    changed('what is fixed, taken away', { fixed: null }),
    changed('what was taken away, anew', { fixed: 'c' }),
    changed('what grows, smaller', { grows: 0 }),
    changed('what grows, larger', { grows: 9 }),
    changed('what is set once', { once: 'y' }),
    changed('one of a list, smaller', { list: [{ name: 'a', value: 4 }] }),
    changed('one of a list beside a new one', {
      list: [
        { name: 'b', value: 1 },
        { name: 'a', value: 5 },
      ],
    }),
    put('replaced by what is wrong', `${at}/whole`, gate('whole', { ...whole, grows: 2 })),
    patch('applied with what is wrong', `${at}/whole?fieldManager=ann&force=true`, 'apply', {
      ...gate('whole', { grows: 3 }),
    }),
    remove('away with them', `${definitionsAt}/gates.${group}`, undefined, { keep: 'kind' }),
  ],
};
