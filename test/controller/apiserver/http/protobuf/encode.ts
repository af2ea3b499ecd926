import {
  protobufMessage,
  type ProtobufField,
  type ProtobufMessage,
} from '../../../../../api/schema/protobuf.ts';

type Fields = Record<string, unknown>;

function varint(value: number): Buffer {
  let left = BigInt.asUintN(64, BigInt(value));
  const bytes: number[] = [];
  for (; left >= 0x80n; left >>= 7n) bytes.push(Number(left & 0x7fn) | 0x80);
  return Buffer.from([...bytes, Number(left)]);
}

export function field(number: number, part: string | Buffer): Buffer {
  const bytes = Buffer.from(part);
  return Buffer.concat([varint(number * 8 + 2), varint(bytes.length), bytes]);
}

const numberField = (number: number, value: number) => Buffer.concat([varint(number * 8), varint(value)]);

function time(text: string): Buffer {
  const milliseconds = Date.parse(text);
  const micros = Number(/\.(\d{6})Z$/.exec(text)?.[1] ?? 0);
  return Buffer.concat([numberField(1, Math.floor(milliseconds / 1000)), numberField(2, micros * 1000)]);
}

const schemas = 'apiextensions.v1.JSONSchemaProps';

/** What stands for a value that is no number. */
function content(type: string, value: unknown): Buffer {
  if (type === 'string') return Buffer.from(value as string);
  if (type === 'bytes') return Buffer.from(value as string, 'base64');
  if (type === 'time' || type === 'microTime') return time(value as string);
  if (type === 'quantity') return field(1, String(value));
  if (type === 'json') return field(1, JSON.stringify(value));
  if (type === 'texts') return Buffer.concat((value as string[]).map((each) => field(1, each)));
  if (type === 'intOrString')
    return typeof value === 'number'
      ? Buffer.concat([numberField(1, 0), numberField(2, value)])
      : Buffer.concat([numberField(1, 1), field(3, value as string)]);
  if (type === 'schemaOrBool')
    return typeof value === 'boolean'
      ? numberField(1, Number(value))
      : Buffer.concat([numberField(1, 1), field(2, message(schemas, value as Fields))]);
  if (type === 'schemaOrArray')
    return Array.isArray(value)
      ? Buffer.concat(value.map((each) => field(2, message(schemas, each as Fields))))
      : field(1, message(schemas, value as Fields));
  if (type === 'schemaOrTexts')
    return Array.isArray(value)
      ? Buffer.concat(value.map((each) => field(2, each as string)))
      : field(1, message(schemas, value as Fields));
  return message(type, value as Fields);
}

function one(number: number, type: string, value: unknown): Buffer {
  if (type === 'int32' || type === 'int64' || type === 'bool') return numberField(number, Number(value));
  if (type !== 'double') return field(number, content(type, value));
  const bytes = Buffer.alloc(8);
  bytes.writeDoubleLE(value as number);
  return Buffer.concat([varint(number * 8 + 1), bytes]);
}

function whole(number: number, [name, type, how]: ProtobufField, object: Fields): Buffer {
  if (how === 'inline') return field(number, message(type, object));
  const value = object[name];
  if (value === undefined) return Buffer.alloc(0);
  if (how === 'list') return Buffer.concat((value as unknown[]).map((each) => one(number, type, each)));
  if (how !== 'map') return one(number, type, value);
  return Buffer.concat(
    Object.entries(value as Fields).map(([key, each]) =>
      field(number, Buffer.concat([field(1, key), one(2, type, each)])),
    ),
  );
}

/** An object in protobuf, as Go writes it, but for the zeros that Go writes too. */
export function message(name: string, object: Fields): Buffer {
  const fields: ProtobufMessage = protobufMessage(name)!;
  return Buffer.concat(Object.entries(fields).map(([number, each]) => whole(Number(number), each, object)));
}

/** The body of a request that carries `raw` as an object of that type. */
export function envelope(apiVersion: string, kind: string, raw: Buffer): Buffer {
  const type = Buffer.concat([field(1, apiVersion), field(2, kind)]);
  return Buffer.concat([Buffer.from('k8s\0'), field(1, type), field(2, raw), field(3, ''), field(4, '')]);
}
