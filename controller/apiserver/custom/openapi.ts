import type { Kind } from '../../../api/kinds.ts';
import { isPlainObject } from '../../../api/plain-objects.ts';
import type { PlainObject } from '../../../api/plain-objects.ts';

/** What only stands in definitions; clients of OpenAPI v3 read the rest as it is. */
const left = new Set(['x-kubernetes-validations', 'example']);

/** The name of a custom kind in OpenAPI: `com.example.v1.Widget`. */
export function customSchemaName({ group, version, kind }: Kind): string {
  return `${group.split('.').toReversed().join('.')}.${version}.${kind}`;
}

/** The schema of a custom kind as OpenAPI v3 has it: what its definition says, and what every object has. */
export function customSchema(kind: Kind, metadata: PlainObject): PlainObject {
  const schema = published(kind.custom!.schema ?? { type: 'object' }) as PlainObject;
  const properties = isPlainObject(schema['properties']) ? schema['properties'] : {};
  const text = (description: string) => ({ type: 'string', description });
  return {
    ...schema,
    properties: {
      ...properties,
      apiVersion: text('The version of the schema that this object is written in.'),
      kind: text('The kind of this object.'),
      metadata,
    },
    'x-kubernetes-group-version-kind': [{ group: kind.group, version: kind.version, kind: kind.kind }],
  };
}

function published(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(published);
  if (!isPlainObject(value)) return value;
  const entries = Object.entries(value).filter(([key]) => !left.has(key));
  const result: PlainObject = Object.fromEntries(entries.map(([key, inner]) => [key, published(inner)]));
  if (value['x-kubernetes-int-or-string'] === true && typeof value['type'] !== 'string') {
    delete result['anyOf'];
    result['oneOf'] = [{ type: 'integer' }, { type: 'string' }];
  }
  return result;
}
