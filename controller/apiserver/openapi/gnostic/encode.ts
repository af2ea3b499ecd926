import { BackwardWriter } from './backward-writer.ts';

/** How a value is written: a scalar, text of YAML for a value of any sort, or a message of the table by its name. */
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
  const writer = new BackwardWriter();
  writeMessage(document, 'Document', messages, writer);
  return writer.bytes();
}

/** All is written from its end, so that what has its length before it is written first. */
function writeMessage(value: unknown, name: string, messages: GnosticMessages, writer: BackwardWriter): void {
  const known = messages[name];
  if (!known) throw new Error(`no message is called ${name}`);
  if (typeof known === 'function') return writeField(known(value), value, messages, writer);
  for (const [key, inner] of Object.entries(value as object).toReversed()) {
    const own = Object.hasOwn(known, key) ? known[key] : undefined;
    const found = own ?? (key.startsWith('x-') ? known['x-'] : undefined) ?? known['*'];
    if (!found || inner === undefined) continue;
    if (found[2] !== 'named') writeField(found, inner, messages, writer);
    else
      writer.part(found[0], () => {
        writeField([2, found[1]], inner, messages, writer);
        writer.text(1, key);
      });
  }
}

function writeField(
  [number, form, how]: GnosticField,
  value: unknown,
  messages: GnosticMessages,
  writer: BackwardWriter,
): void {
  if (how === 'list') {
    const all = Array.isArray(value) ? value.toReversed() : [value];
    for (const each of all) writeField([number, form], each, messages, writer);
    return;
  }
  switch (form) {
    case 'text':
      return writer.text(number, String(value));
    case 'boolean':
      return writer.integer(number, value ? 1 : 0);
    case 'integer':
      return writer.integer(number, Number(value));
    case 'double':
      return writer.double(number, Number(value));
    case 'any':
      // JSON is YAML.
      return writer.part(number, () => writer.text(2, `${JSON.stringify(value)}\n`));
    default:
      return writer.part(number, () => writeMessage(value, form, messages, writer));
  }
}
