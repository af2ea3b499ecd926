import { getOwn, isPlainObject } from '../plain-objects.ts';
import type { PlainObject } from '../plain-objects.ts';
import { compare } from './compare.ts';
import { difference } from './field-set.ts';
import type { FieldSet } from './field-set.ts';
import { fieldsOf, misfits } from './fields-of.ts';
import type { Writing } from './update.ts';

/** Where kubectl keeps what it applied from the client. */
const annotation = 'kubectl.kubernetes.io/last-applied-configuration';
/** The manager that kubectl applies as: only for it the annotation means something. */
export const clientSideManager = 'kubectl';
/** Kubernetes' limit on all annotations of an object together. */
const annotationBytesMax = 256 * 1024;

/**
 * What the client-side apply of before owns: the fields of the annotation that are live as they were applied. Undefined where there is no
 * annotation, or it cannot be read.
 */
export function ownedByLastApplied(live: PlainObject, { schema, apiVersion }: Writing): FieldSet | undefined {
  const text = getOwn(annotationsOf(live), annotation);
  const applied = typeof text === 'string' ? objectIn(text) : undefined;
  if (!applied || applied['apiVersion'] !== apiVersion || misfits(schema, applied).length > 0)
    return undefined;
  const { added, modified, removed } = compare(schema, applied, live);
  const fields = fieldsOf(schema, applied);
  return difference(difference(difference(fields, modified), added), removed);
}

/** Keeps the annotation true where there is one, so that people can go back to applying from the client. */
export function withLastApplied<T extends { object: PlainObject }>(
  applied: T,
  configuration: PlainObject,
  manager: string,
): T {
  const { object } = applied;
  const annotations = annotationsOf(object);
  if (manager !== clientSideManager || !getOwn(annotations, annotation)) return applied;
  const { [annotation]: _before, ...others } = annotations;
  const next = { ...others, [annotation]: lastAppliedText(configuration) };
  const bytes = Object.entries(next).reduce(
    (sum, [key, value]) => sum + Buffer.byteLength(key) + Buffer.byteLength(String(value)),
    0,
  );
  const metadata = {
    ...(object['metadata'] as PlainObject),
    annotations: bytes > annotationBytesMax ? others : next,
  };
  return { ...applied, object: { ...object, metadata } };
}

function lastAppliedText(configuration: PlainObject): string {
  const { [annotation]: _own, ...annotations } = annotationsOf(configuration);
  const metadata = getOwn(configuration, 'metadata');
  const { annotations: _all, ...rest } = isPlainObject(metadata) ? metadata : {};
  const whole = {
    ...configuration,
    metadata: { ...rest, ...(Object.keys(annotations).length > 0 && { annotations }) },
  };
  return `${JSON.stringify(sorted(whole)).replace(/[<>&]/g, (sign) => `\\u00${sign.charCodeAt(0).toString(16)}`)}\n`;
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (!isPlainObject(value)) return value;
  return Object.fromEntries(
    Object.keys(value)
      .toSorted()
      .map((key) => [key, sorted(value[key])]),
  );
}

function annotationsOf(object: PlainObject): PlainObject {
  const metadata = getOwn(object, 'metadata');
  const annotations = isPlainObject(metadata) ? getOwn(metadata, 'annotations') : undefined;
  return isPlainObject(annotations) ? annotations : {};
}

function objectIn(text: string): PlainObject | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return isPlainObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}
