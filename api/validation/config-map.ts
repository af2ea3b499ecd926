import { forbiddenField, invalidValue, tooLong } from '../field-errors.ts';
import type { FieldError } from '../field-errors.ts';
import { at } from '../field-path.ts';
import { sameJson } from '../plain-objects.ts';
import type { ConfigMap } from '../types.ts';
import { configKey } from './names.ts';
import { named } from './rules.ts';

/** Kubernetes' limit on what a ConfigMap or Secret holds: all values together. */
export const dataBytesMax = 1024 * 1024;

export function validateConfigMap(map: ConfigMap, old?: ConfigMap): FieldError[] {
  const { data = {}, binaryData = {} } = map;
  const errors = [
    ...Object.keys(data).flatMap((key) => named(at('data', key), key, configKey)),
    ...Object.keys(binaryData).flatMap((key) => named(at('binaryData', key), key, configKey)),
    ...Object.keys(data)
      .filter((key) => Object.hasOwn(binaryData, key))
      .map((key) => invalidValue(at('data', key), key, 'duplicate of key present in binaryData')),
  ];
  const bytes =
    Object.values(data).reduce((sum, text) => sum + Buffer.byteLength(text), 0) +
    Object.values(binaryData).reduce((sum, text) => sum + Buffer.byteLength(text, 'base64'), 0);
  if (bytes > dataBytesMax) errors.push(tooLong('[]', dataBytesMax));
  return [...errors, ...(old ? validateImmutable(map, old, ['data', 'binaryData']) : [])];
}

/** Once `immutable` is true, it stays true and these fields stay as they are. */
export function validateImmutable<T extends { immutable?: boolean }>(
  object: T,
  old: T,
  fields: (keyof T & string)[],
): FieldError[] {
  if (!old.immutable) return [];
  const detail = 'field is immutable when `immutable` is set';
  return [
    ...(object.immutable ? [] : [forbiddenField('immutable', detail)]),
    ...fields
      .filter((field) => !sameJson(object[field] ?? {}, old[field] ?? {}))
      .map((field) => forbiddenField(field, detail)),
  ];
}
