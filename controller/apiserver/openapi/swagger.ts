import { bearerToken, info, type OpenApiDocument } from './document.ts';
import type { Json } from './published-types.ts';

/** An OpenAPI v2 document. */
export interface Swagger extends Json {
  paths: Record<string, Json>;
  definitions: Record<string, Json>;
  parameters: Record<string, Json>;
}

/** Clients look for these in the operation itself, by name. */
const inlined = new Set(['dryRun', 'fieldValidation']);

/**
 * All documents of v3 as one of v2, which older clients ask for. It has no words for some of v3: what is nullable, has alternatives
 * or defaults says less there, as in Kubernetes.
 * Source: k8s.io/kube-openapi/pkg/openapiconv, k8s.io/apiextensions-apiserver/pkg/controller/openapi/v2
 */
export function swaggerOf(documents: Iterable<OpenApiDocument>): Swagger {
  const result: Swagger = {
    swagger: '2.0',
    info,
    paths: {},
    definitions: {},
    parameters: {},
    securityDefinitions: { BearerToken: bearerToken },
    security: [{ BearerToken: [] }],
  };
  for (const { paths, components } of documents) {
    for (const [path, item] of Object.entries(paths)) result.paths[path] = pathItem(item, result.parameters);
    for (const [name, schema] of Object.entries(components.schemas))
      result.definitions[name] ??= definitionOf(schema);
  }
  return result;
}

function pathItem(item: Json, shared: Record<string, Json>): Json {
  const result: Json = {};
  for (const [method, operation] of Object.entries(item))
    result[method] =
      method === 'parameters'
        ? (operation as Json[]).map((each) => parameterOf(each, shared))
        : operationOf(operation as Json, shared);
  return result;
}

type Content = Record<string, { schema: Json }>;
interface Body {
  content: Content;
  required?: boolean;
}

function operationOf(operation: Json, shared: Record<string, Json>): Json {
  const {
    requestBody,
    responses,
    parameters = [],
    ...rest
  } = operation as {
    requestBody?: Body;
    responses: Record<string, { description: string; content?: Content }>;
    parameters?: Json[];
  };
  const produced = Object.values(responses).flatMap(({ content = {} }) => Object.keys(content));
  const given = [
    ...(requestBody ? [bodyOf(requestBody)] : []),
    ...parameters.map((each) => parameterOf(each, shared)),
  ];
  return {
    ...rest,
    consumes: requestBody ? Object.keys(requestBody.content) : ['*/*'],
    produces: [...new Set(produced)],
    schemes: ['https'],
    ...(given.length > 0 && { parameters: given }),
    responses: Object.fromEntries(
      Object.entries(responses).map(([code, { description, content }]) => {
        const [first] = Object.values(content ?? {});
        return [code, { description, ...(first && { schema: schemaOf(first.schema) }) }];
      }),
    ),
  };
}

function bodyOf({ content, required }: Body): Json {
  const [first] = Object.values(content);
  return { name: 'body', in: 'body', ...(required && { required }), schema: schemaOf(first!.schema) };
}

function parameterOf({ schema, ...parameter }: Json, shared: Record<string, Json>): Json {
  const whole: Json = { ...parameter, ...(schema as Json) };
  const name = String(whole['name']);
  if (inlined.has(name) || name === 'name') return whole;
  // Parameters of one name differ in what they tell of themselves.
  let key = name;
  for (let next = 2; shared[key] && shared[key]!['description'] !== whole['description']; next++)
    key = `${name}-${next}`;
  shared[key] ??= whole;
  return { $ref: `#/parameters/${key}` };
}

const kept = ['description', 'x-kubernetes-group-version-kind'];

function schemaOf(schema: Json): Json {
  const { allOf, anyOf: _any, oneOf, not: _not, default: _default, nullable, ...result } = schema;
  const [whole] = (allOf ?? []) as Json[];
  const ref = schema['$ref'] ?? whole?.['$ref'];
  if (typeof ref === 'string') result['$ref'] = ref.replace('#/components/schemas/', '#/definitions/');
  // A value that is a number or a text, of built-in types.
  if ((oneOf as Json[] | undefined)?.every((each) => typeof each['type'] === 'string'))
    result['type'] = 'string';
  const isOpen = result['x-kubernetes-preserve-unknown-fields'] === true;
  if (nullable || isOpen) {
    // Clients of v2 stumble over fields beside what is untyped.
    delete result['properties'];
    delete result['items'];
    delete result['required'];
  }
  if (nullable || (isOpen && result['type'] === 'object') || (result['type'] === 'array' && !result['items']))
    delete result['type'];
  const { properties, items, additionalProperties: values, required } = result as Json;
  if (properties) {
    const known = Object.entries(properties as Record<string, Json>);
    result['properties'] = Object.fromEntries(known.map(([name, each]) => [name, schemaOf(each)]));
    const absent = known.filter(([, each]) => each['nullable']).map(([name]) => name);
    const still = (required as string[] | undefined)?.filter((name) => !absent.includes(name));
    if (still?.length) result['required'] = still;
    else delete result['required'];
  }
  if (items) result['items'] = schemaOf(items as Json);
  if (typeof values === 'object' && values !== null)
    result['additionalProperties'] = schemaOf(values as Json);
  return result;
}

/** A kind's own schema stays an object, whatever it may hold. */
function definitionOf(schema: Json): Json {
  const isOpenKind =
    schema['x-kubernetes-preserve-unknown-fields'] === true && 'x-kubernetes-group-version-kind' in schema;
  if (!isOpenKind) return schemaOf(schema);
  return {
    type: 'object',
    ...Object.fromEntries(kept.filter((key) => key in schema).map((key) => [key, schema[key]])),
  };
}
