import { badRequest } from '../../../../api/errors.ts';
import type { Kind } from '../../../../api/kinds.ts';
import { protobufObject } from '../../../../api/schema/protobuf.ts';
import { readMessage } from './message.ts';
import { WireError, WireReader } from './wire.ts';

/** What a request's body is to be. */
export type Expected = Pick<Kind, 'kind' | 'apiVersion'>;

export const magic = Buffer.from('k8s\0');
/** As much of a body as Kubernetes shows of what it cannot read. */
const shownBytes = 30;

/**
 * A body in Kubernetes' protobuf as the object that it is in JSON: four bytes that tell it apart, then `runtime.Unknown`, which says of
 * what type the object is, and carries it.
 *
 * @throws ApiError (bad request) in Kubernetes' words
 */
export function readProtobuf(body: Buffer, expected: Expected): Record<string, unknown> {
  const { apiVersion = expected.apiVersion, kind = expected.kind, raw } = opened(body, expected);
  const message = protobufObject(apiVersion, kind);
  const cannot = (why: string) =>
    badRequest(
      `${kind} in version ${JSON.stringify(apiVersion.split('/').at(-1))} cannot be handled as a ${expected.kind}: ${why}`,
    );
  if (!message)
    throw cannot(
      `no kind ${JSON.stringify(kind)} is registered for version ${JSON.stringify(apiVersion)} in scheme "pkg/api/legacyscheme/scheme.go:30"`,
    );
  // Options of a deletion are of every group.
  const isAsked = kind === expected.kind && (kind === 'DeleteOptions' || apiVersion === expected.apiVersion);
  try {
    const object = readMessage(raw, message);
    if (isAsked) return { apiVersion, kind, ...object };
  } catch (error) {
    if (error instanceof WireError) throw cannot(error.message);
    throw error;
  }
  throw cannot(
    `converting (${goType(apiVersion, kind, true)}) to (${goType(expected.apiVersion, expected.kind, false)}): unknown conversion`,
  );
}

function opened(body: Buffer, expected: Expected): { apiVersion?: string; kind?: string; raw: Buffer } {
  const unrecognized = (why: string) =>
    badRequest(
      `the object provided is unrecognized (must be of type ${expected.kind}): ${why} (${summary(body)})`,
    );
  if (body.length === 0) throw unrecognized('empty data');
  if (!body.subarray(0, magic.length).equals(magic))
    throw unrecognized(
      `provided data does not appear to be a protobuf message, expected prefix [${[...magic].join(' ')}]`,
    );
  if (body.length === magic.length) throw unrecognized('empty body');
  try {
    return unknown(body.subarray(magic.length));
  } catch (error) {
    if (error instanceof WireError) throw unrecognized(error.message);
    throw error;
  }
}

function unknown(bytes: Buffer) {
  let [apiVersion, kind] = ['', ''];
  let raw: Buffer = Buffer.alloc(0);
  for (const [number, part] of parts(bytes, 'Unknown', ['TypeMeta', 'Raw'])) {
    if (number === 2) raw = part;
    else
      for (const [each, text] of parts(part, 'TypeMeta', ['APIVersion', 'Kind']))
        if (each === 1) apiVersion = text.toString('utf8');
        else kind = text.toString('utf8');
  }
  return { raw, ...(apiVersion && { apiVersion }), ...(kind && { kind }) };
}

/** The first fields of a message, which must be parts; the others are passed over. */
function* parts(bytes: Buffer, message: string, names: readonly string[]): Generator<[number, Buffer]> {
  const reader = new WireReader(bytes, message);
  while (!reader.isAtEnd) {
    const { number, type } = reader.tag();
    const name = names[number - 1];
    if (!name) reader.skip(type);
    else if (type !== 2) throw new WireError(`proto: wrong wireType = ${type} for field ${name}`);
    else yield [number, reader.part()];
  }
}

/** How much of a body is shown of what it is. */
function summary(body: Buffer): string {
  const encoding = body[0] === '{'.charCodeAt(0) ? 'utf8' : 'hex';
  if (body.length === 0) return '<empty>';
  return body.toString(encoding, 0, shownBytes) + (body.length > shownBytes ? ' ...' : '');
}

/** `apps/v1` Deployment is `v1.Deployment` to a client of Kubernetes, and `apps.Deployment` within it. */
function goType(apiVersion: string, kind: string, isOutside: boolean): string {
  const [version, group] = apiVersion.split('/').toReversed();
  return `${isOutside ? version : (group ?? 'core').split('.')[0]}.${kind}`;
}
