import assert from 'node:assert/strict';
import type { TestCluster } from '../cluster.ts';
import { until } from '../../../support/wait.ts';

export const definitionsPath = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions';
export const widgetsPath = '/apis/example.com/v1/namespaces/default/widgets';

export interface VersionLike {
  name: string;
  served?: boolean;
  storage?: boolean;
  [key: string]: unknown;
}

/** A definition of Widgets: what differs is given. */
export function widgetDefinition({
  spec = {},
  schema = { type: 'object', properties: { spec: { type: 'object', properties: {} } } },
  versions,
  version = {},
}: {
  spec?: object;
  schema?: object;
  version?: object;
  versions?: VersionLike[];
} = {}) {
  const all = versions ?? [{ name: 'v1', ...version }];
  return {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: 'widgets.example.com' },
    spec: {
      group: 'example.com',
      scope: 'Namespaced',
      names: { plural: 'widgets', kind: 'Widget', shortNames: ['wd'] },
      versions: all.map((each, index) => ({
        served: true,
        storage: index === 0,
        schema: { openAPIV3Schema: schema },
        ...each,
      })),
      ...spec,
    },
  };
}

/** The same, with these fields of `spec`. */
export const withSpec = (properties: object, more: object = {}) =>
  widgetDefinition({
    schema: { type: 'object', properties: { spec: { type: 'object', properties, ...more } } },
  });

export const widget = (spec: unknown, name = 'one', more: object = {}) => ({
  apiVersion: 'example.com/v1',
  kind: 'Widget',
  metadata: { name },
  spec,
  ...more,
});

/** Creates a definition and waits until its kind is served. */
export async function define(
  cluster: TestCluster,
  definition: { metadata: { name: string } },
): Promise<void> {
  const created = await cluster.ask('POST', definitionsPath, { body: definition });
  assert.equal(created.status, 201, created.text);
  await established(cluster, definition.metadata.name);
}

export async function established(cluster: TestCluster, name: string): Promise<void> {
  await until(
    `${name} is established`,
    async () => (await conditionOf(cluster, name, 'Established'))?.status === 'True',
  );
}

export async function conditionOf(
  cluster: TestCluster,
  name: string,
  type: string,
): Promise<{ status: string; reason: string; message: string } | undefined> {
  const { json } = await cluster.ask('GET', `${definitionsPath}/${name}`);
  const { conditions = [] } = (json['status'] ?? {}) as {
    conditions?: { type: string; status: string; reason: string; message: string }[];
  };
  return conditions.find((each) => each.type === type);
}
