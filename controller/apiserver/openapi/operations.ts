import type { Kind } from '../../../api/kinds.ts';
import { acceptedOfWatches, protobufType } from '../http/accept.ts';
import { isAnsweredWhole } from '../http/conventions.ts';
import { subresourceKinds, type KindName } from '../http/subresource-kinds.ts';
import {
  componentOf,
  deleteOptionsComponent,
  listComponentOf,
  patchComponent,
  statusComponent,
} from './components.ts';
import {
  deleteCollectionParameters,
  deleteParameters,
  listParameters,
  nameParameter,
  parametersCalled,
  parametersOf,
  patchParameters,
  writeParameters,
} from './parameters.ts';
import type { Json, PublishedTypes } from './published-types.ts';
import { refTo } from './type-schemas.ts';

/** One operation of a path, with all its parameters: which of them all operations share is the path's to say. */
export interface Operation {
  method: 'get' | 'put' | 'post' | 'patch' | 'delete';
  parameters: Json[];
  rest: Json;
}

/** Where an operation is asked for. */
export interface Place {
  kind: Kind;
  /** `{namespace}` stands in the path. */
  inNamespace: boolean;
  /** `{name}` stands in the path. */
  named: boolean;
  subresource?: string | undefined;
  published: PublishedTypes;
}

/** What has no message in protobuf: custom resources, and what is worked out when it is asked for. */
const plainAnswered = ['application/json', 'application/yaml'];
const answered = [...plainAnswered, protobufType];
const listAnswered = [...answered, ...acceptedOfWatches];
const patches = [
  'application/apply-patch+yaml',
  'application/json-patch+json',
  'application/merge-patch+json',
  'application/strategic-merge-patch+json',
];

/** A code's meaning, and the body that comes with it. */
const codes = { 200: 'OK', 201: 'Created', 202: 'Accepted' };
type Code = keyof typeof codes;

const contentOf = (types: readonly string[], schema: Json): Json =>
  Object.fromEntries(types.map((type) => [type, { schema }]));

function responses(given: readonly Code[], schema: Json, types: readonly string[]): Json {
  const each = given.map((code) => [code, { description: codes[code], content: contentOf(types, schema) }]);
  return { ...Object.fromEntries(each), 401: { description: 'Unauthorized' } };
}

interface Said {
  action: string;
  description: string;
  /** The words of its id before and after the group's version: `delete`, `Collection`. */
  id: readonly [before: string, after?: string];
  names: readonly string[];
  body?: Json;
  responses: Json;
  gvk?: KindName;
  /** Answers cannot be printed for people. */
  pretty?: false;
}

function operation(place: Place, method: Operation['method'], said: Said): Operation {
  const { kind, inNamespace, named, subresource, published } = place;
  const { group, version } = kind;
  const names = [
    ...said.names,
    ...(inNamespace ? ['namespace'] : []),
    ...(said.pretty === false ? [] : ['pretty']),
  ];
  const parameters = parametersCalled(names, published);
  if (named) parameters.push(nameParameter((kind.custom ? undefined : said.gvk?.kind) ?? kind.kind));
  const [before, after = ''] = said.id;
  const whole = `${before}${capital(identifier(group))}${capital(version)}${after}`;
  const scope = kind.namespaced && !inNamespace ? 'ForAllNamespaces' : '';
  return {
    method,
    parameters: parameters.toSorted((a, b) => (String(a['name']) < String(b['name']) ? -1 : 1)),
    rest: {
      tags: [`${identifier(group)}_${version}`],
      description: said.description,
      operationId: `${whole}${inNamespace ? 'Namespaced' : ''}${kind.kind}${scope}${capital(subresource ?? '')}`,
      ...(said.body && { requestBody: said.body }),
      responses: said.responses,
      'x-kubernetes-action': said.action,
      'x-kubernetes-group-version-kind': said.gvk ?? { group, version, kind: kind.kind },
    },
  };
}

/** `rbac.authorization.k8s.io` is `rbacAuthorization`, the group of pods `core`. */
export function identifier(group: string): string {
  const [first, ...rest] = (group || 'core').replace(/\.k8s\.io$/, '').split(/[.-]/);
  return `${first}${rest.map(capital).join('')}`;
}

const capital = (word: string) => word.slice(0, 1).toUpperCase() + word.slice(1);

/** What is created of a kind called like many (`Endpoints`) has no article. */
function withArticle(kind: string): string {
  if (kind.endsWith('s') && !kind.endsWith('ss')) return kind;
  return `${/^[aeiou]/i.test(kind) ? 'an' : 'a'} ${kind}`;
}

const bodyTypes = ({ kind }: Place) => (kind.custom ? plainAnswered : ['*/*']);
const hasMessage = ({ kind, published }: Place) => kind.type !== undefined && kind.type in published.types;
const answerTypes = (place: Place) => (hasMessage(place) ? answered : plainAnswered);
const required = (place: Place, schema: Json): Json => ({
  content: contentOf(bodyTypes(place), schema),
  required: true,
});

