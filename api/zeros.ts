import { isPlainObject } from './plain-objects.ts';
import type { PlainObject } from './plain-objects.ts';
import { protobufMessage, protobufObject, type ProtobufField } from './schema/protobuf.ts';

/**
 * Takes out of an object of its own what says nothing: Go leaves a field out that is empty, zero or false, unless it is one of those that
 * tell "nothing" from "not said". Which these are stands with the forms in protobuf, from Kubernetes' sources.
 */
export function dropZeros(apiVersion: string, kind: string, object: PlainObject): void {
  const message = protobufObject(apiVersion, kind);
  if (message !== undefined) dropIn(message, object);
}

/** The same of metadata alone: of custom resources nothing else is known. */
export function dropZerosOfMetadata(metadata: PlainObject): void {
  dropIn('meta.v1.ObjectMeta', metadata);
}

const scalars = new Set(['string', 'bytes', 'bool', 'int32', 'int64', 'double']);

function dropIn(message: string, object: PlainObject): void {
  const fields = fieldsOf(message);
  for (const name of Object.keys(object)) {
    const field = fields.get(name);
    if (field) dropField(field, object);
  }
}

const fieldsByMessage = new Map<string, ReadonlyMap<string, ProtobufField>>();

/** The fields of a message by their names, with those of the messages that stand in its place. */
function fieldsOf(message: string): ReadonlyMap<string, ProtobufField> {
  const known = fieldsByMessage.get(message);
  if (known) return known;
  const fields = new Map<string, ProtobufField>();
  for (const field of Object.values(protobufMessage(message) ?? {})) {
    const [name, type, how] = field;
    for (const [inner, each] of how === 'inline' ? fieldsOf(type) : [[name, field] as const])
      fields.set(inner, each);
  }
  fieldsByMessage.set(message, fields);
  return fields;
}

function dropField([name, type, how]: ProtobufField, object: PlainObject): void {
  const value = object[name];
  const isZero = value === '' || value === 0 || value === false;
  if (how === undefined && isZero && scalars.has(type)) delete object[name];
  else if (how === 'list' && Array.isArray(value)) for (const item of value) dropWithin(type, item);
  else if (how === 'map' && isPlainObject(value))
    for (const item of Object.values(value)) dropWithin(type, item);
  else dropWithin(type, value);
}

function dropWithin(type: string, value: unknown): void {
  if (isPlainObject(value) && protobufMessage(type)) dropIn(type, value);
}
