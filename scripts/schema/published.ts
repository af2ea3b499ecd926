/**
 * Writes `api/schema/openapi.json`: what the OpenAPI v3 documents of kube-apiserver say beyond `kubernetes.json` and `merging.json`, which
 * stand first: names, descriptions, what may be chosen, and what else does not follow. Starts kube-apiserver and etcd of `scripts/peers`.
 *
 *     node scripts/schema/published.ts
 */
import { writeFileSync } from 'node:fs';
import { isDeepStrictEqual } from 'node:util';
import { kinds, reviewKinds } from '../../api/kinds.ts';
import { fieldMerging, typeSchema } from '../../api/schema/load.ts';
import type { FieldSchema } from '../../api/schema/schema.ts';
import type {
  Json,
  PublishedField,
  PublishedTypes,
} from '../../controller/apiserver/openapi/published-types.ts';
import { fieldRule, nameIn } from '../../controller/apiserver/openapi/type-schemas.ts';
import { startOriginal } from '../oracle/original.ts';
import { openApiDocumentsOf, type OpenApiDocument } from '../openapi/documents.ts';

const meta = 'io.k8s.apimachinery.pkg.apis.meta.v1';
/** Types that no kind leads to, by where they stand in the documents. */
const otherTypes: Record<string, string> = {
  Scale: 'io.k8s.api.autoscaling.v1.Scale',
  Binding: 'io.k8s.api.core.v1.Binding',
  Eviction: 'io.k8s.api.policy.v1.Eviction',
  TokenRequest: 'io.k8s.api.authentication.v1.TokenRequest',
  DeleteOptions: `${meta}.DeleteOptions`,
  Status: `${meta}.Status`,
  APIResource: `${meta}.APIResource`,
};
/** What only documents speak of, and what leads to all else of that sort. */
const otherRoots = [
  ...['APIResourceList', 'Patch', 'WatchEvent'].map((name) => `${meta}.${name}`),
  'io.k8s.kube-aggregator.pkg.apis.apiregistration.v1.APIServiceList',
];
/** These are of every group, so they are said of the groups that are served. */
const ofEveryGroup = [`${meta}.DeleteOptions`, `${meta}.WatchEvent`];

const original = await startOriginal();
const documents: OpenApiDocument[] = [
  ...(await openApiDocumentsOf(original).finally(() => original.stop())).values(),
];
const components: Record<string, Json> = Object.assign(
  {},
  ...documents.map((document) => document.components.schemas),
);

const published: PublishedTypes = { types: {}, others: {}, parameters: {} };
const fail = (what: string): never => {
  throw new Error(`${what}: look at scripts/schema/published.ts`);
};

/** Names first, which references are written with; then what each type says. */
function call(type: string, component: string): void {
  const known = published.types[type];
  if (known && known.name !== component) fail(`${type} is both ${known.name} and ${component}`);
  if (known) return;
  published.types[type] = { name: component, fields: {} };
  const properties = (components[component]?.['properties'] ?? {}) as Record<string, Json>;
  for (const [field, schema] of Object.entries(typeSchema(type).fields)) {
    const within = typeWithin(schema);
    const ref = refWithin(properties[field] ?? fail(`${component} has no ${field}`));
    if (within && ref) call(within, nameIn(ref));
  }
}

function typeWithin(schema: FieldSchema): string | undefined {
  if (schema.type === 'object') return schema.of;
  if (schema.type === 'array') return typeWithin(schema.items);
  return schema.type === 'map' ? typeWithin(schema.values) : undefined;
}

function refWithin(schema: Json): string | undefined {
  if (typeof schema['$ref'] === 'string') return schema['$ref'];
  const [whole] = (schema['allOf'] ?? []) as Json[];
  const inner = whole ?? schema['items'] ?? schema['additionalProperties'];
  return inner ? refWithin(inner as Json) : undefined;
}

for (const kind of [...kinds, ...reviewKinds]) {
  const isIt = (each: unknown) =>
    isDeepStrictEqual(each, { group: kind.group, version: kind.version, kind: kind.kind });
  const found = Object.entries(components).find(([, schema]) =>
    ((schema['x-kubernetes-group-version-kind'] ?? []) as unknown[]).some(isIt),
  );
  call(kind.type!, found?.[0] ?? fail(`no document has ${kind.apiVersion} ${kind.kind}`));
  if (components[`${found![0]}List`]) otherRoots.push(`${found![0]}List`);
}
for (const [type, component] of Object.entries(otherTypes)) call(type, component);

