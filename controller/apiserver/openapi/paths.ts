import { isDeepStrictEqual } from 'node:util';
import type { Kind } from '../../../api/kinds.ts';
import { subresourceVerbs, verbsOf } from '../http/verbs.ts';
import { resourceListComponent } from './components.ts';
import * as operations from './operations.ts';
import type { Operation, Place } from './operations.ts';
import type { Json, PublishedTypes } from './published-types.ts';
import { refTo } from './type-schemas.ts';

const streams = ['exec', 'attach', 'portforward'];

/** Every path of a kind, with what may be asked there: what its verbs let, as a request is held to them. */
export function pathsOf(kind: Kind, root: string, published: PublishedTypes): Record<string, Json> {
  const verbs = verbsOf(kind);
  const place: Place = { kind, inNamespace: kind.namespaced, named: false, published };
  const collection = `${root}/${kind.namespaced ? 'namespaces/{namespace}/' : ''}${kind.plural}`;
  const item: Place = { ...place, named: true };
  const everywhere: Place = { ...place, inNamespace: false };
  const paths: Record<string, Json> = {};
  const add = (path: string, found: readonly (Operation | false)[]) => {
    const asked = found.filter((each) => each !== false);
    if (asked.length > 0) paths[path] = pathItem(asked);
  };
  add(collection, [
    verbs.includes('list') && operations.list(place),
    verbs.includes('create') && operations.create(place),
    verbs.includes('deletecollection') && operations.removeAll(place),
  ]);
  add(`${collection}/{name}`, [
    verbs.includes('get') && operations.read(item),
    verbs.includes('update') && operations.replace(item),
    verbs.includes('patch') && operations.patch(item),
    verbs.includes('delete') && operations.remove(item),
  ]);
  if (kind.namespaced) add(`${root}/${kind.plural}`, [verbs.includes('list') && operations.list(everywhere)]);
  // What is behind `proxy` is each app's own, so it is told in discovery alone.
  for (const subresource of kind.subresources.filter((each) => each !== 'proxy'))
    add(`${collection}/{name}/${subresource}`, subresourceOperations({ ...item, subresource }));
  return paths;
}

function subresourceOperations(place: Place): (Operation | false)[] {
  const subresource = place.subresource!;
  const verbs = subresourceVerbs[subresource] ?? [];
  if (subresource === 'log') return [operations.readLog(place)];
  if (streams.includes(subresource))
    return [operations.connect(place, 'get'), operations.connect(place, 'post')];
  return [
    verbs.includes('get') && operations.read(place),
    verbs.includes('update') && operations.replace(place),
    verbs.includes('patch') && operations.patch(place),
    verbs.includes('create') && operations.create(place),
  ];
}

/** The path that tells which resources a group's version has. */
export function resourceListPath(root: string, group: string, version: string): Record<string, Json> {
  const identifier = operations.identifier(group);
  const schema = refTo(resourceListComponent);
  const content = { 'application/json': { schema }, 'application/yaml': { schema } };
  const id = `${identifier.slice(0, 1).toUpperCase()}${identifier.slice(1)}V${version.slice(1)}`;
  return {
    [`${root}/`]: {
      get: {
        tags: [`${identifier}_${version}`],
        description: 'get available resources',
        operationId: `get${id}APIResources`,
        responses: { 200: { description: 'OK', content }, 401: { description: 'Unauthorized' } },
      },
    },
  };
}

/** Parameters that all operations of a path have stand once. */
function pathItem(found: readonly Operation[]): Json {
  const [first, ...others] = found;
  const isShared = (parameter: Json) =>
    others.every(({ parameters }) => parameters.some((each) => isDeepStrictEqual(each, parameter)));
  const shared = first!.parameters.filter(isShared);
  const own = ({ parameters }: Operation) =>
    parameters.filter((each) => !shared.some((other) => isDeepStrictEqual(each, other)));
  const item: Json = {};
  for (const each of found) {
    const parameters = own(each);
    item[each.method] = { ...each.rest, ...(parameters.length > 0 && { parameters }) };
  }
  if (shared.length > 0) item['parameters'] = shared;
  return item;
}
