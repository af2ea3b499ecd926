import {
  protobufMessage,
  type ProtobufField,
  type ProtobufMessage,
} from '../../../../api/schema/protobuf.ts';
import { writersOfValues } from './write-values.ts';
import { wireTypes } from './wire.ts';
import type { WireWriter } from './wire-writer.ts';

type Fields = Readonly<Record<string, unknown>>;

const schemas = 'apiextensions.v1.JSONSchemaProps';
/** What is one message in protobuf, and in JSON whichever it is: as the fields of that message. */
const unions: Record<string, { fields: ProtobufMessage; split: (value: unknown) => Fields }> = {
  schemaOrBool: {
    fields: { 1: ['allows', 'bool', 'kept'], 2: ['schema', schemas] },
    split: (value) => (typeof value === 'boolean' ? { allows: value } : { allows: true, schema: value }),
  },
  schemaOrArray: {
    fields: { 1: ['schema', schemas], 2: ['schemas', schemas, 'list'] },
    split: (value) => (Array.isArray(value) ? { schemas: value } : { schema: value }),
  },
  schemaOrTexts: {
    fields: { 1: ['schema', schemas], 2: ['texts', 'string', 'list'] },
    split: (value) => (Array.isArray(value) ? { texts: value } : { schema: value }),
  },
};

/** The fields of a message, from the last to the first, as they are written. */
const orders = new WeakMap<ProtobufMessage, (readonly [number: number, field: ProtobufField])[]>();

function ordered(message: ProtobufMessage): (readonly [number, ProtobufField])[] {
  const known = orders.get(message);
  if (known) return known;
  const order = Object.entries(message)
    .map(([number, field]) => [Number(number), field] as const)
    .sort(([a], [b]) => b - a);
  orders.set(message, order);
  return order;
}

/** An object as the message of that name: what its JSON says. What it leaves out is zero or nothing there too. */
export function writeMessage(writer: WireWriter, name: string, object: Fields): void {
  writeFields(writer, protobufMessage(name) ?? {}, object);
}

function writeFields(writer: WireWriter, message: ProtobufMessage, object: Fields): void {
  for (const [number, field] of ordered(message)) {
    const [name, type, how] = field;
    if (how === 'inline') {
      const end = writer.length;
      writeMessage(writer, type, object);
      if (writer.length === end) continue;
      writer.varint(writer.length - end);
      writer.tag(number, wireTypes.bytes);
      continue;
    }
    const value = object[name];
    if (value === undefined || value === null) continue;
    if (how === 'list') {
      for (const item of (value as unknown[]).toReversed()) writeValue(writer, number, type, item);
    } else if (how === 'map') {
      for (const [key, item] of Object.entries(value as Fields).toReversed())
        writer.part(number, () => {
          writeValue(writer, 2, type, item);
          writeValue(writer, 1, 'string', key);
        });
    } else writeValue(writer, number, type, value);
  }
}

function writeValue(writer: WireWriter, number: number, type: string, value: unknown): void {
  switch (type) {
    case 'string':
      return writer.part(number, () => writer.text(value as string));
    case 'bytes':
      return writer.part(number, () => writer.raw(Buffer.from(value as string, 'base64')));
    case 'double':
      writer.double(value as number);
      return writer.tag(number, wireTypes.fixed64);
    case 'int32':
    case 'int64':
    case 'bool':
      writer.varint(Number(value));
      return writer.tag(number, wireTypes.varint);
    default:
      return writer.part(number, () => writePart(writer, type, value));
  }
}

function writePart(writer: WireWriter, type: string, value: unknown): void {
  const write = writersOfValues[type];
  if (write) return write(writer, value);
  const union = unions[type];
  if (union) return writeFields(writer, union.fields, union.split(value));
  writeMessage(writer, type, (value ?? {}) as Fields);
}
