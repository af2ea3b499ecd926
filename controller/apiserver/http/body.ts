import { Readable } from 'node:stream';
import { depthMax, isDeeperThan } from '../../../api/depth.ts';
import { ApiError, badRequest, timeout, tooLarge, unsupportedMediaType } from '../../../api/errors.ts';
import { duplicateKeys } from '../../../api/duplicate-keys.ts';
import type { PatchType } from '../../../api/patch/patch.ts';
import { within } from '../../../process/bounded.ts';
import type { Clock } from '../../../process/clock.ts';
import { doublesInJson, doublesInYaml, type Doubles } from '../resources/strictness.ts';
import { groups, isMaster, type User } from '../users.ts';
import { protobufType } from './accept.ts';
import type { ApiServerRequest } from './exchange.ts';
import type { Expected } from './protobuf/envelope.ts';
import { parseYaml } from './yaml.ts';

/** As the API server of Kubernetes has it: twice what etcd takes, and far above any manifest. */
export const bodyBytesMax = 3 * 1024 * 1024;
/**
 * What a host says of itself and of its pods is some kilobytes: who may only do that cannot make us parse megabytes. A person on a
 * machine that joined sends whatever their role lets them, such as an operator's definitions.
 */
export const machineBodyBytesMax = 512 * 1024;
/** A body that takes longer to arrive is not on its way. */
const bodyWithinMs = 30_000;
const applyType = 'application/apply-patch+yaml';
const patchTypes = new Map<string, PatchType>([
  ['application/json-patch+json', 'json'],
  ['application/merge-patch+json', 'merge'],
  ['application/strategic-merge-patch+json', 'strategic'],
]);

/** The whole body. @throws ApiError: too large, or too slow */
export async function readBody(request: ApiServerRequest, clock: Clock): Promise<Buffer> {
  const declared = Number(request.headers['content-length'] ?? 0);
  const bytesMax = request.user && isMachine(request.user) ? machineBodyBytesMax : bodyBytesMax;
  if (declared > bytesMax) throw tooLarge(bytesMax);
  if (!request.body) return Buffer.alloc(0);
  return within(clock, bodyWithinMs, collect(request.body, bytesMax), () =>
    timeout(`the body did not arrive within ${bodyWithinMs / 1000} s`),
  );
}

const isMachine = (user: User) =>
  user.certificate !== undefined && !isMaster(user) && !user.groups.includes(groups.people);

async function collect(body: AsyncIterable<Uint8Array>, bytesMax: number): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  const take = (chunk: Uint8Array) => {
    bytes += chunk.length;
    if (bytes > bytesMax) throw tooLarge(bytesMax);
    chunks.push(chunk);
  };
  if (body instanceof Readable) await everyChunk(body, take);
  else for await (const chunk of body) take(chunk);
  return Buffer.concat(chunks, bytes);
}

/**
 * Hands over what a stream brings, until its end. An iterator of it would cost as much as checking the object that was sent, and destroy it when
 * left before its end, and with it the way on which a too large body is answered.
 */
function everyChunk(stream: Readable, take: (chunk: Uint8Array) => void): Promise<void> {
  return new Promise((resolve, reject) => {
    const done = () => {
      stream.off('data', onData).off('end', onEnd).off('error', onError).off('close', onClose);
      stream.pause();
    };
    const onData = (chunk: Uint8Array) => {
      try {
        take(chunk);
      } catch (error) {
        onError(error as Error);
      }
    };
    const onEnd = () => {
      done();
      resolve();
    };
    const onError = (error: Error) => {
      done();
      reject(error);
    };
    const onClose = () => onError(badRequest('the connection ended before the body did'));
    stream.on('data', onData).on('end', onEnd).on('error', onError).on('close', onClose);
    // What has ended says nothing more.
    if (stream.readableEnded) onEnd();
    else if (stream.destroyed) onClose();
  });
}

