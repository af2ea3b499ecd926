/**
 * Writes `api/schema/protobuf.json`: what stands under which number in the protobuf of each object that kith takes. The numbers and
 * types come of Kubernetes' `generated.proto` files; the names in JSON, and whether a zero is said or left out there, of the tags of its
 * Go structs. Both are held against `api/schema/kubernetes.json`. Needs Go, which fetches the sources.
 *
 *     node scripts/schema/protobuf.ts
 */
import { writeFileSync } from 'node:fs';
import { kinds, reviewKinds } from '../../api/kinds.ts';
import { typeSchema } from '../../api/schema/load.ts';
import type { ProtobufField } from '../../api/schema/protobuf.ts';
import type { FieldSchema } from '../../api/schema/schema.ts';
import { readSources, type Declared } from './proto-sources.ts';

const meta = 'k8s.io.apimachinery.pkg.apis.meta.v1';
const extensions = 'k8s.io.apiextensions_apiserver.pkg.apis.apiextensions.v1';
/** What is a value in JSON, and a message in protobuf. */
const values: Record<string, string> = {
  [`${meta}.Time`]: 'time',
  [`${meta}.MicroTime`]: 'microTime',
  [`${meta}.FieldsV1`]: 'json',
  'k8s.io.apimachinery.pkg.runtime.RawExtension': 'json',
  [`${extensions}.JSON`]: 'json',
  [`${extensions}.JSONSchemaPropsOrArray`]: 'schemaOrArray',
  [`${extensions}.JSONSchemaPropsOrBool`]: 'schemaOrBool',
  [`${extensions}.JSONSchemaPropsOrStringArray`]: 'schemaOrTexts',
  'k8s.io.apimachinery.pkg.api.resource.Quantity': 'quantity',
  'k8s.io.apimachinery.pkg.util.intstr.IntOrString': 'intOrString',
};
const scalars = new Set(['string', 'bool', 'int32', 'int64', 'double', 'bytes']);
/** What the schema may say of a field, by the type that it has in protobuf. */
const agreeing: Record<string, readonly string[]> = {
  string: ['string'],
  bool: ['boolean'],
  int32: ['integer'],
  int64: ['integer'],
  double: ['number'],
  bytes: ['bytes', 'string'],
  time: ['time'],
  microTime: ['microTime'],
  quantity: ['quantity'],
  intOrString: ['intOrString'],
  texts: ['array'],
  json: ['any', 'object', 'map'],
  schemaOrArray: ['any'],
  schemaOrBool: ['any'],
  schemaOrTexts: ['any'],
};

const declared = readSources();
const messages: Record<string, Record<string, ProtobufField>> = {};
const objects: Record<string, string> = {};
const seen = new Map<string, Set<string>>();

/** `k8s.io.api.core.v1.Pod` is `core.v1.Pod`. */
const short = (name: string) => name.replace(/^k8s\.io\.(api|apimachinery\.pkg\.apis|.*\.apis)\./, '');
const fail = (what: string): never => {
  throw new Error(`${what}: look at scripts/schema/protobuf.ts`);
};

/** What a field holds: a scalar, a value of `values`, or the name of a message, which is walked. */
function typeOf(proto: string, message: string, schema: FieldSchema | undefined, where: string): string {
  if (scalars.has(proto)) return agree(proto, schema, where);
  const name = proto.startsWith('.')
    ? proto.slice(1)
    : `${message.slice(0, message.lastIndexOf('.'))}.${proto}`;
  if (values[name]) return agree(values[name], schema, where);
  const [only, ...others] = declared.get(name)?.fields ?? fail(`no message ${name}`);
  // A list that Go gave a name of its own, so that it can be a value of a map.
  if (only?.name === 'items' && others.length === 0 && only.repeated && only.tag === undefined)
    return agree('texts', schema, where);
  if (schema?.type === 'any' && !only) messages[short(name)] = {};
  else if (schema && schema.type !== 'object') fail(`${where} is ${name}, and ${schema.type} in the schema`);
  if (schema?.type === 'object') walk(name, schema.of);
  return short(name);
}

