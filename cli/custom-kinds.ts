import type { Kind } from '../api/kinds.ts';
import { kinds } from '../api/kinds.ts';
import { textOf } from '../client/body.ts';
import type { Transport } from '../client/transport.ts';

interface Discovered {
  items?: {
    metadata?: { name?: string };
    versions?: {
      version?: string;
      resources?: {
        resource?: string;
        responseKind?: { kind?: string };
        scope?: string;
        singularResource?: string;
        shortNames?: string[];
        categories?: string[];
      }[];
    }[];
  }[];
}

const accept = 'application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList';
const own = new Set(kinds.map(({ group }) => group));

/** The kinds that the cluster's definitions add, as its discovery tells them: each in the version that it names first. */
export async function customKinds(transport: Transport): Promise<Kind[]> {
  const response = await transport.request({ method: 'GET', path: '/apis', headers: { accept } });
  const { items = [] } = JSON.parse(await textOf(response.body)) as Discovered;
  const found = new Map<string, Kind>();
  for (const { metadata, versions = [] } of items) {
    const group = metadata?.name ?? '';
    for (const { version = '', resources = [] } of own.has(group) ? [] : versions)
      for (const each of resources) {
        const plural = each.resource ?? '';
        if (found.has(`${plural}.${group}`)) continue;
        found.set(`${plural}.${group}`, {
          kind: each.responseKind?.kind ?? '',
          group,
          version,
          apiVersion: `${group}/${version}`,
          plural,
          singular: each.singularResource ?? '',
          shortNames: each.shortNames ?? [],
          namespaced: each.scope === 'Namespaced',
          subresources: [],
          categories: each.categories ?? [],
          selectableFields: {},
        });
      }
  }
  return [...found.values()];
}
