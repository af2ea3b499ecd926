/** How a value is written: a scalar, text of YAML for a value of any sort, or a message of the table. */
type Form = 'text' | 'boolean' | 'integer' | 'double' | 'any' | (string & {});

/**
 * Where a field stands: its number, its form, and whether it is many: a `list` of them, or each of the other keys `named` by
 * a message of name and value.
 */
export type GnosticField = readonly [number: number, form: Form, how?: 'list' | 'named'];

/** A message: its fields by their keys in JSON, `x-` for extensions, `*` for all other keys. Or, of several, the one that fits the value. */
export type GnosticMessage = Readonly<Record<string, GnosticField>> | ((value: unknown) => GnosticField);
export type GnosticMessages = Readonly<Record<string, GnosticMessage>>;

/**
 * An OpenAPI document, given as JSON, in the protobuf of gnostic, which is a message for each part of a document. What no field is
 * given for is left out.
 * Source: github.com/google/gnostic-models/openapiv2/OpenAPIv2.proto, openapiv3/OpenAPIv3.proto
 */
export function gnosticBytes(document: object, messages: GnosticMessages): Buffer {
  return Buffer.concat(message(document, 'Document', messages));
}

function message(value: unknown, name: string, messages: GnosticMessages): Buffer[] {
  const known = messages[name];
  if (!known) throw new Error(`no message is called ${name}`);
  if (typeof known === 'function') return field(known(value), value, messages);
  return Object.entries(value as object).flatMap(([key, inner]) => {
    const own = Object.hasOwn(known, key) ? known[key] : undefined;
    const found = own ?? (key.startsWith('x-') ? known['x-'] : undefined) ?? known['*'];
    if (!found || inner === undefined) return [];
    return found[2] === 'named' ? named(found, key, inner, messages) : field(found, inner, messages);
  });
}

function named(
  [number, form]: GnosticField,
  key: string,
  value: unknown,
  messages: GnosticMessages,
): Buffer[] {
  return bytes(number, [...field([1, 'text'], key, messages), ...field([2, form], value, messages)]);
}

function field([number, form, how]: GnosticField, value: unknown, messages: GnosticMessages): Buffer[] {
  if (how === 'list')
    return (Array.isArray(value) ? value : [value]).flatMap((each) => field([number, form], each, messages));
  switch (form) {
    case 'text':
      return bytes(number, [Buffer.from(String(value))]);
    case 'boolean':
      return [varint(number * 8), varint(value ? 1 : 0)];
    case 'integer':
      return [varint(number * 8), varint(Number(value))];
    case 'double': {
      const eight = Buffer.alloc(8);
      eight.writeDoubleLE(Number(value));
      return [varint(number * 8 + 1), eight];
    }
    case 'any':
      // JSON is YAML.
      return bytes(number, field([2, 'text'], `${JSON.stringify(value)}\n`, messages));
    default:
      return bytes(number, message(value, form, messages));
  }
}

function bytes(number: number, parts: Buffer[]): Buffer[] {
  const length = parts.reduce((sum, part) => sum + part.length, 0);
  return [varint(number * 8 + 2), varint(length), ...parts];
}

function varint(value: number): Buffer {
  const found: number[] = [];
  let rest = BigInt.asUintN(64, BigInt(Math.trunc(value)));
  for (; rest > 0x7fn; rest >>= 7n) found.push(Number(rest & 0x7fn) | 0x80);
  found.push(Number(rest));
  return Buffer.from(found);
}
