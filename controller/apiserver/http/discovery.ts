import type { Kind, KindSet } from '../../../api/kinds.ts';
import type { Verb } from '../auth/rule.ts';

/** What `kubectl version` shows, and what clients decide features by. */
export const versionInfo = {
  major: '1',
  minor: '33',
  gitVersion: 'v1.33.0+kith',
  gitCommit: '',
  gitTreeState: 'clean',
  buildDate: '1970-01-01T00:00:00Z',
  goVersion: 'none',
  compiler: 'none',
  platform: `${process.platform}/${process.arch}`,
};

const verbs: readonly Verb[] = [
  'create',
  'delete',
  'deletecollection',
  'get',
  'list',
  'patch',
  'update',
  'watch',
];
const subresourceVerbs: Record<string, readonly string[]> = {
  status: ['get', 'patch', 'update'],
  scale: ['get', 'patch', 'update'],
  finalize: ['update'],
  binding: ['create'],
  eviction: ['create'],
  log: ['get'],
};
/** Subresources whose body is of another kind. */
const subresourceKinds: Record<string, { group: string; version: string; kind: string }> = {
  scale: { group: 'autoscaling', version: 'v1', kind: 'Scale' },
  binding: { group: '', version: 'v1', kind: 'Binding' },
  eviction: { group: 'policy', version: 'v1', kind: 'Eviction' },
};

/** Subresources that are declared and answered: those that need streams come later, and say so when asked. */
function servedSubresources(kind: Kind): string[] {
  return kind.subresources.filter((each) => each in subresourceVerbs);
}

function groupsOf(kinds: KindSet): Map<string, Map<string, Kind[]>> {
  const groups = new Map<string, Map<string, Kind[]>>();
  for (const kind of kinds.all()) {
    const versions = groups.get(kind.group) ?? new Map<string, Kind[]>();
    groups.set(kind.group, versions.set(kind.version, [...(versions.get(kind.version) ?? []), kind]));
  }
  return groups;
}

/** `/api` or `/apis` as one document, which kubectl asks for first. */
export function aggregatedDiscovery(kinds: KindSet, isCore: boolean): object {
  const items = [...groupsOf(kinds)]
    .filter(([group]) => (group === '') === isCore)
    .map(([group, versions]) => ({
      metadata: { ...(group && { name: group }), creationTimestamp: null },
      versions: [...versions].map(([version, members]) => ({
        version,
        freshness: 'Current',
        resources: members.map((kind) => ({
          resource: kind.plural,
          responseKind: { group: kind.group, version: kind.version, kind: kind.kind },
          scope: kind.namespaced ? 'Namespaced' : 'Cluster',
          singularResource: kind.singular,
          verbs,
          ...(kind.shortNames.length > 0 && { shortNames: kind.shortNames }),
          ...(kind.categories.length > 0 && { categories: kind.categories }),
          subresources: servedSubresources(kind).map((subresource) => ({
            subresource,
            responseKind: subresourceKinds[subresource] ?? {
              group: kind.group,
              version: kind.version,
              kind: kind.kind,
            },
            verbs: subresourceVerbs[subresource],
          })),
        })),
      })),
    }));
  return { kind: 'APIGroupDiscoveryList', apiVersion: 'apidiscovery.k8s.io/v2', metadata: {}, items };
}

/** `/api`, in the form that older clients ask for. */
export function coreVersions(): object {
  return { kind: 'APIVersions', versions: ['v1'], serverAddressByClientCIDRs: [] };
}

/** `/apis`. */
export function groupList(kinds: KindSet): object {
  const groups = [...groupsOf(kinds)]
    .filter(([group]) => group !== '')
    .map(([group]) => apiGroup(kinds, group));
  return { kind: 'APIGroupList', apiVersion: 'v1', groups };
}

/** `/apis/apps`; undefined for a group that is not served. */
export function groupDocument(kinds: KindSet, group: string): object | undefined {
  if (!group || !groupsOf(kinds).has(group)) return undefined;
  return { kind: 'APIGroup', apiVersion: 'v1', ...apiGroup(kinds, group) };
}

function apiGroup(kinds: KindSet, group: string): object {
  const versions = [...groupsOf(kinds).get(group)!.keys()].map((version) => ({
    groupVersion: `${group}/${version}`,
    version,
  }));
  return { name: group, versions, preferredVersion: versions[0] };
}

/** `/api/v1` or `/apis/apps/v1`; undefined for what is not served. */
export function resourceList(kinds: KindSet, group: string, version: string): object | undefined {
  const members = groupsOf(kinds).get(group)?.get(version);
  if (!members) return undefined;
  const resources = members.flatMap((kind) => [
    {
      name: kind.plural,
      singularName: kind.singular,
      namespaced: kind.namespaced,
      kind: kind.kind,
      verbs,
      ...(kind.shortNames.length > 0 && { shortNames: kind.shortNames }),
      ...(kind.categories.length > 0 && { categories: kind.categories }),
    },
    ...servedSubresources(kind).map((subresource) => ({
      name: `${kind.plural}/${subresource}`,
      singularName: '',
      namespaced: kind.namespaced,
      ...(subresourceKinds[subresource] ?? { kind: kind.kind }),
      verbs: subresourceVerbs[subresource],
    })),
  ]);
  const groupVersion = group ? `${group}/${version}` : version;
  return { kind: 'APIResourceList', apiVersion: 'v1', groupVersion, resources };
}
