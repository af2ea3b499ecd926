import { readFile } from 'node:fs/promises';

export type Json = Record<string, unknown>;

/** What OpenAPI documents say of a field beyond its type and how it is merged. */
export interface PublishedField {
  description?: string;
  enum?: string[];
  /** The whole of its schema, where that does not follow from type and merging. */
  as?: Json;
}

/** What OpenAPI documents say of a type beyond its fields' types. */
export interface PublishedType {
  /** `io.k8s.api.core.v1.Pod`. */
  name: string;
  description?: string;
  /** What else stands beside its fields: `x-kubernetes-map-type`, `x-kubernetes-unions` … */
  more?: Json;
  /** What must be there, where validation has another word for it. */
  required?: string[];
  fields: Record<string, PublishedField>;
}

export interface PublishedTypes {
  /** By the names that the schema data has for them: `Pod`. */
  types: Record<string, PublishedType>;
  /** What only documents speak of (lists, `Patch`, `Time` …), whole, by its name there. */
  others: Record<string, Json>;
  /** Parameters of operations, by name; those of one subresource alone (`exec`) by its name and theirs: `exec/stdin`. */
  parameters: Record<string, Json>;
}

const file = new URL('../../../api/schema/openapi.json', import.meta.url);

/**
 * The half megabyte that only OpenAPI documents need (`scripts/schema/published.ts` writes it). Read anew each time: clients ask
 * once in a while, and between two of them nothing of it stays in memory.
 */
export async function readPublishedTypes(): Promise<PublishedTypes> {
  return JSON.parse(await readFile(file, 'utf8')) as PublishedTypes;
}
