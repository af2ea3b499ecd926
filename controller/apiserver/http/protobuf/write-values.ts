import { wireTypes } from './wire.ts';
import type { WireWriter } from './wire-writer.ts';

/** Fields are written from the last to the first. */
function timestamp(writer: WireWriter, value: unknown): void {
  const [whole = '', fraction = ''] = String(value).replace('Z', '').split('.');
  const nanos = Number(fraction.padEnd(9, '0'));
  if (nanos !== 0) {
    writer.varint(nanos);
    writer.tag(2, wireTypes.varint);
  }
  writer.varint(Date.parse(`${whole}Z`) / 1000);
  writer.tag(1, wireTypes.varint);
}

function intOrString(writer: WireWriter, value: unknown): void {
  if (typeof value === 'number') {
    writer.varint(value);
    writer.tag(2, wireTypes.varint);
    return;
  }
  writer.part(3, () => writer.text(String(value)));
  writer.varint(1);
  writer.tag(1, wireTypes.varint);
}

/** How a value of JSON is written that is a message in protobuf: what `valuesOfMessages` reads. */
export const writersOfValues: Readonly<Record<string, (writer: WireWriter, value: unknown) => void>> = {
  time: timestamp,
  microTime: timestamp,
  quantity: (writer, value) => writer.part(1, () => writer.text(String(value))),
  intOrString,
  json: (writer, value) => writer.part(1, () => writer.text(JSON.stringify(value))),
  texts: (writer, value) => {
    for (const text of (value as string[]).toReversed()) writer.part(1, () => writer.text(text));
  },
};
