import fc from 'fast-check';
import { validateValue } from '../../../api/structural/validate.ts';
import type { Schema } from '../../../api/structural/schema.ts';

const names = fc.constantFrom('a', 'b', 'c', 'spec', 'name', '__proto__', 'constructor', 'x.y');
const small = fc.integer({ min: 0, max: 4 });
/** A default that does not fit is refused with its definition; of these are enough others. */
const sound = (schema: Schema): Schema => {
  const { default: value, ...rest } = schema;
  return value !== undefined && validateValue(value, rest).length > 0 ? rest : schema;
};

const string = (more: fc.Arbitrary<Schema>) => more.map((each) => ({ ...each, type: 'string' }));
const scalars = fc
  .oneof(
    string(fc.record({ maxLength: small, default: fc.constantFrom('a', 'ab') }, { requiredKeys: [] })),
    string(fc.record({ minLength: small, nullable: fc.boolean() }, { requiredKeys: [] })),
    string(fc.record({ pattern: fc.constantFrom('^a', '(a+)+$', '[0-9]*', 'x|1', '^\\p{L}+$') })),
    string(fc.record({ format: fc.constantFrom('date-time', 'ipv4', 'uri', 'int32', 'duration', 'email') })),
    string(fc.record({ enum: fc.constantFrom(['a'], ['a', 'ab']), default: fc.constantFrom('a', 'x') })),
    fc.record<Schema>(
      {
        type: fc.constantFrom('integer', 'number'),
        minimum: fc.integer({ min: -3, max: 3 }),
        maximum: fc.integer({ min: 3, max: 9 }),
        exclusiveMinimum: fc.boolean(),
        multipleOf: fc.constantFrom(1, 2, 0.5),
        nullable: fc.boolean(),
        default: fc.integer({ min: -3, max: 9 }),
      },
      { requiredKeys: ['type'] },
    ),
    fc.constant<Schema>({ type: 'boolean' }),
    fc.constant<Schema>({ 'x-kubernetes-int-or-string': true }),
    fc.constant<Schema>({ 'x-kubernetes-preserve-unknown-fields': true }),
  )
  .map(sound);

const properties = (inner: fc.Arbitrary<Schema>) =>
  fc.array(fc.tuple(names, inner), { maxLength: 4 }).map((pairs) => Object.fromEntries(pairs));

const rarely = <T>(value: fc.Arbitrary<T>) =>
  fc.oneof({ weight: 9, arbitrary: fc.constant(undefined) }, { weight: 1, arbitrary: value });

/** Schemas such as definitions have them; most are structural. */
export const schemas: fc.Arbitrary<Schema> = fc.letrec<{ schema: Schema; object: Schema }>((tie) => ({
  schema: fc.oneof(
    { maxDepth: 4, depthSize: 'small' },
    scalars,
    tie('object'),
    fc
      .tuple(tie('schema'), fc.constantFrom(undefined, 'set', 'atomic'), small)
      .map(([items, type, maxItems]) => ({
        type: 'array',
        items,
        maxItems: maxItems + 2,
        ...(type && items.type !== 'object' && items.type !== 'array' && { 'x-kubernetes-list-type': type }),
      })),
    fc.tuple(tie('schema'), small).map(([values, maxProperties]) => ({
      type: 'object',
      additionalProperties: values,
      maxProperties: maxProperties + 2,
    })),
    fc.tuple(tie('object')).map(([items]) => ({
      type: 'array',
      'x-kubernetes-list-type': 'map',
      'x-kubernetes-list-map-keys': ['name'],
      items: {
        ...items,
        type: 'object',
        properties: { ...items.properties, name: { type: 'string' } },
        required: ['name'],
      },
    })),
  ),
  object: fc
    .tuple(
      properties(tie('schema')),
      fc.boolean(),
      fc.option(fc.constantFrom('anyOf' as const, 'oneOf' as const, 'allOf' as const), {
        nil: undefined,
        freq: 1,
      }),
      rarely(fc.constantFrom('self == self', 'self != null', '!has(self.b) || self.b == self.b')),
    )
    .map(([all, keeps, junctor, rule]) => ({
      type: 'object',
      properties: all,
      ...(keeps && { 'x-kubernetes-preserve-unknown-fields': true }),
      ...(junctor && { [junctor]: [{ required: ['a'] }, { minProperties: 1 }] }),
      ...(rule && { 'x-kubernetes-validations': [{ rule }] }),
    })),
})).object;

/** Values that fit a schema more often than not. */
export function valuesFor(schema: Schema, depth = 0): fc.Arbitrary<unknown> {
  const any = fc.jsonValue({ maxDepth: 2 });
  const fitting = depth > 5 ? any : fittingValues(schema, depth);
  return fc.oneof({ weight: 40, arbitrary: fitting }, { weight: 1, arbitrary: any });
}

const numbers = [-4, -1, 0, 1, 2, 3, 4, 6, 10];
const texts = [
  'a',
  'ab',
  '',
  '12',
  `${'a'.repeat(40)}!`,
  '10.0.0.1',
  '1h',
  '/a',
  'a@b.c',
  '2026-11-20T12:00:00Z',
];

const oneOf = <T>(right: readonly T[], any: readonly T[]): fc.Arbitrary<T> =>
  fc.constantFrom(...(right.length > 0 ? right : any));

function fittingValues(schema: Schema, depth: number): fc.Arbitrary<unknown> {
  if (schema.enum) return fc.constantFrom(...schema.enum);
  const fits = (each: unknown) => validateValue(each, schema).length === 0;
  switch (schema.type) {
    case 'string':
      return oneOf(texts.filter(fits), texts);
    case 'integer':
      return oneOf(numbers.filter(fits), numbers);
    case 'number':
      return oneOf([...numbers, 0.5, 1.5].filter(fits), numbers);
    case 'boolean':
      return fc.boolean();
    case 'array':
      return fc.array(valuesFor(schema.items as Schema, depth + 1), {
        maxLength: schema['x-kubernetes-list-type'] ? 1 : 2,
      });
    case 'object': {
      if (schema.additionalProperties) {
        const values = valuesFor(schema.additionalProperties as Schema, depth + 1);
        return fc.dictionary(names, values, { maxKeys: 2 });
      }
      const required = new Set(schema.required);
      const fields = Object.entries(schema.properties ?? {}).map(
        ([name, each]): [string, fc.Arbitrary<unknown>] => [
          name,
          required.has(name)
            ? valuesFor(each, depth + 1)
            : fc.option(valuesFor(each, depth + 1), { nil: undefined, freq: 2 }),
        ],
      );
      return fc.tuple(...fields.map(([, each]) => each)).map((values) => {
        const entries = fields.map(([name], index) => [name, values[index]] as const);
        return Object.fromEntries(entries.filter(([, value]) => value !== undefined));
      });
    }
    default:
      return fc.oneof(fc.integer(), fc.string({ maxLength: 3 }));
  }
}
