import { isConditionTrue } from '../conditions.ts';
import type { Kind } from '../kinds.ts';
import type { Columns } from '../tables/table.ts';
import type {
  CustomResourceDefinition,
  CustomResourceDefinitionVersion,
  CustomResourceSubresourceScale,
} from '../types.ts';
import { printerColumns } from './columns.ts';
import type { Schema } from './schema.ts';

/** What a definition says of one version of its kind. */
export interface CustomKind {
  /** The name of the definition: `widgets.example.com`. */
  definition: string;
  listKind: string;
  /** How its objects lie in the store, whatever version they were written in. */
  storageApiVersion: string;
  schema: Schema | undefined;
  hasStatus: boolean;
  scale: CustomResourceSubresourceScale | undefined;
  columns: Columns<object>;
  /** What users of this version are warned of. */
  warning: string | undefined;
}

/** The kinds that a definition adds: one for each version that is served, from the day that its names are accepted. */
export function kindsOfDefinition(definition: CustomResourceDefinition): Kind[] {
  if (!isConditionTrue(definition.status?.conditions, 'Established')) return [];
  return definition.spec.versions
    .filter(({ served }) => served)
    .toSorted((a, b) => compareVersions(a.name, b.name))
    .map((version) => kindOfVersion(definition, version));
}

/** The kind as its objects lie in the store, served or not. */
export function storageKindOf(definition: CustomResourceDefinition): Kind | undefined {
  const version = definition.spec.versions.find(({ storage }) => storage);
  return version && kindOfVersion(definition, version);
}

function kindOfVersion(
  { metadata, spec, status }: CustomResourceDefinition,
  version: CustomResourceDefinitionVersion,
): Kind {
  const names = status?.acceptedNames ?? spec.names;
  const apiVersion = `${spec.group}/${version.name}`;
  const storage = spec.versions.find((each) => each.storage) ?? version;
  const isNamespaced = spec.scope === 'Namespaced';
  const hasStatus = version.subresources?.status !== undefined;
  const scale = version.subresources?.scale;
  const better = spec.versions
    .filter((each) => each.served && !each.deprecated && compareVersions(each.name, version.name) < 0)
    .toSorted((a, b) => compareVersions(a.name, b.name))[0];
  const instead = better ? `; use ${spec.group}/${better.name} ${spec.names.kind}` : '';
  const deprecated = `${apiVersion} ${names.kind} is deprecated${instead}`;
  return {
    kind: names.kind,
    group: spec.group,
    version: version.name,
    apiVersion,
    plural: names.plural,
    singular: names.singular ?? names.kind.toLowerCase(),
    shortNames: names.shortNames ?? [],
    namespaced: isNamespaced,
    subresources: [...(hasStatus ? ['status'] : []), ...(scale ? ['scale'] : [])],
    categories: names.categories ?? [],
    selectableFields: {
      'metadata.name': '',
      ...(isNamespaced && { 'metadata.namespace': '' }),
      ...Object.fromEntries((version.selectableFields ?? []).map(({ jsonPath }) => [jsonPath.slice(1), ''])),
    },
    custom: {
      definition: metadata?.name ?? '',
      listKind: names.listKind ?? `${names.kind}List`,
      storageApiVersion: `${spec.group}/${storage.name}`,
      schema: version.schema?.openAPIV3Schema,
      hasStatus,
      scale,
      columns: printerColumns(version.additionalPrinterColumns),
      warning: version.deprecated ? (version.deprecationWarning ?? deprecated) : undefined,
    },
  };
}

const versionPattern = /^v(\d+)(?:(alpha|beta)(\d+))?$/;
const stages = ['alpha', 'beta', undefined];

/**
 * The order in which clients prefer versions: `v2`, `v1`, `v1beta2`, `v1beta1`, `v1alpha1`, then all others by their letters.
 *
 * Source: k8s.io/apimachinery/pkg/version
 */
export function compareVersions(a: string, b: string): number {
  const [left, right] = [versionPattern.exec(a), versionPattern.exec(b)];
  if (!left || !right) {
    if (left || right) return left ? -1 : 1;
    return a < b ? -1 : Number(a > b);
  }
  return (
    stages.indexOf(right[2]) - stages.indexOf(left[2]) ||
    Number(right[1]) - Number(left[1]) ||
    Number(right[3] ?? 0) - Number(left[3] ?? 0)
  );
}
