import { required } from '../field-errors.ts';
import type { FieldError } from '../field-errors.ts';
import { GoValue } from '../go-value.ts';
import { isPlainObject } from '../plain-objects.ts';
import type { ControllerRevision } from '../types.ts';
import { immutable, notNegative } from './rules.ts';

/** A revision is what once was: its data may never change, only which revision it counts as. */
export function validateControllerRevision(
  { data, revision }: ControllerRevision,
  old?: ControllerRevision,
): FieldError[] {
  return [
    ...notNegative('revision', revision),
    ...(old ? immutable('data', data, old.data, dataText) : validateData(data)),
  ];
}

function validateData(data: unknown): FieldError[] {
  if (data === undefined || data === null) return [required('data', 'data is mandatory')];
  return isPlainObject(data) ? [] : [required('data', 'data must be a valid JSON object')];
}

/** Kubernetes prints the bytes of the JSON one by one; its length says as much. */
function dataText(data: unknown): GoValue {
  return new GoValue(`runtime.RawExtension{Raw:[]uint8{…${JSON.stringify(data ?? null).length} bytes}}`);
}
