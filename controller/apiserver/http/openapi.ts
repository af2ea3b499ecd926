import { createHash } from 'node:crypto';
import { reviewKinds, type Kind, type KindSet } from '../../../api/kinds.ts';
import { typeSchema } from '../../../api/schema/load.ts';
import { customSchema, customSchemaName } from '../custom/openapi.ts';
import type { FieldSchema } from '../../../api/schema/schema.ts';

type Json = Record<string, unknown>;
type Descriptions = Record<string, Record<string, string>>;

/** Which documents there are: `{paths: {"apis/apps/v1": {serverRelativeURL}}}`; clients cache each by its hash. */
export function openApiIndex(kinds: KindSet): Json {
  const paths: Json = {};
  for (const path of new Set(described(kinds).map(documentPath)))
    paths[path] = { serverRelativeURL: `/openapi/v3/${path}?hash=${hashOf(kinds, path)}` };
  return { paths };
}

/**
 * One group's version in OpenAPI v3: enough for `kubectl explain`, and for the probe by which kubectl finds out that
 * `fieldValidation` is understood. Made anew each time; clients ask once and keep it.
 */
export async function openApiDocument(kinds: KindSet, path: string): Promise<Json | undefined> {
  const members = described(kinds).filter((kind) => documentPath(kind) === path);
  if (members.length === 0) return undefined;
  const descriptions = await loadDescriptions();
  const schemas: Json = {};
  for (const kind of members) {
    if (kind.type) addSchema(schemas, kind.type, kind, descriptions);
    else {
      addSchema(schemas, 'ObjectMeta', undefined, descriptions);
      schemas[customSchemaName(kind)] = customSchema(kind, { allOf: [ref('ObjectMeta')], default: {} });
    }
  }
  return {
    openapi: '3.0.0',
    info: { title: 'kith', version: 'v1.33.0' },
    paths: Object.assign({}, ...members.map((kind) => pathsOf(kind))) as Json,
    components: { schemas },
  };
}

/**
 * The smallest document of OpenAPI v2 (`swagger: "2.0"`, `info`, no paths), in the protobuf of gnostic, which is all that kubectl
 * reads: it then goes by the types that it was built with.
 */
export function openApiV2Protobuf(): Buffer {
  const info = Buffer.concat([
    protobufField(1, Buffer.from('kith')),
    protobufField(2, Buffer.from('v1.33.0')),
  ]);
  return Buffer.concat([
    protobufField(1, Buffer.from('2.0')),
    protobufField(2, info),
    protobufField(8, Buffer.alloc(0)),
  ]);
}

/** A field of bytes, of fewer than 128. */
function protobufField(number: number, content: Buffer): Buffer {
  return Buffer.concat([Buffer.from([(number << 3) | 2, content.length]), content]);
}

export const openApiV2Json = {
  swagger: '2.0',
  info: { title: 'kith', version: 'v1.33.0' },
  paths: {},
  definitions: {},
};

/** Questions are described too: `kubectl explain` knows them, and clients send them as they send objects. */
function described(kinds: KindSet): readonly Kind[] {
  return [...kinds.all(), ...reviewKinds];
}

function documentPath({ group, version }: Kind): string {
  return group ? `apis/${group}/${version}` : `api/${version}`;
}

function hashOf(kinds: KindSet, path: string): string {
  const content = described(kinds)
    .filter((kind) => documentPath(kind) === path)
    .map((kind) => (kind.type ? typeSchema(kind.type) : [kind.kind, kind.custom?.schema]));
  return createHash('sha256').update(JSON.stringify(content)).digest('hex').slice(0, 32).toUpperCase();
}

/** A third of a megabyte, wanted once in a client's life: loaded when first asked for. */
async function loadDescriptions(): Promise<Descriptions> {
  const module = await import('../../../api/schema/descriptions.json', { with: { type: 'json' } });
  return module.default as Descriptions;
}

const gvkOf = ({ group, version, kind }: Kind) => ({ group, version, kind });

function pathsOf(kind: Kind): Json {
  const collection = `/${documentPath(kind)}/${kind.namespaced ? 'namespaces/{namespace}/' : ''}${kind.plural}`;
  const parameters = ['dryRun', 'fieldManager', 'fieldValidation'].map((name) => ({
    name,
    in: 'query',
    schema: { type: 'string', uniqueItems: true },
  }));
  const operation = (action: string) => ({
    'x-kubernetes-action': action,
    'x-kubernetes-group-version-kind': gvkOf(kind),
    parameters,
    responses: { 200: { description: 'OK', content: { 'application/json': { schema: refOf(kind) } } } },
  });
  if (reviewKinds.includes(kind)) return { [collection]: { post: operation('post') } };
  return {
    [collection]: { get: operation('list'), post: operation('post') },
    [`${collection}/{name}`]: {
      get: operation('get'),
      put: operation('put'),
      patch: operation('patch'),
      delete: operation('delete'),
    },
  };
}

function addSchema(schemas: Json, type: string, kind: Kind | undefined, descriptions: Descriptions): void {
  const name = schemaName(type);
  if (schemas[name]) return;
  const { fields } = typeSchema(type);
  const properties: Json = {};
  const schema: Json = {
    type: 'object',
    ...(descriptions[type]?.[''] && { description: descriptions[type][''] }),
    properties,
    ...(kind && { 'x-kubernetes-group-version-kind': [gvkOf(kind)] }),
  };
  schemas[name] = schema;
  const required = Object.keys(fields).filter((field) => fields[field]!.required);
  if (required.length > 0) schema['required'] = required;
  for (const [field, fieldSchema] of Object.entries(fields)) {
    const description = descriptions[type]?.[field];
    properties[field] = { ...(description && { description }), ...jsonSchemaOf(fieldSchema) };
    const inner = typeWithin(fieldSchema);
    if (inner) addSchema(schemas, inner, undefined, descriptions);
  }
}

function jsonSchemaOf(schema: FieldSchema): Json {
  switch (schema.type) {
    case 'object':
      // OpenAPI 3.0 lets nothing stand beside a $ref, and a description does.
      return { allOf: [ref(schema.of)], default: {} };
    case 'array':
      return { type: 'array', items: jsonSchemaOf(schema.items) };
    case 'map':
      return { type: 'object', additionalProperties: jsonSchemaOf(schema.values) };
    case 'integer':
      return { type: 'integer', ...(schema.format && { format: schema.format }) };
    case 'time':
    case 'microTime':
      return { type: 'string', format: 'date-time' };
    case 'bytes':
      return { type: 'string', format: 'byte' };
    case 'quantity':
      return { oneOf: [{ type: 'string' }, { type: 'number' }] };
    case 'intOrString':
      return { format: 'int-or-string', oneOf: [{ type: 'integer' }, { type: 'string' }] };
    case 'any':
      return { type: 'object' };
    default:
      return { type: schema.type };
  }
}

function typeWithin(schema: FieldSchema): string | undefined {
  if (schema.type === 'object') return schema.of;
  if (schema.type === 'array') return typeWithin(schema.items);
  return schema.type === 'map' ? typeWithin(schema.values) : undefined;
}

const schemaName = (type: string) => `io.kith.api.${type}`;
const ref = (type: string) => ({ $ref: `#/components/schemas/${schemaName(type)}` });
const refOf = (kind: Kind) =>
  kind.type ? ref(kind.type) : { $ref: `#/components/schemas/${customSchemaName(kind)}` };
