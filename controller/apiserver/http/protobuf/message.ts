import { depthMax } from '../../../../api/depth.ts';
import {
  protobufMessage,
  type ProtobufField,
  type ProtobufMessage,
} from '../../../../api/schema/protobuf.ts';
import { valuesOfMessages } from './values.ts';
import { WireError, WireReader, wireTypes } from './wire.ts';

type Fields = Record<string, unknown>;

/** Twice `depthMax`: some of what is one level in JSON is two here, such as a schema, or a list of them. */
const messageDepthMax = 128;

/** A schema, or something else: one message in protobuf, and whichever it is in JSON. */
const schemas = 'apiextensions.v1.JSONSchemaProps';
const unions: Record<string, { fields: ProtobufMessage; choose: (fields: Fields) => unknown }> = {
  schemaOrBool: {
    fields: { 1: ['allows', 'bool'], 2: ['schema', schemas] },
    choose: ({ allows, schema }) => schema ?? allows ?? false,
  },
  schemaOrArray: {
    fields: { 1: ['schema', schemas], 2: ['schemas', schemas, 'list'] },
    choose: ({ schema, schemas: list }) => list ?? schema,
  },
  schemaOrTexts: {
    fields: { 1: ['schema', schemas], 2: ['texts', 'string', 'list'] },
    choose: ({ schema, texts }) => texts ?? schema,
  },
};

/**
 * A message as the JSON of the same object, as Go writes it: what is zero and may be left out is left out. Fields that nobody knows
 * are passed over.
 *
 * @throws WireError
 */
export function readMessage(bytes: Buffer, name: string, into: Fields = {}, depth = 1): Fields {
  return readFields(bytes, protobufMessage(name) ?? {}, name, into, depth);
}

function readFields(
  bytes: Buffer,
  fields: ProtobufMessage,
  name: string,
  into: Fields,
  depth: number,
): Fields {
  if (depth > messageDepthMax) throw new WireError(`the object is nested more than ${depthMax} levels deep`);
  const reader = new WireReader(bytes, name.split('.').at(-1)!);
  while (!reader.isAtEnd) {
    const { number, type } = reader.tag();
    const field = Object.hasOwn(fields, number) ? fields[number] : undefined;
    if (field) readField(reader, type, field, into, depth);
    else reader.skip(type);
  }
  return into;
}

function readField(reader: WireReader, wire: number, field: ProtobufField, into: Fields, depth: number) {
  const [name, type, how] = field;
  if (how === 'map') return readEntry(reader, wire, field, into, depth);
  if (how === 'list') {
    const list = (into[name] ??= []) as unknown[];
    const isPacked = wire === wireTypes.bytes && ['int32', 'int64', 'bool'].includes(type);
    if (!isPacked) return void list.push(readValue(reader, wire, field, undefined, depth) ?? null);
    const packed = new WireReader(reader.part(), name);
    while (!packed.isAtEnd) list.push(readValue(packed, wireTypes.varint, field, undefined, depth));
    return;
  }
  if (how === 'inline') {
    expect(wire, wireTypes.bytes, name || type.split('.').at(-1)!);
    return void readMessage(reader.part(), type, into, depth + 1);
  }
  const value = readValue(reader, wire, field, into[name], depth);
  const isNothing =
    value === undefined || (how !== 'kept' && (value === '' || value === 0 || value === false));
  if (isNothing) delete into[name];
  else into[name] = value;
}

/** One entry of a map is a message of a key and a value. */
function readEntry(
  reader: WireReader,
  wire: number,
  [name, type]: ProtobufField,
  into: Fields,
  depth: number,
) {
  expect(wire, wireTypes.bytes, name);
  const entry = new WireReader(reader.part(), name);
  let key = '';
  let value: unknown;
  while (!entry.isAtEnd) {
    const { number, type: kind } = entry.tag();
    if (number === 1) key = String(readValue(entry, kind, [name, 'string'], undefined, depth));
    else if (number === 2) value = readValue(entry, kind, [name, type], undefined, depth);
    else entry.skip(kind);
  }
  const map = (into[name] ??= {}) as Fields;
  // An assignment to `__proto__` would be none.
  const whole = { value: value ?? emptyOf(type), enumerable: true, writable: true, configurable: true };
  Object.defineProperty(map, key, whole);
}

/** The value of an entry that has none. */
function emptyOf(type: string): unknown {
  if (type === 'string' || type === 'bytes') return '';
  if (type === 'texts') return [];
  return protobufMessage(type) ? {} : null;
}

function readValue(
  reader: WireReader,
  wire: number,
  [name, type]: ProtobufField,
  before: unknown,
  depth: number,
): unknown {
  if (type === 'int32' || type === 'int64' || type === 'bool') {
    expect(wire, wireTypes.varint, name);
    const value = reader.varint();
    return type === 'bool' ? value !== 0 : type === 'int32' ? value | 0 : value;
  }
  if (type === 'double') {
    expect(wire, wireTypes.fixed64, name);
    const value = reader.double();
    if (!Number.isFinite(value)) throw new WireError(`json: unsupported value: ${goNumber(value)}`);
    return value;
  }
  expect(wire, wireTypes.bytes, name);
  const bytes = reader.part();
  if (type === 'string') return bytes.toString('utf8');
  if (type === 'bytes') return bytes.toString('base64');
  const valueOf = Object.hasOwn(valuesOfMessages, type) ? valuesOfMessages[type] : undefined;
  if (valueOf) return valueOf(bytes);
  const union = Object.hasOwn(unions, type) ? unions[type] : undefined;
  if (union) return union.choose(readFields(bytes, union.fields, type, {}, depth + 1));
  // Said twice, a message is one of both.
  return readMessage(bytes, type, (before ?? {}) as Fields, depth + 1);
}

const goNumber = (value: number) => (Number.isNaN(value) ? 'NaN' : value > 0 ? '+Inf' : '-Inf');

function expect(wire: number, expected: number, field: string) {
  if (wire !== expected)
    throw new WireError(
      `proto: wrong wireType = ${wire} for field ${field.slice(0, 1).toUpperCase()}${field.slice(1)}`,
    );
}
