import type { Kind } from '../../../api/kinds.ts';
import { customComponents } from './custom-schemas.ts';
import { metricsComponents } from './metrics-components.ts';
import type { Json, PublishedTypes } from './published-types.ts';
import { nameIn, refTo, typeComponent } from './type-schemas.ts';

const meta = 'io.k8s.apimachinery.pkg.apis.meta.v1';
/** Of every group: which groups those are is said of what is served. */
const ofEveryGroup: Record<string, string> = { [`${meta}.DeleteOptions`]: 'DeleteOptions' };

export const statusComponent = `${meta}.Status`;
export const deleteOptionsComponent = `${meta}.DeleteOptions`;
export const patchComponent = `${meta}.Patch`;
export const resourceListComponent = `${meta}.APIResourceList`;

/** Of kinds that no type of the schema data stands for, since nobody writes them. */
const computed: Readonly<Record<string, string>> = {
  APIService: 'io.k8s.kube-aggregator.pkg.apis.apiregistration.v1.APIService',
  NodeMetrics: 'io.k8s.metrics.pkg.apis.metrics.v1beta1.NodeMetrics',
  PodMetrics: 'io.k8s.metrics.pkg.apis.metrics.v1beta1.PodMetrics',
};

/** What a kind's objects are called in documents: `io.k8s.api.core.v1.Pod`, `com.example.v1.Widget`. */
export function componentOf(kind: Kind, published: PublishedTypes): string {
  if (!kind.custom) return published.types[kind.type!]?.name ?? computed[kind.kind]!;
  return `${kind.group.split('.').toReversed().join('.')}.${kind.version}.${kind.kind}`;
}

/** What a list of them is called. */
export function listComponentOf(kind: Kind, published: PublishedTypes): string {
  if (!kind.custom) return `${componentOf(kind, published)}List`;
  return componentOf({ ...kind, kind: kind.custom.listKind }, published);
}

/**
 * The components that a document refers to, and what those refer to.
 *
 * @param served every kind of the server, some of whose custom ones the document may speak of
 */
export function componentsFor(
  document: Json,
  served: readonly Kind[],
  published: PublishedTypes,
): Record<string, Json> {
  const typeOf = new Map(Object.entries(published.types).map(([type, { name }]) => [name, type]));
  const custom = new Map(
    served
      .filter((kind) => kind.custom)
      .flatMap((kind) => {
        const [name, list] = [componentOf(kind, published), listComponentOf(kind, published)];
        const made = customComponents(kind, refTo(name));
        return [[name, made.object] as const, [list, made.list] as const];
      }),
  );
  const found: Record<string, Json> = {};
  const add = (name: string): void => {
    if (Object.hasOwn(found, name)) return;
    const type = typeOf.get(name);
    const schema =
      custom.get(name) ??
      (type ? typeComponent(type, published) : (published.others[name] ?? metricsComponents[name]));
    if (!schema) throw new Error(`no schema is called ${name}; run scripts/schema/published.ts`);
    const kindOfAll = ofEveryGroup[name];
    found[name] = kindOfAll
      ? { ...schema, 'x-kubernetes-group-version-kind': inEveryGroup(kindOfAll, served) }
      : schema;
    for (const ref of refsIn(schema)) add(ref);
  };
  for (const ref of refsIn(document)) add(ref);
  return found;
}

function inEveryGroup(kind: string, served: readonly Kind[]): Json[] {
  const versions = new Map(
    served.map(({ group, version }) => [`${group} ${version}`, { group, kind, version }]),
  );
  return [...versions].toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([, each]) => each);
}

function* refsIn(value: unknown): Generator<string> {
  if (typeof value !== 'object' || value === null) return;
  for (const [key, inner] of Object.entries(value))
    if (key === '$ref' && typeof inner === 'string') yield nameIn(inner);
    else yield* refsIn(inner);
}
