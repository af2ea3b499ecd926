import type { Kind } from '../../../api/kinds.ts';
import { isPlainObject, type PlainObject } from '../../../api/plain-objects.ts';
import { isEmbedded } from '../../../api/structural/schema.ts';
import type { Json } from './published-types.ts';
import { refTo } from './type-schemas.ts';

const conventions = 'https://git.k8s.io/community/contributors/devel/sig-architecture/api-conventions.md';
const meta = 'io.k8s.apimachinery.pkg.apis.meta.v1';

/** What every object has: in Kubernetes' words, by which clients tell a resource from any other object. */
export const ofEveryObject = {
  apiVersion: {
    description: `APIVersion defines the versioned schema of this representation of an object. Servers should convert recognized schemas to the latest internal value, and may reject unrecognized values. More info: ${conventions}#resources`,
    type: 'string',
  },
  kind: {
    description: `Kind is a string value representing the REST resource this object represents. Servers may infer this from the endpoint the client submits requests to. Cannot be updated. In CamelCase. More info: ${conventions}#types-kinds`,
    type: 'string',
  },
};
const metadata = {
  description: `Standard object's metadata. More info: ${conventions}#metadata`,
  allOf: [refTo(`${meta}.ObjectMeta`)],
};
const embedded = {
  apiVersion: {
    description: `apiVersion defines the versioned schema of this representation of an object. More info: ${conventions}#resources`,
    type: 'string',
  },
  kind: {
    description: `kind is a string value representing the type of this object. In CamelCase. More info: ${conventions}#types-kinds`,
    type: 'string',
  },
  metadata,
};

/**
 * A custom kind's objects and lists of them in OpenAPI v3: what its definition says, and what every object has.
 * Source: k8s.io/apiextensions-apiserver/pkg/controller/openapi/builder
 */
export function customComponents(kind: Kind, itself: Json): { object: Json; list: Json } {
  const { group, version, custom, plural } = kind;
  const schema = published((custom!.schema ?? { type: 'object' }) as PlainObject);
  const of = (name: string) => [{ group, kind: name, version }];
  return {
    object: {
      ...schema,
      type: 'object',
      properties: { ...(schema['properties'] as Json | undefined), ...ofEveryObject, metadata },
      'x-kubernetes-group-version-kind': of(kind.kind),
    },
    list: {
      description: `${custom!.listKind} is a list of ${kind.kind}`,
      type: 'object',
      required: ['items'],
      properties: {
        ...ofEveryObject,
        items: { description: `List of ${plural}. More info: ${conventions}`, type: 'array', items: itself },
        metadata: {
          description: `Standard list metadata. More info: ${conventions}#types-kinds`,
          allOf: [refTo(`${meta}.ListMeta`)],
        },
      },
      'x-kubernetes-group-version-kind': of(custom!.listKind),
    },
  };
}

/** A schema of a definition as documents have it: without examples, with what embedded objects have. */
function published(schema: PlainObject): PlainObject {
  const { example: _example, ...result } = schema;
  for (const [key, inner] of Object.entries(result)) {
    if (key === 'properties' && isPlainObject(inner))
      result[key] = Object.fromEntries(Object.entries(inner).map(([name, each]) => [name, within(each)]));
    else if (schemasUnder.has(key)) result[key] = Array.isArray(inner) ? inner.map(within) : within(inner);
  }
  if (!isEmbedded(schema)) return result;
  const required = Array.isArray(schema['required']) ? (schema['required'] as string[]) : [];
  return {
    ...result,
    required: [...new Set([...required, 'kind', 'apiVersion'])],
    properties: { ...(result['properties'] as PlainObject | undefined), ...embedded },
  };
}

/** Under these words stand schemas; under others may stand values of users that look like some. */
const schemasUnder = new Set(['items', 'additionalProperties', 'allOf', 'anyOf', 'oneOf', 'not']);

const within = (value: unknown) => (isPlainObject(value) ? published(value) : value);
