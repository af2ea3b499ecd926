import fc from 'fast-check';
import { typeSchema } from '../../../api/schema/load.ts';
import type { FieldSchema } from '../../../api/schema/schema.ts';
import { setOwn } from '../../../api/plain-objects.ts';
import { hostileValues, oddNames } from './hostile.ts';
import { samples, type Fields, type KubeObject, type Sample } from './samples.ts';

/** A place in an object where its schema has a field, be it there or not. */
interface Spot {
  path: (string | number)[];
  schema: FieldSchema;
}

/** Every place of an object: what is there, and what could be. */
export function spotsOf(type: string, object: unknown, path: (string | number)[] = []): Spot[] {
  if (typeof object !== 'object' || object === null || Array.isArray(object)) return [];
  return Object.entries(typeSchema(type).fields).flatMap(([name, schema]) => {
    const here = [...path, name];
    const value = Object.hasOwn(object, name) ? (object as Fields)[name] : undefined;
    return [{ path: here, schema }, ...spotsWithin(schema, value, here)];
  });
}

function spotsWithin(schema: FieldSchema, value: unknown, path: (string | number)[]): Spot[] {
  if (value === undefined || value === null) return [];
  if (schema.type === 'object') return spotsOf(schema.of, value, path);
  const inner = schema.type === 'array' ? schema.items : schema.type === 'map' ? schema.values : undefined;
  if (!inner || typeof value !== 'object') return [];
  return Object.entries(value).flatMap(([key, each]) => {
    const here = [...path, Array.isArray(value) ? Number(key) : key];
    return [{ path: here, schema: inner }, ...spotsWithin(inner, each, here)];
  });
}

/** A value such as its schema names; whether it makes sense there is for validation to say. */
export function valueOf(schema: FieldSchema, depth = 2): fc.Arbitrary<unknown> {
  switch (schema.type) {
    case 'array':
      return fc.array(valueOf(schema.items, depth), { maxLength: 2 });
    case 'map':
      return fc.dictionary(
        fc.oneof(fc.constantFrom('a', 'b', 'example.com/c'), oddNames),
        valueOf(schema.values, depth),
        {
          maxKeys: 2,
          noNullPrototype: true,
        },
      );
    case 'object':
      return typedObject(schema.of, depth - 1);
    case 'integer':
    case 'number':
      return fc.constantFrom(0, 1, 2, 5, 80, 100, 65_535);
    case 'boolean':
      return fc.boolean();
    case 'quantity':
      return fc.constantFrom('1', '0.5', '1500m', '1Gi', '0', '1e3');
    case 'intOrString':
      return fc.constantFrom(1, '25%', 80, 'http');
    case 'time':
      return fc.constant('2026-11-20T12:00:00Z');
    case 'microTime':
      return fc.constant('2026-11-20T12:00:00.000001Z');
    case 'bytes':
      return fc.constantFrom('YQ==', '');
    case 'any':
      return fc.constantFrom<unknown>({}, { a: [1, { ['__proto__']: 1 }] });
    default:
      return fc.constantFrom('a', 'image:tag', 'Always', '10.0.0.1', 'web', 'Never', '/tmp', '', 'TCP', 'v1');
  }
}

function typedObject(type: string, depth: number): fc.Arbitrary<object> {
  const fields = Object.entries(typeSchema(type).fields).filter(([, schema]) => schema.required || depth > 0);
  return fc
    .subarray(fields, { maxLength: Math.min(3, fields.length) })
    .chain((chosen) =>
      fc.record(
        Object.fromEntries(
          [...fields.filter(([, { required }]) => required), ...chosen].map(([name, schema]) => [
            name,
            valueOf(schema, depth),
          ]),
        ),
        { noNullPrototype: true },
      ),
    );
}

/** A copy with one place changed; `undefined` takes it away. */
export function changed<T extends object>(object: T, path: readonly (string | number)[], value: unknown): T {
  const copy = structuredClone(object);
  let at = copy as Fields;
  for (const step of path.slice(0, -1)) at = at[step] as Fields;
  const last = String(path.at(-1)!);
  if (value === undefined && Array.isArray(at)) at.splice(Number(last), 1);
  else if (value === undefined) delete at[last];
  else setOwn(at, last, value);
  return copy;
}

/** Words of its own on a sample: such as every object may have. */
const harmless = (sample: Sample): fc.Arbitrary<Sample> =>
  fc
    .record({
      labels: fc.dictionary(
        fc.constantFrom('a', 'constructor', 'toString', 'example.com/length'),
        fc.constantFrom('', 'x', 'valueOf'),
        {
          maxKeys: 3,
          noNullPrototype: true,
        },
      ),
      annotations: fc.dictionary(
        fc.constantFrom('a', 'constructor', 'then', 'example.com/toJSON'),
        fc.string({ maxLength: 20, unit: 'grapheme' }),
        {
          maxKeys: 3,
          noNullPrototype: true,
        },
      ),
    })
    .map(({ labels, annotations }) => {
      const { metadata = {} } = sample.object;
      return {
        ...sample,
        object: {
          ...sample.object,
          metadata: {
            ...metadata,
            labels: { ...(metadata['labels'] as Fields | undefined), ...labels },
            annotations: { ...(metadata['annotations'] as Fields | undefined), ...annotations },
          },
          ...(sample.kind.type === 'ConfigMap' &&
          !('data' in sample.object && sample.object['data'] === undefined)
            ? {
                data: {
                  ...(sample.object['data'] as Fields | undefined),
                  ['__proto__']: 'data',
                  constructor: 'x',
                },
              }
            : {}),
        } as KubeObject,
      };
    });

/** One field changed: to what its schema allows, or to anything. */
const mutated = (sample: Sample, isTyped: boolean): fc.Arbitrary<Sample> => {
  const spots = spotsOf(sample.kind.type!, sample.object).filter(
    ({ path }) => path.join('.') !== 'metadata.name',
  );
  const there = spots.filter(
    ({ path: [first], path }) =>
      !(isTyped && (first === 'apiVersion' || first === 'kind')) && (path.length < 2 || first !== 'status'),
  );
  return fc.constantFrom(...there).chain(({ path, schema }) =>
    (isTyped ? fc.option(valueOf(schema), { nil: undefined, freq: 6 }) : hostileValues).map((value) => ({
      ...sample,
      object: changed(sample.object, path, value),
    })),
  );
};

const sampleOfAny = fc
  .constantFrom(...new Set(samples.map(({ kind }) => kind)))
  .chain((kind) => fc.constantFrom(...samples.filter((each) => each.kind === kind)));

/** Objects of every served kind: in order, and with one change that may or may not be. */
export const objectCases: fc.Arbitrary<Sample> = sampleOfAny.chain((sample) =>
  fc.oneof(
    { weight: 4, arbitrary: harmless(sample) },
    { weight: 4, arbitrary: mutated(sample, true) },
    { weight: 2, arbitrary: mutated(sample, false) },
  ),
);

/** The same, of the schema's types alone: what protobuf can carry. */
export const typedCases: fc.Arbitrary<Sample> = sampleOfAny.chain((sample) =>
  fc.oneof({ weight: 1, arbitrary: harmless(sample) }, { weight: 1, arbitrary: mutated(sample, true) }),
);
