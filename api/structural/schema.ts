import { isPlainObject } from '../plain-objects.ts';
import type { JSONSchemaProps } from '../types.ts';

/** A schema of a CustomResourceDefinition. What stands under `items` and the like came from users: ask by these functions. */
export type Schema = JSONSchemaProps;

const asSchema = (value: unknown): Schema | undefined =>
  isPlainObject(value) ? (value as Schema) : undefined;

/** The schema of a list's items. */
export function itemsOf(schema: Schema | undefined): Schema | undefined {
  return asSchema(schema?.items);
}

/** The schema of a map's values: `true` where any value will do, undefined where the object is no map. */
export function valuesOf(schema: Schema | undefined): Schema | true | undefined {
  const values = schema?.additionalProperties;
  return values === true ? true : asSchema(values);
}

/** The schema of a named field. */
export function propertyOf(schema: Schema | undefined, name: string): Schema | undefined {
  const properties = schema?.properties;
  return properties && Object.hasOwn(properties, name) ? asSchema(properties[name]) : undefined;
}

/** What a field or a map's key is to be like; `true` where anything will do. */
export function memberOf(schema: Schema | undefined, name: string): Schema | true | undefined {
  return propertyOf(schema, name) ?? valuesOf(schema);
}

export const keepsUnknown = (schema: Schema | undefined): boolean =>
  schema?.['x-kubernetes-preserve-unknown-fields'] === true;
export const isEmbedded = (schema: Schema | undefined): boolean =>
  schema?.['x-kubernetes-embedded-resource'] === true;
export const isIntOrString = (schema: Schema | undefined): boolean =>
  schema?.['x-kubernetes-int-or-string'] === true;

/** The parts of every resource that no schema of its own may say anything of. */
export const metaFields: ReadonlySet<string> = new Set(['apiVersion', 'kind', 'metadata']);

/** Every schema within a schema, itself first. */
export function* schemasWithin(schema: Schema): Generator<Schema> {
  yield schema;
  const items = itemsOf(schema);
  const values = valuesOf(schema);
  const inner = [
    ...Object.values(schema.properties ?? {}),
    ...(items ? [items] : []),
    ...(values && values !== true ? [values] : []),
    ...(schema.allOf ?? []),
    ...(schema.anyOf ?? []),
    ...(schema.oneOf ?? []),
    ...(schema.not ? [schema.not] : []),
  ];
  for (const each of inner) if (isPlainObject(each)) yield* schemasWithin(each);
}