/** What a read, replacement or patch is of: the object, or its scale. */
function schemaOf({ kind, subresource, published }: Place): Json {
  return refTo(subresource === 'scale' ? published.types['Scale']!.name : componentOf(kind, published));
}
const partOf = ({ subresource }: Place) => (subresource ? `${subresource} of ` : '');
const gvkOf = ({ kind, subresource }: Place) =>
  subresource === 'scale' && !kind.custom ? { gvk: subresourceKinds['scale']! } : {};

export function list(place: Place): Operation {
  const { kind, published } = place;
  return operation(place, 'get', {
    action: 'list',
    description: `list ${hasMessage(place) ? 'or watch ' : ''}objects of kind ${kind.kind}`,
    id: ['list'],
    names: listParameters,
    responses: responses(
      [200],
      refTo(listComponentOf(kind, published)),
      hasMessage(place) ? listAnswered : plainAnswered,
    ),
  });
}

export function read(place: Place): Operation {
  return operation(place, 'get', {
    action: 'get',
    description: `read ${partOf(place)}the specified ${place.kind.kind}`,
    id: ['read'],
    names: place.kind.custom ? ['resourceVersion'] : [],
    responses: responses([200], schemaOf(place), answerTypes(place)),
    ...gvkOf(place),
  });
}

export function replace(place: Place): Operation {
  return operation(place, 'put', {
    action: 'put',
    description: `replace ${partOf(place)}the specified ${place.kind.kind}`,
    id: ['replace'],
    names: writeParameters,
    body: required(place, schemaOf(place)),
    responses: responses([200, 201], schemaOf(place), answerTypes(place)),
    ...gvkOf(place),
  });
}

export function patch(place: Place): Operation {
  const { kind } = place;
  const types = kind.custom ? patches.filter((type) => !type.includes('strategic')) : patches;
  return operation(place, 'patch', {
    action: 'patch',
    description: `partially update ${partOf(place)}the specified ${kind.kind}`,
    id: ['patch'],
    names: patchParameters,
    body: { content: contentOf(types, refTo(patchComponent)), required: true },
    responses: responses(kind.custom ? [200] : [200, 201], schemaOf(place), answerTypes(place)),
    ...gvkOf(place),
  });
}

/** Of a kind, or of what a subresource takes: a binding, an eviction. */
export function create(place: Place): Operation {
  const { kind, subresource, published } = place;
  const other = subresource ? subresourceKinds[subresource] : undefined;
  const schema = refTo(other ? published.types[other.kind]!.name : componentOf(kind, published));
  return operation(place, 'post', {
    action: 'post',
    description: `create ${partOf(place)}${withArticle(kind.kind)}`,
    id: ['create'],
    names: writeParameters,
    body: required(place, schema),
    responses: responses([200, 201, 202], schema, answerTypes(place)),
    ...(other && { gvk: { ...other, version: other.version || kind.version } }),
  });
}

export function remove(place: Place): Operation {
  const { kind, published } = place;
  const schema = refTo(isAnsweredWhole(kind) ? componentOf(kind, published) : statusComponent);
  return operation(place, 'delete', {
    action: 'delete',
    description: `delete ${withArticle(kind.kind)}`,
    id: ['delete'],
    names: deleteParameters,
    body: { content: contentOf(bodyTypes(place), refTo(deleteOptionsComponent)) },
    responses: responses([200, 202], schema, answerTypes(place)),
  });
}

export function removeAll(place: Place): Operation {
  const { kind } = place;
  return operation(place, 'delete', {
    action: 'deletecollection',
    description: `delete collection of ${kind.kind}`,
    id: ['delete', 'Collection'],
    names: kind.custom ? listParameters : deleteCollectionParameters,
    ...(!kind.custom && { body: { content: contentOf(bodyTypes(place), refTo(deleteOptionsComponent)) } }),
    responses: responses([200], refTo(statusComponent), answerTypes(place)),
  });
}

export function readLog(place: Place): Operation {
  return operation(place, 'get', {
    action: 'get',
    description: `read log of the specified ${place.kind.kind}`,
    id: ['read'],
    names: parametersOf('log', place.published),
    responses: responses([200], { type: 'string' }, [...answered, 'text/plain']),
  });
}

/** A stream into a pod. */
export function connect(place: Place, method: 'get' | 'post'): Operation {
  const { kind, subresource, published } = place;
  return operation(place, method, {
    action: 'connect',
    description: `connect ${method.toUpperCase()} requests to ${subresource} of ${kind.kind}`,
    id: ['connect', capital(method)],
    names: parametersOf(subresource!, published),
    responses: responses([200], { type: 'string' }, ['*/*']),
    gvk: { ...subresourceKinds[subresource!]!, version: kind.version },
    pretty: false,
  });
}
