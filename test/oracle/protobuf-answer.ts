import { readMessage } from '../../controller/apiserver/http/protobuf/message.ts';
import { WireReader } from '../../controller/apiserver/http/protobuf/wire.ts';
import { protobufObject } from '../../api/schema/protobuf.ts';

const magicBytes = 4;
const lengthBytes = 4;
const metadataOnly = /^PartialObjectMetadata(?:List)?$/;

/** An answer in Kubernetes' protobuf as the JSON of the same. What reads it is held to the original's own bytes. */
export function protobufAnswer(body: Buffer): unknown {
  if (body.subarray(0, magicBytes).toString() !== 'k8s\0')
    throw new Error('this is no protobuf of Kubernetes');
  const unknown = parts(body.subarray(magicBytes));
  const type = parts(unknown.get(1)![0]!);
  const [apiVersion, kind] = [1, 2].map((number) => type.get(number)![0]!.toString()) as [string, string];
  return { apiVersion, kind, ...content(apiVersion, kind, unknown.get(2)?.[0] ?? Buffer.alloc(0)) };
}

/** The events of a watch, each with its length before it. */
export function protobufEvents(body: Buffer): unknown[] {
  const events: unknown[] = [];
  for (let at = 0; at + lengthBytes <= body.length;) {
    const end = at + lengthBytes + body.readUInt32BE(at);
    const event = parts(body.subarray(at + lengthBytes, end));
    const object = parts(event.get(2)![0]!).get(1)![0]!;
    events.push({ type: event.get(1)![0]!.toString(), object: protobufAnswer(object) });
    at = end;
  }
  return events;
}

function content(apiVersion: string, kind: string, raw: Buffer): object {
  const message = protobufObject(apiVersion, kind);
  if (message) return readMessage(raw, message);
  const fields = parts(raw);
  const metadata = (fields.get(1) ?? [])[0] ?? Buffer.alloc(0);
  if (kind === 'PartialObjectMetadata') return { metadata: readMessage(metadata, 'meta.v1.ObjectMeta') };
  const ofItems = protobufObject(apiVersion, kind.replace(/List$/, ''));
  const items = (fields.get(2) ?? []).map((item) =>
    metadataOnly.test(kind)
      ? { metadata: readMessage(parts(item).get(1)![0]!, 'meta.v1.ObjectMeta') }
      : readMessage(item, ofItems ?? ''),
  );
  return { metadata: readMessage(metadata, 'meta.v1.ListMeta'), items };
}

/** The fields of a message that are parts, by their numbers. */
function parts(bytes: Buffer): Map<number, Buffer[]> {
  const reader = new WireReader(bytes, 'message');
  const found = new Map<number, Buffer[]>();
  while (!reader.isAtEnd) {
    const { number, type } = reader.tag();
    if (type === 2) found.set(number, [...(found.get(number) ?? []), reader.part()]);
    else reader.skip(type);
  }
  return found;
}
