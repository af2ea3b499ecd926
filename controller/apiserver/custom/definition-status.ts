import { isConditionTrue, setCondition } from '../../../api/conditions.ts';
import { sameJson } from '../../../api/plain-objects.ts';
import type {
  CustomResourceDefinition,
  CustomResourceDefinitionCondition,
  CustomResourceDefinitionNames,
} from '../../../api/types.ts';
import type { Resource } from '../resources/metadata.ts';

/** Holds a definition until no object of its kind is left. */
export const cleanupFinalizer = 'customresourcecleanup.apiextensions.k8s.io';

type Condition = CustomResourceDefinitionCondition;

/**
 * A definition with the names that it may have, and what that means for it. Whoever came first in a group keeps a name; a name
 * once accepted stays until it is given up.
 *
 * Source: k8s.io/apiextensions-apiserver/pkg/controller/{status,establish}
 */
export function withNames(
  definition: CustomResourceDefinition,
  others: readonly CustomResourceDefinition[],
  now: Date,
): CustomResourceDefinition {
  const { spec, status } = definition;
  const accepted = status?.acceptedNames ?? { kind: '', plural: '' };
  const wanted = spec.names;
  const known = others.filter(
    (other) => other.spec.group === spec.group && other.metadata?.name !== definition.metadata?.name,
  );
  const words = new Set<string | undefined>();
  const kinds = new Set<string | undefined>();
  for (const { acceptedNames } of known.map((other) => other.status ?? {})) {
    for (const word of [acceptedNames?.plural, acceptedNames?.singular, ...(acceptedNames?.shortNames ?? [])])
      words.add(word);
    for (const kind of [acceptedNames?.kind, acceptedNames?.listKind]) kinds.add(kind);
  }
  const names: CustomResourceDefinitionNames = { ...accepted };
  let refused: { reason: string; message: string } | undefined;
  const claim = (
    name: 'plural' | 'singular' | 'kind' | 'listKind',
    used: ReadonlySet<string | undefined>,
    reason: string,
  ) => {
    const word = wanted[name];
    if (word !== accepted[name] && word && used.has(word))
      refused = { reason, message: `${JSON.stringify(word)} is already in use` };
    else if (word !== undefined) names[name] = word;
  };
  claim('plural', words, 'PluralConflict');
  claim('singular', words, 'SingularConflict');
  const taken = (wanted.shortNames ?? []).filter(
    (word) => !accepted.shortNames?.includes(word) && words.has(word),
  );
  if (taken.length > 0) {
    const texts = taken.map((word) => `${JSON.stringify(word)} is already in use`);
    refused = {
      reason: 'ShortNamesConflict',
      message: texts.length > 1 ? `[${texts.join(', ')}]` : texts[0]!,
    };
  } else if (wanted.shortNames) names.shortNames = wanted.shortNames;
  else delete names.shortNames;
  claim('kind', kinds, 'KindConflict');
  claim('listKind', kinds, 'ListKindConflict');
  if (wanted.categories) names.categories = wanted.categories;
  else delete names.categories;

  const conditions: Condition[] = [
    {
      type: 'NamesAccepted',
      status: refused ? 'False' : 'True',
      reason: refused?.reason ?? 'NoConflicts',
      message: refused?.message ?? 'no conflicts found',
    },
  ];
  // A kind that was served once goes on being served, under the names that it had.
  if (!isConditionTrue(status?.conditions, 'Established'))
    conditions.push(refused ? notAccepted : installing);
  return withConditions({ ...definition, status: { ...status, acceptedNames: names } }, conditions, now);
}

const notAccepted: Condition = {
  type: 'Established',
  status: 'False',
  reason: 'NotAccepted',
  message: 'not all names are accepted',
};
const installing: Condition = {
  type: 'Established',
  status: 'False',
  reason: 'Installing',
  message: 'the initial names have been accepted',
};

/** A definition whose names are accepted, as one whose kind is served: the second step, as in Kubernetes. */
export function withEstablished(definition: CustomResourceDefinition, now: Date): CustomResourceDefinition {
  const conditions = definition.status?.conditions;
  if (!isConditionTrue(conditions, 'NamesAccepted') || isConditionTrue(conditions, 'Established'))
    return definition;
  return withConditions(definition, [{ ...installing, status: 'True', reason: 'InitialNamesAccepted' }], now);
}

/** A definition that somebody has asked to delete: it waits for its objects to go. */
export function withCleanup(definition: CustomResourceDefinition, now: Date): CustomResourceDefinition {
  const { metadata } = definition;
  const finalizers = metadata?.finalizers ?? [];
  return withConditions(
    {
      ...definition,
      metadata: {
        ...metadata,
        finalizers: finalizers.includes(cleanupFinalizer) ? finalizers : [...finalizers, cleanupFinalizer],
      },
    },
    [
      {
        type: 'Terminating',
        status: 'True',
        reason: 'InstanceDeletionPending',
        message: 'CustomResourceDefinition marked for deletion; CustomResource deletion will begin soon',
      },
    ],
    now,
  );
}

/** How far the deletion of a definition's objects has come. */
export function withProgress(
  definition: CustomResourceDefinition,
  progress: Pick<Condition, 'status' | 'reason' | 'message'>,
  now: Date,
): CustomResourceDefinition {
  return withConditions(definition, [{ type: 'Terminating', ...progress }], now);
}

export function withoutCleanup(definition: CustomResourceDefinition): CustomResourceDefinition {
  const { finalizers = [], ...metadata } = definition.metadata ?? {};
  const kept = finalizers.filter((each) => each !== cleanupFinalizer);
  return { ...definition, metadata: { ...metadata, ...(kept.length > 0 && { finalizers: kept }) } };
}

/** What the API server keeps of a definition's past: every version that objects may lie in the store under. */
export function withStoredVersions(object: Resource, old: Resource | undefined): Resource {
  const { spec, status } = object as unknown as CustomResourceDefinition;
  const before = (old as unknown as CustomResourceDefinition | undefined)?.status?.storedVersions ?? [];
  const storage = spec?.versions?.find?.((each) => each?.storage)?.name;
  const stored = storage && !before.includes(storage) ? [...before, storage] : before;
  if (!old) {
    // What clients of Kubernetes see of one that nobody has looked at yet.
    const fresh = { conditions: null, acceptedNames: { plural: '', kind: '' }, storedVersions: stored };
    return { ...object, status: fresh } as Resource;
  }
  if (sameJson(stored, status?.storedVersions)) return object;
  return { ...object, status: { ...status, storedVersions: stored } } as Resource;
}

function withConditions(
  definition: CustomResourceDefinition,
  conditions: readonly Condition[],
  now: Date,
): CustomResourceDefinition {
  let all = definition.status?.conditions ?? [];
  for (const condition of conditions) all = setCondition(all, condition, now);
  return { ...definition, status: { ...definition.status, conditions: all } };
}
