import type { Json, PublishedTypes } from './published-types.ts';

export const listParameters = [
  'allowWatchBookmarks',
  'continue',
  'fieldSelector',
  'labelSelector',
  'limit',
  'resourceVersion',
  'resourceVersionMatch',
  'sendInitialEvents',
  'timeoutSeconds',
  'watch',
];
export const writeParameters = ['dryRun', 'fieldManager', 'fieldValidation'];
/** What an apply is, is said of the patch that it comes as. */
export const patchParameters = ['dryRun', 'patch/fieldManager', 'fieldValidation', 'patch/force'];
export const deleteParameters = [
  'dryRun',
  'gracePeriodSeconds',
  'ignoreStoreReadErrorWithClusterBreakingPotential',
  'orphanDependents',
  'propagationPolicy',
];
export const deleteCollectionParameters = [
  ...deleteParameters,
  ...listParameters.filter((name) => name !== 'watch' && name !== 'allowWatchBookmarks'),
];

/** The parameters of these names; of those that one subresource alone has, by its name and theirs (`exec/stdin`). */
export function parametersCalled(names: readonly string[], published: PublishedTypes): Json[] {
  return names.map((name) => {
    const found = published.parameters[name] ?? published.parameters[name.split('/').at(-1)!];
    if (!found) throw new Error(`no parameter is called ${name}; run scripts/schema/published.ts`);
    return found;
  });
}

/** Those that a subresource alone has, as `exec/stdin`. */
export function parametersOf(subresource: string, published: PublishedTypes): string[] {
  return Object.keys(published.parameters).filter((name) => name.startsWith(`${subresource}/`));
}

export const nameParameter = (kind: string): Json => ({
  name: 'name',
  in: 'path',
  description: `name of the ${kind}`,
  required: true,
  schema: { type: 'string', uniqueItems: true },
});
