/**
 * Writes `api/schema/kubernetes.json` (what fields each type has) and `api/types.ts` (the same as TypeScript) out of
 * the models of `@kubernetes/client-node`, so that validation and the compiler speak of the same fields.
 *
 *     node scripts/generate-schema.ts
 */
import { readFileSync, writeFileSync } from 'node:fs';
import * as models from '@kubernetes/client-node';
import type { FieldSchema, TypeSchema } from '../api/schema/schema.ts';

/** The kinds that kith serves, by the name of their model. */
const roots = [
  'V1Namespace',
  'V1Pod',
  'V1Deployment',
  'V1ReplicaSet',
  'V1Service',
  'V1EndpointSlice',
  'V1ConfigMap',
  'V1Secret',
  'V1Node',
  'V1Lease',
  'CoreV1Event',
  'V1ServiceAccount',
  'V1Scale',
  'V1DeleteOptions',
  'V1Status',
  'V1APIResource',
];

interface ModelAttribute {
  baseName: string;
  type: string;
  format: string;
}

const modelFile = (model: string) =>
  new URL(`../node_modules/@kubernetes/client-node/dist/gen/models/${model}.d.ts`, import.meta.url);

/** `V1Pod` is Pod to a user; `CoreV1Event` is Event. */
function typeName(model: string): string {
  return model.replace(/^(Core|Discovery|Events)?V\d+((alpha|beta)\d+)?/, '');
}

/** Doc comments and required marks stand only in the model's declaration file. */
function declared(model: string): Map<string, { description: string; required: boolean }> {
  const text = readFileSync(modelFile(model), 'utf8');
  const found = new Map<string, { description: string; required: boolean }>();
  for (const match of text.matchAll(/\/\*\*\s*\n\s*\*\s*([^\n]*)\n\s*\*\/\s*\n\s*'([^']+)'(\??):/g)) {
    found.set(match[2]!, {
      description: match[1]!.replace(/\\(['"])/g, '$1').trim(),
      required: match[3] === '',
    });
  }
  for (const match of text.matchAll(/^\s*'([^']+)'(\??):/gm)) {
    if (!found.has(match[1]!)) found.set(match[1]!, { description: '', required: match[2] === '' });
  }
  return found;
}

const quantityMaps = new Set([
  'limits',
  'requests',
  'capacity',
  'allocatable',
  'overhead',
  'allocatedResources',
]);

function fieldSchema(
  owner: string,
  { baseName, type, format }: ModelAttribute,
  queue: string[],
): FieldSchema {
  const array = /^Array<(.+)>$/.exec(type);
  if (array)
    return { type: 'array', items: fieldSchema(owner, { baseName: '', type: array[1]!, format }, queue) };
  const map = /^\{ \[key: string\]: (.+); \}$/.exec(type);
  if (map) {
    const values = fieldSchema(owner, { baseName: '', type: map[1]!, format }, queue);
    return { type: 'map', values: quantityMaps.has(baseName) ? { type: 'quantity' } : values };
  }
  if (type === 'IntOrString' || format === 'int-or-string') return { type: 'intOrString' };
  if (type === 'Date' || type === 'V1MicroTime')
    return { type: format === 'date-time-micro' ? 'microTime' : 'time' };
  if (type === 'any') return { type: 'any' };
  if (type === 'boolean') return { type: 'boolean' };
  if (type === 'number')
    return { type: format === 'double' ? 'number' : 'integer', ...(format ? { format } : {}) };
  if (type === 'string') {
    if (baseName === 'sizeLimit' || (baseName === 'divisor' && owner === 'ResourceFieldSelector'))
      return { type: 'quantity' };
    return format === 'byte' ? { type: 'bytes' } : { type: 'string' };
  }
  if (!(type in models)) throw new Error(`${owner}.${baseName}: the model ${type} is unknown`);
  queue.push(type);
  return { type: 'object', of: typeName(type) };
}

function typescript(field: FieldSchema): string {
  switch (field.type) {
    case 'array': {
      const inner = typescript(field.items);
      return inner.includes(' ') ? `(${inner})[]` : `${inner}[]`;
    }
    case 'map':
      return `{ [key: string]: ${typescript(field.values)} }`;
    case 'object':
      return field.of;
    case 'intOrString':
    case 'quantity':
      return field.type === 'quantity' ? 'Quantity' : 'number | string';
    case 'integer':
    case 'number':
      return 'number';
    case 'boolean':
      return 'boolean';
    case 'any':
      return 'unknown';
    default:
      return 'string';
  }
}

const types: Record<string, TypeSchema> = {};
const queue = [...roots];
for (let model = queue.shift(); model; model = queue.shift()) {
  const name = typeName(model);
  if (types[name]) continue;
  const attributes = (models as unknown as Record<string, { attributeTypeMap: ModelAttribute[] }>)[model]!
    .attributeTypeMap;
  const docs = declared(model);
  types[name] = { fields: {} };
  for (const attribute of attributes) {
    const doc = docs.get(attribute.baseName) ?? docs.get(attribute.baseName.replace(/^\$/, '_$'));
    types[name].fields[attribute.baseName] = {
      ...fieldSchema(name, attribute, queue),
      ...(doc?.required ? { required: true as const } : {}),
      ...(doc?.description ? { description: doc.description } : {}),
    };
  }
}

const sorted = Object.fromEntries(Object.entries(types).sort(([a], [b]) => (a < b ? -1 : 1)));
// Descriptions are a third file: `kubectl explain` wants them, no running agent does.
const bare = JSON.parse(
  JSON.stringify(sorted, (key, value) =>
    key === 'description' && typeof value === 'string' ? undefined : value,
  ),
);
const descriptions = Object.fromEntries(
  Object.entries(sorted).map(([name, type]) => [
    name,
    Object.fromEntries(
      Object.entries(type.fields).map(([field, { description }]) => [field, description ?? '']),
    ),
  ]),
);
const write = (file: string, text: string) => writeFileSync(new URL(`../api/${file}`, import.meta.url), text);
write('schema/kubernetes.json', JSON.stringify(bare) + '\n');
write('schema/descriptions.json', JSON.stringify(descriptions, null, 0) + '\n');

const lines = [
  '/** Generated by scripts/generate-schema.ts from the models of @kubernetes/client-node. Do not edit. */',
  '',
  '/** A quantity as Kubernetes writes it: `500m`, `64Mi`; a bare number is allowed in YAML. */',
  'export type Quantity = string | number;',
  '',
];
for (const [name, type] of Object.entries(sorted)) {
  lines.push(`export interface ${name} {`);
  for (const [field, schema] of Object.entries(type.fields))
    lines.push(
      `  ${/^\w+$/.test(field) ? field : `'${field}'`}${schema.required ? '' : '?'}: ${typescript(schema)};`,
    );
  lines.push('}', '');
}
write('types.ts', lines.join('\n'));
console.log(`${Object.keys(sorted).length} types`);
