/**
 * Writes `api/schema/kubernetes.json` (what fields each type has) and `api/types.ts` (the same as TypeScript) out of
 * the models of `@kubernetes/client-node`, so that validation and the compiler speak of the same fields. What the models do not
 * carry (which texts are quantities, how lists and maps are merged: `api/schema/merging.json`) comes from Kubernetes' own
 * OpenAPI documents, which Go fetches.
 *
 *     node scripts/schema/generate.ts
 */
import { readFileSync, writeFileSync } from 'node:fs';
import * as models from '@kubernetes/client-node';
import type { FieldMerging, FieldSchema, TypeMerging, TypeSchema } from '../../api/schema/schema.ts';
import { openApiTypes, refersTo, type OpenApiSchema } from './openapi.ts';

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
  'V1Endpoints',
  'EventsV1Event',
  'V1PodTemplate',
  'V1ReplicationController',
  'V1ResourceQuota',
  'V1LimitRange',
  'V1PersistentVolume',
  'V1PersistentVolumeClaim',
  'V1StorageClass',
  'V1StatefulSet',
  'V1DaemonSet',
  'V1ControllerRevision',
  'V1Job',
  'V1CronJob',
  'V2HorizontalPodAutoscaler',
  'V1HorizontalPodAutoscaler',
  'V1PodDisruptionBudget',
  'V1Eviction',
  'V1Ingress',
  'V1IngressClass',
  'V1NetworkPolicy',
  'V1PriorityClass',
  'V1RuntimeClass',
  'V1Role',
  'V1RoleBinding',
  'V1ClusterRole',
  'V1ClusterRoleBinding',
  'V1SubjectAccessReview',
  'V1LocalSubjectAccessReview',
  'V1SelfSubjectAccessReview',
  'V1SelfSubjectRulesReview',
  'V1TokenReview',
  'V1SelfSubjectReview',
  'AuthenticationV1TokenRequest',
  'V1CertificateSigningRequest',
  'V1CustomResourceDefinition',
  'V1Binding',
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
  new URL(`../../node_modules/@kubernetes/client-node/dist/gen/models/${model}.d.ts`, import.meta.url);

/** Models that are called as others are in another group. */
const renamed: Record<string, string> = {
  CoreV1EndpointPort: 'CoreEndpointPort',
  EventsV1Event: 'EventsEvent',
  EventsV1EventSeries: 'EventsEventSeries',
  V1CrossVersionObjectReference: 'CrossVersionObjectReferenceV1',
  V1HorizontalPodAutoscaler: 'HorizontalPodAutoscalerV1',
  V1HorizontalPodAutoscalerSpec: 'HorizontalPodAutoscalerV1Spec',
  V1HorizontalPodAutoscalerStatus: 'HorizontalPodAutoscalerV1Status',
};
const groupPrefix = /^(Core|Discovery|Events|Authentication|Rbac|Apiextensions)?V\d+((alpha|beta)\d+)?/;
const modelOf = new Map<string, string>();

/** `V1Pod` is Pod to a user; `CoreV1Event` is Event. Two models of one name are our mistake: one must be renamed. */
function typeName(model: string): string {
  const name = renamed[model] ?? model.replace(groupPrefix, '');
  const other = modelOf.get(name);
  if (other && other !== model) throw new Error(`${model} and ${other} are both ${name}: rename one`);
  modelOf.set(name, model);
  return name;
}

/** Required marks stand only in the model's declaration file. */
function requiredOf(model: string): Set<string> {
  const text = readFileSync(modelFile(model), 'utf8');
  const marks = [...text.matchAll(/^\s*'([^']+)'(\??):/gm)];
  return new Set(marks.filter(([, , optional]) => optional === '').map(([, name]) => name!));
}

const openApi = openApiTypes();