function agree(type: string, schema: FieldSchema | undefined, where: string): string {
  if (schema && !agreeing[type]!.includes(schema.type))
    fail(`${where} is ${type}, and ${schema.type} in the schema`);
  return type;
}

/** Takes in a message, of which the schema says what it says of `type`. @returns the fields of the type that it has */
function walk(name: string, type: string): Set<string> {
  const key = `${name} ${type}`;
  const known = seen.get(key);
  if (known) return known;
  const found = new Set<string>();
  seen.set(key, found);
  const fields: Record<string, ProtobufField> = {};
  const schemas = typeSchema(type).fields;
  for (const field of declared.get(name)?.fields ?? fail(`no message ${name}`)) {
    const { tag } = field;
    const where = `${name}.${field.name}`;
    if (!tag) fail(`${where} has no field in Go`);
    if (tag!.inline) {
      const inner = field.proto.startsWith('.')
        ? field.proto.slice(1)
        : `${name.slice(0, name.lastIndexOf('.'))}.${field.proto}`;
      for (const each of walk(inner, type)) found.add(each);
      fields[field.number] = [tag!.name, short(inner), 'inline'];
      continue;
    }
    const schema = schemas[tag!.name] ?? fail(`${where} (${tag!.name}) is not in the schema's ${type}`);
    found.add(tag!.name);
    const inner = innerSchema(schema, field, where);
    fields[field.number] = [
      tag!.name,
      typeOf(field.proto, name, inner, where),
      ...((field.map ? ['map'] : field.repeated ? ['list'] : tag!.keepsZero ? ['kept'] : []) as [
        'map' | 'list' | 'kept',
      ]),
    ] as ProtobufField;
  }
  messages[short(name)] = fields;
  return found;
}

function innerSchema(schema: FieldSchema, { map, repeated }: Declared, where: string): FieldSchema {
  if (map) return schema.type === 'map' ? schema.values : fail(`${where} is no map in the schema`);
  if (repeated) return schema.type === 'array' ? schema.items : fail(`${where} is no list in the schema`);
  return schema;
}

function take(message: string, type: string, apiVersion: string, kind: string) {
  const found = walk(message, type);
  objects[`${apiVersion} ${kind}`] = short(message);
  for (const field of Object.keys(typeSchema(type).fields))
    if (!found.has(field) && field !== 'apiVersion' && field !== 'kind')
      fail(`${type}.${field} is not in ${message}`);
}

for (const { kind, type, group, apiVersion, version } of [...kinds, ...reviewKinds]) {
  const folder = group === '' ? 'core' : group.split('.')[0]!;
  const proto = folder === 'apiextensions' ? extensions : `k8s.io.api.${folder}.${version}`;
  take(`${proto}.${kind}`, type!, apiVersion, kind);
}
take('k8s.io.api.core.v1.Binding', 'Binding', 'v1', 'Binding');
take('k8s.io.api.policy.v1.Eviction', 'Eviction', 'policy/v1', 'Eviction');
take('k8s.io.api.autoscaling.v1.Scale', 'Scale', 'autoscaling/v1', 'Scale');
take('k8s.io.api.authentication.v1.TokenRequest', 'TokenRequest', 'authentication.k8s.io/v1', 'TokenRequest');
take(`${meta}.DeleteOptions`, 'DeleteOptions', 'v1', 'DeleteOptions');
take(`${meta}.Status`, 'Status', 'v1', 'Status');
// What every list says of itself.
walk(`${meta}.ListMeta`, 'ListMeta');

const sorted = Object.fromEntries(Object.entries(messages).sort(([a], [b]) => (a < b ? -1 : 1)));
const file = new URL('../../api/schema/protobuf.json', import.meta.url);
writeFileSync(file, JSON.stringify({ objects, messages: sorted }) + '\n');
console.log(`${Object.keys(sorted).length} messages`);
