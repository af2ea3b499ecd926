import { unstoredKinds, type Kind, type KindSet } from '../../../api/kinds.ts';
import { compareVersions } from '../../../api/structural/custom-kind.ts';
import { subresourceKindOf } from './subresource-kinds.ts';
import { subresourceVerbs, verbsOf } from './verbs.ts';

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

/** Source: cmd/kube-apiserver's priorities of API services; groups of custom resources follow. */
const groupOrder = [
  '',
  'apiregistration.k8s.io',
  'apps',
  'events.k8s.io',
  'authentication.k8s.io',
  'authorization.k8s.io',
  'autoscaling',
  'batch',
  'certificates.k8s.io',
  'networking.k8s.io',
  'policy',
  'rbac.authorization.k8s.io',
  'storage.k8s.io',
  'apiextensions.k8s.io',
  'scheduling.k8s.io',
  'coordination.k8s.io',
  'node.k8s.io',
  'discovery.k8s.io',
];

/** Subresources that are declared and answered: those that need streams come later, and say so when asked. */
function servedSubresources(kind: Kind): string[] {
  const known = kind.subresources.filter((each) => each in subresourceVerbs);
  // Those of custom resources stand in the order in which Kubernetes looks at them.
  return kind.custom ? known : known.sort();
}

/** Groups and versions by Kubernetes' order of preference, which clients resolve `events` and the like by; kinds by the alphabet. */
function groupsOf(kinds: KindSet): Map<string, Map<string, Kind[]>> {
  const groups = new Map<string, Map<string, Kind[]>>();
  for (const kind of [...kinds.all(), ...unstoredKinds].sort(byPreference)) {
    const versions = groups.get(kind.group) ?? new Map<string, Kind[]>();
    groups.set(kind.group, versions.set(kind.version, [...(versions.get(kind.version) ?? []), kind]));
  }
  return groups;
}

function byPreference(a: Kind, b: Kind): number {
  return (
    rankOf(a.group) - rankOf(b.group) ||
    order(a.group, b.group) ||
    compareVersions(a.version, b.version) ||
    order(a.plural, b.plural)
  );
}

function rankOf(group: string): number {
  const rank = groupOrder.indexOf(group);
  return rank < 0 ? groupOrder.length : rank;
}

const order = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0);

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
          responseKind: ownKind(kind),
          scope: kind.namespaced ? 'Namespaced' : 'Cluster',
          singularResource: kind.singular,
          verbs: verbsOf(kind),
          ...(kind.shortNames.length > 0 && { shortNames: kind.shortNames }),
          ...(kind.categories.length > 0 && { categories: kind.categories }),
          ...aggregatedSubresources(kind),
        })),
      })),
    }));
  return { kind: 'APIGroupDiscoveryList', apiVersion: 'apidiscovery.k8s.io/v2', metadata: {}, items };
}

function aggregatedSubresources(kind: Kind): object {
  const subresources = servedSubresources(kind).map((subresource) => ({
    subresource,
    responseKind: subresourceKindOf(kind, subresource) ?? ownKind(kind),
    verbs: subresourceVerbs[subresource],
  }));
  return subresources.length > 0 ? { subresources } : {};
}

/** Its group and version where they are not those that it is listed under, which they never are for a kind itself. */
function ownKind({ kind }: Kind): object {
  return { group: '', version: '', kind };
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
      verbs: verbsOf(kind),
      ...(kind.shortNames.length > 0 && { shortNames: kind.shortNames }),
      ...(kind.categories.length > 0 && { categories: kind.categories }),
    },
    ...servedSubresources(kind).map((subresource) => ({
      name: `${kind.plural}/${subresource}`,
      singularName: '',
      namespaced: kind.namespaced,
      ...listedKind(subresource, kind),
      verbs: subresourceVerbs[subresource],
    })),
  ]);
  const groupVersion = group ? `${group}/${version}` : version;
  // The core group's list is of a time when there were no versions of lists.
  return { kind: 'APIResourceList', ...(group && { apiVersion: 'v1' }), groupVersion, resources };
}

function listedKind(subresource: string, kind: Kind): object {
  const other = subresourceKindOf(kind, subresource);
  if (!other) return { kind: kind.kind };
  const { group, version } = other;
  return { ...(group && { group }), ...(version && { version }), kind: other.kind };
}
