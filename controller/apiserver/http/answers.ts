import { jsonOf } from '../../store/entry.ts';
import { protobufType, type Representation } from './accept.ts';
import type { ApiServerResponse } from './exchange.ts';

/** More warnings than this help nobody, and headers have their bounds. */
const warningsMax = 20;
const warningCharactersMax = 250;

/** An object as the caller wants it written, with what it should be warned of. */
export async function objectAnswer(
  status: number,
  value: object,
  { format }: Pick<Representation, 'format'> = { format: 'json' },
  warnings: readonly string[] = [],
): Promise<ApiServerResponse> {
  if (format === 'json')
    return { status, headers: answerHeaders('application/json', warnings), body: json(value) };
  return format === 'yaml'
    ? { status, headers: answerHeaders('application/yaml', warnings), body: await yaml(value) }
    : { status, headers: answerHeaders(protobufType, warnings), body: await protobuf(value) };
}

/** The headers of an answer that holds objects. */
export function answerHeaders(
  contentType: string,
  warnings: readonly string[],
): Record<string, string | string[]> {
  return {
    'cache-control': 'no-cache, private',
    ...(warnings.length > 0 && { warning: warningHeader(warnings) }),
    'content-type': contentType,
  };
}

/** The values of a `Warning` header. */
export function warningHeader(warnings: readonly string[]): string[] {
  return warnings.slice(0, warningsMax).map((text) => `299 - ${quoted(text)}`);
}

export function jsonAnswer(
  status: number,
  value: object,
  contentType = 'application/json',
): ApiServerResponse {
  return {
    status,
    headers: { 'content-type': contentType, 'cache-control': 'no-cache, private' },
    body: json(value),
  };
}

export function textAnswer(status: number, text: string): ApiServerResponse {
  return { status, headers: { 'content-type': 'text/plain; charset=utf-8' }, body: Buffer.from(text) };
}

async function yaml(value: object): Promise<Buffer> {
  const { stringify } = await import('yaml');
  return Buffer.from(stringify(value));
}

async function protobuf(value: object): Promise<Buffer> {
  const { writeProtobuf } = await import('./protobuf/write.ts');
  return writeProtobuf(value);
}

function json(value: object): Buffer {
  return Buffer.from(`${jsonOf(value)}\n`);
}

/** A quoted string of RFC 9110; what a header cannot carry is left out. */
function quoted(text: string): string {
  const plain = text.replace(/[^ -~]/g, '?').slice(0, warningCharactersMax);
  return `"${plain.replace(/["\\]/g, '\\$&')}"`;
}