function fieldSchema(
  owner: string,
  { baseName, type, format }: ModelAttribute,
  queue: string[],
  spec: OpenApiSchema | undefined,
): FieldSchema {
  const inner = (model: string, within: OpenApiSchema | undefined) =>
    fieldSchema(owner, { baseName, type: model, format }, queue, within);
  const array = /^Array<(.+)>$/.exec(type);
  if (array) return { type: 'array', items: inner(array[1]!, spec?.items) };
  const map = /^\{ \[key: string\]: (.+); \}$/.exec(type);
  if (map) return { type: 'map', values: inner(map[1]!, spec?.additionalProperties) };
  if (refersTo(spec) === 'Quantity') return { type: 'quantity' };
  if (type === 'IntOrString' || format === 'int-or-string') return { type: 'intOrString' };
  if (type === 'Date' || type === 'V1MicroTime')
    return { type: format === 'date-time-micro' ? 'microTime' : 'time' };
  if (type === 'any') return { type: 'any' };
  if (type === 'boolean') return { type: 'boolean' };
  if (type === 'number')
    return { type: format === 'double' ? 'number' : 'integer', ...(format ? { format } : {}) };
  if (type === 'string') return format === 'byte' ? { type: 'bytes' } : { type: 'string' };
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

/** How one field is merged, where that is not as its type says: lists whole, maps and objects field by field. */
function mergingOf(spec: OpenApiSchema): FieldMerging {
  const list = spec['x-kubernetes-list-type'];
  const keys = spec['x-kubernetes-list-map-keys'];
  const strategy = spec['x-kubernetes-patch-strategy'];
  const mergeKey = spec['x-kubernetes-patch-merge-key'];
  return {
    ...(list && list !== 'atomic' ? { list } : {}),
    ...(keys ? { keys } : {}),
    ...(spec['x-kubernetes-map-type'] === 'atomic' ? { atomic: true as const } : {}),
    ...(strategy ? { patch: strategy.split(',') } : {}),
    ...(mergeKey ? { mergeKey } : {}),
  };
}

function typeMergingOf(spec: OpenApiSchema | undefined): TypeMerging | undefined {
  const fields: Record<string, FieldMerging> = {};
  for (const [field, schema] of Object.entries(spec?.properties ?? {})) {
    const merging = mergingOf(schema);
    // A key of a keyed list may be left out of an item where it has a default.
    const ofDefault = schema.default && typeof schema.default === 'string' ? { default: schema.default } : {};
    // Kubernetes' own types have a value here in every object, written or not: OpenAPI says so by a default that is empty.
    const ofPresence = isEmptyValue(schema.default) ? { present: true as const } : {};
    const whole = { ...merging, ...ofDefault, ...ofPresence };
    if (Object.keys(whole).length > 0) fields[field] = whole;
  }
  const atomic = spec?.['x-kubernetes-map-type'] === 'atomic';
  if (!atomic && Object.keys(fields).length === 0) return undefined;
  return { ...(atomic && { atomic }), fields };
}

function isEmptyValue(value: unknown): boolean {
  if (typeof value === 'object' && value !== null) return Object.keys(value).length === 0;
  return value === '' || value === 0 || value === false;
}

const types: Record<string, TypeSchema> = {};
const merging: Record<string, TypeMerging> = {};
const queue = [...roots];
for (let model = queue.shift(); model; model = queue.shift()) {
  const name = typeName(model);
  if (types[name]) continue;
  if (!(model in models)) throw new Error(`@kubernetes/client-node has no model ${model}`);
  const attributes = (models as unknown as Record<string, { attributeTypeMap: ModelAttribute[] }>)[model]!
    .attributeTypeMap;
  const required = requiredOf(model);
  // The models have `$ref` as `_$ref`.
  const isRequired = (field: string) => required.has(field) || required.has(field.replace(/^\$/, '_$'));
  const spec = openApi.get(model);
  if (!spec) throw new Error(`Kubernetes' OpenAPI documents have no ${model}`);
  const typeMerging = typeMergingOf(spec);
  if (typeMerging) merging[name] = typeMerging;
  types[name] = { fields: {} };
  for (const attribute of attributes) {
    // The client may know a newer Kubernetes than the one that kith says it is.
    if (!spec.properties || !Object.hasOwn(spec.properties, attribute.baseName)) continue;
    types[name].fields[attribute.baseName] = {
      ...fieldSchema(name, attribute, queue, spec?.properties?.[attribute.baseName]),
      ...(isRequired(attribute.baseName) ? { required: true as const } : {}),
    };
  }
}

const sorted = Object.fromEntries(Object.entries(types).sort(([a], [b]) => (a < b ? -1 : 1)));
const write = (file: string, text: string) =>
  writeFileSync(new URL(`../../api/${file}`, import.meta.url), text);
write('schema/kubernetes.json', JSON.stringify(sorted) + '\n');
write('schema/merging.json', JSON.stringify(merging) + '\n');

const lines = [
  '/** Generated by scripts/schema/generate.ts from the models of @kubernetes/client-node. Do not edit. */',
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
