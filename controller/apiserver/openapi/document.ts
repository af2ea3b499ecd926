import { unstoredKinds, type Kind, type KindSet } from '../../../api/kinds.ts';
import { componentsFor } from './components.ts';
import { pathsOf, resourceListPath } from './paths.ts';
import type { Json, PublishedTypes } from './published-types.ts';

/** An OpenAPI v3 document. */
export interface OpenApiDocument extends Json {
  paths: Record<string, Json>;
  components: { schemas: Record<string, Json>; securitySchemes?: Json };
}

export const info = { title: 'Kubernetes', version: '1.33' };
export const bearerToken = {
  type: 'apiKey',
  description: 'Bearer Token authentication',
  name: 'authorization',
  in: 'header',
};

/** What documents speak of: objects, and questions, which clients send as they send objects. */
export function described(kinds: Pick<KindSet, 'all'>): readonly Kind[] {
  return [...kinds.all(), ...unstoredKinds];
}

/** The document that a kind stands in: `apis/apps/v1`, `api/v1`. */
export function documentPath({ group, version }: Pick<Kind, 'group' | 'version'>): string {
  return group ? `apis/${group}/${version}` : `api/${version}`;
}

/** The kinds of each document, by its path. */
export function kindsByDocument(kinds: KindSet): Map<string, Kind[]> {
  const found = new Map<string, Kind[]>();
  for (const kind of described(kinds)) {
    const path = documentPath(kind);
    found.set(path, [...(found.get(path) ?? []), kind]);
  }
  return found;
}

/** The document of one group's version, whose kinds are `members`; at least one. */
export function openApiDocument(
  members: readonly Kind[],
  served: readonly Kind[],
  published: PublishedTypes,
): OpenApiDocument {
  const { group, version } = members[0]!;
  const root = `/${documentPath(members[0]!)}`;
  const ofBuiltIn = members.some((kind) => !kind.custom);
  const paths: Record<string, Json> = Object.assign(
    ofBuiltIn ? resourceListPath(root, group, version) : {},
    ...members.map((kind) => pathsOf(kind, root, published)),
  );
  return {
    openapi: '3.0.0',
    info,
    paths,
    components: {
      schemas: componentsFor(paths, served, published),
      ...(ofBuiltIn && { securitySchemes: { BearerToken: bearerToken } }),
    },
  };
}