for (const [type, said] of Object.entries(published.types)) {
  const { description, type: _type, required = [], properties = {}, ...more } = components[said.name]!;
  if (ofEveryGroup.includes(said.name)) delete more['x-kubernetes-group-version-kind'];
  if (typeof description === 'string') said.description = description;
  if (Object.keys(more).length > 0) said.more = more;
  const { fields } = typeSchema(type);
  const ofUs = Object.keys(fields).filter((field) => fields[field]!.required);
  if (!isDeepStrictEqual(ofUs.toSorted(), (required as string[]).toSorted()))
    said.required = required as string[];
  for (const field of Object.keys(properties as Json))
    if (!fields[field]) fail(`${type}.${field} is not in the schema data`);
  for (const [field, schema] of Object.entries(properties as Record<string, Json>))
    said.fields[field] = fieldOf(type, field, schema);
}

function fieldOf(type: string, field: string, schema: Json): PublishedField {
  const { description, enum: choices, ...rest } = schema;
  const rule = fieldRule(
    typeSchema(type).fields[field]!,
    fieldMerging(type, field),
    published,
    description !== undefined,
  );
  const follows = isDeepStrictEqual(rule, rest);
  return {
    ...(description !== undefined && { description: description as string }),
    ...(choices !== undefined && follows && { enum: choices as string[] }),
    ...(!follows && { as: { ...rest, ...(choices !== undefined && { enum: choices }) } }),
  };
}

const ours = new Set(Object.values(published.types).map((said) => said.name));
function other(component: string): void {
  if (ours.has(component) || published.others[component]) return;
  const schema = structuredClone(components[component] ?? fail(`no document has ${component}`));
  if (ofEveryGroup.includes(component)) delete schema['x-kubernetes-group-version-kind'];
  published.others[component] = schema;
  for (const ref of refsIn(schema)) other(ref);
}

function refsIn(value: unknown): string[] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]) =>
    key === '$ref' && typeof inner === 'string' ? [nameIn(inner)] : refsIn(inner),
  );
}
for (const root of otherRoots) other(root);
for (const said of Object.values(published.types))
  for (const ref of refsIn(components[said.name])) other(ref);

const streams = ['exec', 'attach', 'portforward', 'log'];
for (const { paths } of documents)
  for (const [path, { parameters: shared = [], ...operations }] of Object.entries(paths)) {
    if (/\/(watch|proxy)(\/|$)/.test(path)) continue;
    const subresource = streams.find((each) => path.endsWith(`/${each}`));
    const own = Object.entries(operations).flatMap(([method, { parameters = [] }]) =>
      parameters.map(
        (each) => [method === 'patch' ? `patch/${each['name']}` : String(each['name']), each] as const,
      ),
    );
    const ofPath = shared.map(
      (each) => [subresource ? `${subresource}/${each['name']}` : String(each['name']), each] as const,
    );
    for (const [key, parameter] of [...own, ...ofPath])
      if (parameter['name'] !== 'name') remember(key, parameter);
  }

function remember(key: string, parameter: Json): void {
  const known = published.parameters[key];
  if (known && !isDeepStrictEqual(known, parameter)) fail(`the parameter ${key} has two forms`);
  published.parameters[key] = parameter;
}
// What is the same everywhere stands once.
for (const key of Object.keys(published.parameters)) {
  const plain = key.split('/')[1];
  if (plain && isDeepStrictEqual(published.parameters[plain], published.parameters[key]))
    delete published.parameters[key];
}

const text = JSON.stringify(published);
writeFileSync(new URL('../../api/schema/openapi.json', import.meta.url), `${text}\n`);
const exceptions = Object.entries(published.types).flatMap(([type, { fields }]) =>
  Object.entries(fields).flatMap(([field, { as }]) =>
    as ? [`${type}.${field}: ${JSON.stringify(as)}`] : [],
  ),
);
if (process.argv.includes('--exceptions')) console.log(exceptions.join('\n'));
console.log(
  `${Object.keys(published.types).length} types, ${Object.keys(published.others).length} others, ${exceptions.length} fields that do not follow their type`,
);
