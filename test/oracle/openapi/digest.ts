import { createHash } from 'node:crypto';
import type { Json } from '../../../controller/apiserver/openapi/published-types.ts';
import type { Server } from '../answer.ts';
import { definitions } from './definitions.ts';

/** What a server's documents say, short enough to be kept: texts by their hash, operations in a line. */
export interface Digest {
  /** By document (`apis/apps/v1`), then by method and path. */
  operations: Record<string, Record<string, string>>;
  /** Behind the names of parameters: what they are, by their hashes. */
  parameters: Record<string, string[]>;
  /** Of all documents, by component: what it is beside its fields, each field, and what OpenAPI v2 says of it, by its hash. */
  components: Record<string, { itself: string; fields: Record<string, string>; swagger: string }>;
}

interface Document {
  paths: Record<string, Record<string, Json>>;
  components: { schemas: Record<string, Json> };
}

const establishedWithinMs = 10_000;

/** Defines the kinds of `definitions`, then reads every document of a group's version that is asked for. */
export async function digestOf(
  server: Pick<Server, 'exchange'>,
  isOurs: (document: string) => boolean,
): Promise<Digest> {
  const ask = async (method: string, path: string, body?: unknown) => {
    const headers = { 'content-type': 'application/json' };
    const sent = body === undefined ? {} : { body: Buffer.from(JSON.stringify(body)) };
    const answer = await server.exchange({ method, path, headers, ...sent });
    if (answer.code >= 300) throw new Error(`${method} ${path} is answered ${answer.code}: ${answer.body}`);
    return JSON.parse(answer.body.toString()) as unknown;
  };
  for (const definition of definitions)
    await ask('POST', '/apis/apiextensions.k8s.io/v1/customresourcedefinitions', definition);

  const until = Date.now() + establishedWithinMs;
  const read = async () => {
    const index = (await ask('GET', '/openapi/v3')) as {
      paths: Record<string, { serverRelativeURL: string }>;
    };
    const swagger = (await ask('GET', '/openapi/v2')) as { definitions: Record<string, Json> };
    const isWhole = ['v1', 'v1beta1'].every((version) => index.paths[`apis/things.example.com/${version}`]);
    const isInV2 = ['v1.Widget', 'v1beta1.Gizmo'].every(
      (name) => swagger.definitions[`com.example.things.${name}`],
    );
    return isWhole && isInV2 ? { index, swagger } : undefined;
  };
  let found = await read();
  while (!found && Date.now() < until) {
    await new Promise((resolve) => setTimeout(resolve, 100));
    found = await read();
  }
  if (!found) throw new Error('the definitions did not come into the documents');

  const digest: Digest = { operations: {}, parameters: {}, components: {} };
  for (const [path, { serverRelativeURL }] of Object.entries(found.index.paths)) {
    if (!/^(api|apis\/[^/]+)\/v\d\w*$/.test(path) || !isOurs(path)) continue;
    const { paths, components } = (await ask('GET', serverRelativeURL)) as Document;
    digest.operations[path] = describe(paths, digest);
    for (const [name, schema] of Object.entries(components.schemas))
      digest.components[name] ??= {
        ...componentDigest(schema),
        swagger: hashOf(canonical(found.swagger.definitions[name])),
      };
  }
  return digest;
}

const hashOf = (text: string) => createHash('sha256').update(text).digest('base64url').slice(0, 6);

function componentDigest({
  properties = {},
  ...itself
}: Json): Omit<Digest['components'][string], 'swagger'> {
  const fields = Object.entries(properties as Json).map(([name, schema]) => [name, canonical(schema)]);
  return { itself: canonical(itself), fields: Object.fromEntries(fields) as Record<string, string> };
}

/** Text without the order of keys and of what is required, with descriptions by their hash. */
function canonical(value: unknown): string {
  return JSON.stringify(value, (key, inner: unknown) => {
    if (key === 'description' && typeof inner === 'string') return hashOf(inner);
    if (key === '$ref') return String(inner).split('.').slice(-2).join('.');
    if (Array.isArray(inner)) return key === 'required' || key === 'enum' ? inner.toSorted() : inner;
    if (typeof inner !== 'object' || inner === null) return inner;
    return Object.fromEntries(Object.entries(inner).toSorted(([a], [b]) => (a < b ? -1 : 1)));
  });
}

type Content = Record<string, { schema: Json }>;
interface Operation extends Json {
  operationId: string;
  description: string;
  tags: string[];
  requestBody?: { content: Content; required?: boolean };
  responses: Record<string, { description: string; content?: Content }>;
  parameters?: Json[];
  'x-kubernetes-action'?: string;
  'x-kubernetes-group-version-kind'?: { group: string; version: string; kind: string };
}

/** Paths of the time before lists could be watched, and those that lead to a port of a pod, are not kith's. */
const notOurs = /\/(watch|proxy)(\/|$)/;

function describe(paths: Document['paths'], digest: Digest): Record<string, string> {
  const found: Record<string, string> = {};
  for (const [path, { parameters: shared = [], ...operations }] of Object.entries(paths)) {
    if (notOurs.test(path)) continue;
    for (const [method, operation] of Object.entries(operations)) {
      const {
        operationId,
        description,
        tags,
        requestBody,
        responses,
        parameters = [],
      } = operation as Operation;
      const kind = (operation as Operation)['x-kubernetes-group-version-kind'];
      const answers = Object.entries(responses).map(
        ([code, each]) => `${code} ${each.description}${each.content ? ` ${contentOf(each.content)}` : ''}`,
      );
      found[`${method.toUpperCase()} ${path}`] = [
        `${operationId} ${tags.join()} "${description}"`,
        `${operation['x-kubernetes-action'] ?? ''} ${kind ? `${kind.group}/${kind.version} ${kind.kind}` : ''}`,
        `?${parametersOf(parameters, digest)} of all ?${parametersOf(shared as unknown as Json[], digest)}`,
        ...(requestBody ? [`< ${contentOf(requestBody.content)}${requestBody.required ? '!' : ''}`] : []),
        ...answers.map((each) => `> ${each}`),
      ].join(' | ');
    }
  }
  return found;
}

/** Names; what stands behind one of them is said once. */
function parametersOf(parameters: readonly Json[], digest: Digest): string {
  for (const each of parameters) {
    const name = String(each['name']);
    // There is one for every kind.
    if (name === 'name') continue;
    digest.parameters[name] = [
      ...new Set([...(digest.parameters[name] ?? []), hashOf(canonical(each))]),
    ].toSorted();
  }
  return parameters.map((each) => each['name']).join(',');
}

function contentOf(content: Content): string {
  const bySchema = new Map<string, string[]>();
  for (const [type, { schema }] of Object.entries(content)) {
    const ref = schema['$ref'];
    const key = typeof ref === 'string' ? ref.split('.').slice(-2).join('.') : canonical(schema);
    bySchema.set(key, [...(bySchema.get(key) ?? []), type.replace('application/', '')]);
  }
  return [...bySchema].map(([key, types]) => `${types.toSorted().join('+')}=${key}`).join(' ');
}
