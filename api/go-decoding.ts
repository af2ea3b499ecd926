import { isPlainObject } from './plain-objects.ts';
import { quantityProblem } from './quantity.ts';
import { fieldSchema } from './schema/load.ts';
import type { FieldSchema } from './schema/schema.ts';

/** Where Go's decoder is: in which struct, and by which fields it came there. Indexes and keys of maps it does not tell. */
interface Place {
  struct: string;
  path: string;
}

const int32Max = 2 ** 31;

/**
 * What Go's JSON decoder says of the first value that has another type than its field, which is how Kubernetes words it; undefined where
 * all fit.
 *
 *     goTypeError('Deployment', { spec: { replicas: 'x' } })
 *     // json: cannot unmarshal string into Go struct field DeploymentSpec.spec.replicas of type int32
 */
export function goTypeError(type: string, value: unknown): string | undefined {
  return inStruct(type, value, '');
}

function inStruct(type: string, object: unknown, path: string): string | undefined {
  if (!isPlainObject(object)) return undefined;
  for (const [name, value] of Object.entries(object)) {
    const schema = fieldSchema(type, name);
    const place = { struct: type, path: path ? `${path}.${name}` : name };
    const error = schema && value !== null ? inField(schema, value, place) : undefined;
    if (error) return error;
  }
  return undefined;
}

function inField(schema: FieldSchema, value: unknown, place: Place): string | undefined {
  const refused = (shown = kindOf(value)) =>
    `json: cannot unmarshal ${shown} into Go struct field ${place.struct}.${place.path} of type ${goType(schema)}`;
  switch (schema.type) {
    case 'any':
      return undefined;
    case 'string':
      return typeof value === 'string' ? undefined : refused();
    case 'boolean':
      return typeof value === 'boolean' ? undefined : refused();
    case 'number':
      return typeof value === 'number' ? undefined : refused();
    case 'integer': {
      if (typeof value !== 'number') return refused();
      const isTooLarge = schema.format === 'int32' && (value < -int32Max || value >= int32Max);
      return Number.isInteger(value) && !isTooLarge ? undefined : refused(`number ${value}`);
    }
    case 'intOrString':
      if (typeof value === 'string' || Number.isInteger(value)) return undefined;
      return `json: cannot unmarshal ${kindOf(value)} into Go value of type int32`;
    case 'quantity':
      return quantityProblem(value) === undefined
        ? undefined
        : "quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'";
    case 'time':
    case 'microTime':
      return inTime(schema.type, value);
    case 'bytes':
      return typeof value === 'string' ? inBase64(value) : refused();
    case 'array':
      if (!Array.isArray(value)) return refused();
      return firstOf(value, (item) => inField(schema.items, item, place));
    case 'map':
      if (!isPlainObject(value)) return refused();
      return firstOf(Object.values(value), (item) => inField(schema.values, item, place));
    case 'object':
      return isPlainObject(value) ? inStruct(schema.of, value, place.path) : refused();
  }
}

function inTime(type: 'time' | 'microTime', value: unknown): string | undefined {
  if (typeof value !== 'string')
    return `json: cannot unmarshal ${kindOf(value)} into Go value of type string`;
  if (!Number.isNaN(Date.parse(value))) return undefined;
  const layout = type === 'time' ? '2006-01-02T15:04:05Z07:00' : '2006-01-02T15:04:05.000000Z07:00';
  return `parsing time ${JSON.stringify(value)} as "${layout}": cannot parse ${JSON.stringify(value)} as "2006"`;
}

function firstOf(
  items: readonly unknown[],
  check: (item: unknown) => string | undefined,
): string | undefined {
  for (const item of items) {
    const error = item === null ? undefined : check(item);
    if (error) return error;
  }
  return undefined;
}

function kindOf(value: unknown): string {
  if (Array.isArray(value)) return 'array';
  return typeof value === 'boolean' ? 'bool' : typeof value;
}

/** As Go names a type: `[]v1.Container`, `map[string]string`. */
function goType(schema: FieldSchema): string {
  switch (schema.type) {
    case 'array':
      return `[]${goType(schema.items)}`;
    case 'map':
      return `map[string]${goType(schema.values)}`;
    case 'object':
      return `v1.${schema.of}`;
    case 'integer':
      return schema.format ?? 'int64';
    case 'boolean':
      return 'bool';
    case 'number':
      return 'float64';
    case 'bytes':
      return '[]uint8';
    case 'quantity':
      return 'resource.Quantity';
    case 'intOrString':
      return 'intstr.IntOrString';
    case 'time':
    case 'microTime':
      return schema.type === 'time' ? 'v1.Time' : 'v1.MicroTime';
    default:
      return 'string';
  }
}

/** Where Go's decoder stops: at the first letter that is none of base64, or at the end of what is too short. */
function inBase64(text: string): string | undefined {
  const letters = text.replace(/[\r\n]/g, '');
  const [good = ''] = /^[A-Za-z0-9+/]*/.exec(letters) ?? [];
  const padding = (4 - (good.length % 4)) % 4;
  const isWhole = padding < 3 && letters === good + '='.repeat(padding);
  return isWhole ? undefined : `illegal base64 data at input byte ${good.length}`;
}
