import { WireError, WireReader } from './wire.ts';

/** The fields of a message that is but a value: numbers and parts by their number, the last of each. */
function fieldsOf(bytes: Buffer, message: string): Map<number, number | Buffer> {
  const reader = new WireReader(bytes, message);
  const found = new Map<number, number | Buffer>();
  while (!reader.isAtEnd) {
    const { number, type } = reader.tag();
    if (type === 0) found.set(number, reader.varint());
    else if (type === 2) found.set(number, reader.part());
    else reader.skip(type);
  }
  return found;
}

const text = (value: number | Buffer | undefined) => (Buffer.isBuffer(value) ? value.toString('utf8') : '');
const count = (value: number | Buffer | undefined) => (typeof value === 'number' ? value : 0);

/** From the year 0 to 9999: what RFC 3339 can write. */
const secondsMin = -62_167_219_200;
const secondsMax = 253_402_300_799;

function time(bytes: Buffer, isFine: boolean): string | undefined {
  // No time at all is written as nothing.
  if (bytes.length === 0) return undefined;
  const fields = fieldsOf(bytes, 'Timestamp');
  const seconds = count(fields.get(1));
  if (seconds < secondsMin || seconds > secondsMax)
    throw new WireError('Time.MarshalJSON: year outside of range [0,9999]');
  const whole = new Date(seconds * 1000).toISOString().slice(0, 19);
  if (!isFine) return `${whole}Z`;
  const micros = Math.trunc(count(fields.get(2)) / 1000);
  if (micros < 0 || micros >= 1_000_000) throw new WireError(`nanos of a time must be below a second`);
  return `${whole}.${String(micros).padStart(6, '0')}Z`;
}

/** What carries JSON as it stands: RawExtension, FieldsV1, the defaults and examples of schemas. */
function json(bytes: Buffer): unknown {
  const raw = text(fieldsOf(bytes, 'RawExtension').get(1));
  if (raw === '') return undefined;
  try {
    return JSON.parse(raw) as unknown;
  } catch (error) {
    throw new WireError(`what stands in it is not JSON: ${(error as Error).message}`);
  }
}

function intOrString(bytes: Buffer): number | string {
  const fields = fieldsOf(bytes, 'IntOrString');
  return count(fields.get(1)) === 1 ? text(fields.get(3)) : count(fields.get(2)) | 0;
}

function texts(bytes: Buffer): string[] {
  const reader = new WireReader(bytes, 'ExtraValue');
  const found: string[] = [];
  while (!reader.isAtEnd) {
    const { number, type } = reader.tag();
    if (number === 1 && type === 2) found.push(reader.part().toString('utf8'));
    else reader.skip(type);
  }
  return found;
}

/** What is a message in protobuf, and one value in JSON; undefined for one that says nothing. @throws WireError */
export const valuesOfMessages: Readonly<Record<string, (bytes: Buffer) => unknown>> = {
  time: (bytes) => time(bytes, false),
  microTime: (bytes) => time(bytes, true),
  quantity: (bytes) => text(fieldsOf(bytes, 'Quantity').get(1)),
  intOrString,
  json,
  texts,
};
