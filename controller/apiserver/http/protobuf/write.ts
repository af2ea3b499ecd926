import { protobufObject } from '../../../../api/schema/protobuf.ts';
import { magic } from './envelope.ts';
import { WireWriter } from './wire-writer.ts';
import { writeMessage } from './write-message.ts';

interface Typed {
  apiVersion?: string;
  kind?: string;
}

const metadataOnly = /^PartialObjectMetadata(?:List)?$/;
const lengthBytes = 4;

/** An object, a list or a Status in Kubernetes' protobuf. What it is has a form there: `negotiate` has seen to it. */
export function writeProtobuf(value: object): Buffer {
  const writer = new WireWriter();
  writeEnvelope(writer, value);
  return writer.written();
}

/** An event of a watch: its length, and a message of its type and the whole object. */
export function writeWatchEvent(type: string, object: object): Buffer {
  const writer = new WireWriter();
  writer.part(2, () => writer.part(1, () => writeEnvelope(writer, object)));
  writer.part(1, () => writer.text(type));
  const length = Buffer.alloc(lengthBytes);
  length.writeUInt32BE(writer.length);
  writer.raw(length);
  return writer.written();
}

/** `runtime.Unknown` says of which type the object is, and carries it. */
function writeEnvelope(writer: WireWriter, value: object): void {
  const { apiVersion = '', kind = '' } = value as Typed;
  writer.part(2, () => writeContent(writer, apiVersion, kind, value));
  writer.part(1, () => {
    writer.part(2, () => writer.text(kind));
    writer.part(1, () => writer.text(apiVersion));
  });
  writer.raw(magic);
}

function writeContent(writer: WireWriter, apiVersion: string, kind: string, value: object): void {
  const { metadata, items } = value as { metadata?: object; items?: object[] };
  if (!items && metadataOnly.test(kind)) return writeMetadata(writer, value);
  const message = protobufObject(apiVersion, kind);
  if (message) return writeMessage(writer, message, value as Record<string, unknown>);
  const ofItems = protobufObject(apiVersion, kind.replace(/List$/, ''));
  if (!items || (!ofItems && !metadataOnly.test(kind)))
    throw new Error(`${apiVersion} ${kind} has no form in protobuf`);
  for (const item of items.toReversed())
    writer.part(2, () =>
      ofItems ? writeMessage(writer, ofItems, item as Record<string, unknown>) : writeMetadata(writer, item),
    );
  writer.part(1, () => writeMessage(writer, 'meta.v1.ListMeta', (metadata ?? {}) as Record<string, unknown>));
}

/** What there is of every object. */
function writeMetadata(writer: WireWriter, object: object): void {
  const { metadata = {} } = object as { metadata?: object };
  writer.part(1, () => writeMessage(writer, 'meta.v1.ObjectMeta', metadata as Record<string, unknown>));
}