/**
 * The body as an object: JSON, YAML or protobuf.
 *
 * @param expected what it is to be, without which protobuf cannot be read. @default of no type that has a message in protobuf
 * @throws ApiError (unsupported media type, bad request)
 */
export async function decodeBody(
  body: Buffer,
  { headers, user }: Pick<ApiServerRequest, 'headers' | 'user'>,
  expected?: Expected,
): Promise<unknown> {
  const type = mediaType(headers['content-type']);
  if (type === 'application/json' || type === '') return shallow(parseJson(body));
  if (type === 'application/yaml') {
    // A megabyte of it is seconds of work in which nobody else is answered, of JSON some milliseconds.
    if (!isMaster(user)) throw unsupportedMediaType(['application/json'], 'write JSON');
    return shallow((await parseYaml(body.toString('utf8'), notYaml)).value);
  }
  if (type === protobufType && expected) {
    // Most servers are never sent any.
    const { readProtobuf } = await import('./protobuf/envelope.ts');
    return shallow(readProtobuf(body, expected));
  }
  throw unsupportedMediaType(['application/json', 'application/yaml', ...(expected ? [protobufType] : [])]);
}

/** A patch and its kind. @throws ApiError (unsupported media type, bad request) */
export async function decodePatch(
  body: Buffer,
  contentType: string | undefined,
): Promise<{ type: PatchType; patch: unknown }> {
  const type = mediaType(contentType);
  const patchType = patchTypes.get(type);
  if (!patchType) throw new ApiError(415, 'UnsupportedMediaType', '415: Unsupported Media Type', {});
  return { type: patchType, patch: shallow(parseJson(body)) };
}

function mediaType(contentType: string | undefined): string {
  return (contentType ?? '').split(';')[0]!.trim().toLowerCase();
}

function parseJson(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString('utf8')) as unknown;
  } catch (error) {
    throw badRequest(`the body of the request is not JSON: ${(error as Error).message}`);
  }
}

/** Whoever reads it later goes down into it by calls: validation, patches, the watchers' copies. */
function shallow(value: unknown): unknown {
  if (isDeeperThan(value, depthMax))
    throw badRequest(`the body of the request is nested more than ${depthMax} levels deep`);
  return value;
}

/** A configuration to apply, and what stands in it twice: YAML, or JSON, which is YAML too. @throws ApiError (bad request) */
export async function decodeConfiguration(
  body: Buffer,
  user: ApiServerRequest['user'],
): Promise<{ configuration: unknown; doubles: Doubles | undefined }> {
  const text = body.toString('utf8');
  const json = jsonIn(text);
  if (json !== undefined)
    return { configuration: shallow(json), doubles: doublesInYaml(duplicateKeys(text)) };
  if (!isMaster(user)) throw unsupportedMediaType([applyType], 'this body is YAML, write it as JSON');
  const yaml = await parseYaml(text, (why) => `error decoding YAML: error converting YAML to JSON: ${why}`);
  return { configuration: shallow(yaml.value), doubles: doublesInYaml(yaml.doubles) };
}

/** What stands twice in a body that was decoded as `value`: `JSON.parse` says nothing of it. */
export async function doublesIn(
  body: Buffer,
  value: unknown,
  contentType: string | undefined,
): Promise<Doubles | undefined> {
  const type = mediaType(contentType);
  if (type === 'application/yaml')
    return doublesInYaml((await parseYaml(body.toString('utf8'), notYaml)).doubles);
  return type === '' || type.endsWith('json') ? doublesInJson(body.toString('utf8'), value) : undefined;
}

function jsonIn(text: string): unknown {
  if (!/^\s*[[{]/.test(text)) return undefined;
  try {
    return JSON.parse(text) as unknown;
  } catch {
    // YAML in flow style, or broken: the YAML parser says what is wrong.
    return undefined;
  }
}

const notYaml = (why: string) => `the body of the request is not YAML: ${why}`;
