import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** The Kubernetes that kith says it is: its published OpenAPI documents know what the client's models do not. */
const kubernetes = 'k8s.io/kubernetes@v1.33.13';

export interface OpenApiSchema {
  $ref?: string;
  type?: string;
  allOf?: OpenApiSchema[];
  items?: OpenApiSchema;
  additionalProperties?: OpenApiSchema;
  properties?: Record<string, OpenApiSchema>;
  'x-kubernetes-list-type'?: 'atomic' | 'set' | 'map';
  'x-kubernetes-list-map-keys'?: string[];
  'x-kubernetes-map-type'?: 'atomic' | 'granular';
  'x-kubernetes-patch-strategy'?: string;
  'x-kubernetes-patch-merge-key'?: string;
  default?: unknown;
}

/** Every type of Kubernetes' OpenAPI v3 documents, by the name of its model: `V1Pod`, and `CoreV1Event` too. Needs Go. */
export function openApiTypes(): Map<string, OpenApiSchema> {
  const { Dir } = JSON.parse(
    execFileSync('go', ['mod', 'download', '-json', kubernetes], { encoding: 'utf8' }),
  ) as { Dir: string };
  const folder = join(Dir, 'api', 'openapi-spec', 'v3');
  const found = new Map<string, OpenApiSchema>();
  const ambiguous = new Set<string>();
  const names = new Map<string, string>();
  for (const file of readdirSync(folder)) {
    const { components } = JSON.parse(readFileSync(join(folder, file), 'utf8')) as {
      components?: { schemas?: Record<string, OpenApiSchema> };
    };
    for (const [name, schema] of Object.entries(components?.schemas ?? {})) {
      const [kind, version, group] = name.split('.').toReversed();
      const short = `${capital(version!)}${kind}`;
      if (names.has(short) && names.get(short) !== name) ambiguous.add(short);
      names.set(short, name);
      found.set(short, schema);
      found.set(`${capital(group!)}${short}`, schema);
    }
  }
  for (const name of ambiguous) found.delete(name);
  return found;
}

const capital = (word: string) => word[0]!.toUpperCase() + word.slice(1);

/** What a schema refers to at last: `Quantity`, `IntOrString`; undefined where it refers to nothing. */
export function refersTo(schema: OpenApiSchema | undefined): string | undefined {
  const ref = schema?.$ref ?? schema?.allOf?.[0]?.$ref;
  return ref?.split('.').at(-1);
}
