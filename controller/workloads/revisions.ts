import { createHash } from 'node:crypto';
import type { Deployment, PodTemplateSpec, ReplicaSet } from '../../api/types.ts';
import { controllerReference } from './ownership.ts';
import { byCreation, leewayOf, nameOf, replicasOf, sizeOf } from './rollout.ts';

export const hashLabel = 'pod-template-hash';
export const revisionAnnotation = 'deployment.kubernetes.io/revision';
export const revisionHistoryAnnotation = 'deployment.kubernetes.io/revision-history';
export const desiredReplicasAnnotation = 'deployment.kubernetes.io/desired-replicas';
export const maxReplicasAnnotation = 'deployment.kubernetes.io/max-replicas';

/** What a Deployment does not hand down to its ReplicaSets. */
const notHandedDown = new Set([
  'kubectl.kubernetes.io/last-applied-configuration',
  revisionAnnotation,
  revisionHistoryAnnotation,
  desiredReplicasAnnotation,
  maxReplicasAnnotation,
  'deprecated.deployment.rollback.to',
]);

const hashLetters = 'bcdfghjklmnpqrstvwxz2456789';

/** A short name for a template, the same each time: ten of the letters that Kubernetes uses, so that no word comes out. */
export function templateHash(template: PodTemplateSpec, collisions = 0): string {
  const digest = createHash('sha256').update(canonical(template));
  if (collisions > 0) digest.update(`#${collisions}`);
  return [...digest.digest().subarray(0, 10)].map((byte) => hashLetters[byte % hashLetters.length]).join('');
}

/** JSON with sorted keys: the order in which someone wrote them is no difference. */
export function canonical(value: unknown): string {
  return JSON.stringify(value, (_key, part: unknown) =>
    typeof part === 'object' && part !== null && !Array.isArray(part)
      ? Object.fromEntries(Object.entries(part).toSorted(([a], [b]) => (a < b ? -1 : 1)))
      : part,
  );
}

/** Tells the set that has the Deployment's template now (the oldest, were there two) from all the others. */
export function tellApart(
  deployment: Deployment,
  sets: readonly ReplicaSet[],
): { newSet: ReplicaSet | undefined; oldSets: ReplicaSet[] } {
  const template = canonical(withoutHash(deployment.spec?.template));
  const newSet = sets
    .toSorted(byCreation)
    .find((set) => canonical(withoutHash(set.spec?.template)) === template);
  return { newSet, oldSets: sets.filter((set) => set !== newSet) };
}

function withoutHash(template: PodTemplateSpec | undefined): PodTemplateSpec | undefined {
  const { [hashLabel]: _hash, ...labels } = template?.metadata?.labels ?? {};
  return template && { ...template, metadata: { ...template.metadata, labels } };
}

export function revisionOf(object: Deployment | ReplicaSet): number {
  return Number(object.metadata?.annotations?.[revisionAnnotation] ?? 0) || 0;
}

/** The ReplicaSet for the Deployment's template, as it is to be created. */
export function newSetFor(deployment: Deployment, oldSets: readonly ReplicaSet[], size: number): ReplicaSet {
  const { spec } = deployment;
  const template = spec!.template;
  const hash = templateHash(template, deployment.status?.collisionCount);
  const labels = { ...template.metadata?.labels, [hashLabel]: hash };
  const { selector } = spec!;
  return {
    apiVersion: 'apps/v1',
    kind: 'ReplicaSet',
    metadata: {
      namespace: deployment.metadata?.namespace,
      name: `${nameOf(deployment)}-${hash}`,
      labels,
      annotations: {
        ...handedDown(deployment),
        ...sizeAnnotations(deployment),
        [revisionAnnotation]: String(latestRevision(oldSets) + 1),
      },
      ownerReferences: [controllerReference(deployment)],
    },
    spec: {
      replicas: size,
      ...(spec!.minReadySeconds && { minReadySeconds: spec!.minReadySeconds }),
      selector: { ...selector, matchLabels: { ...selector.matchLabels, [hashLabel]: hash } },
      template: { ...template, metadata: { ...template.metadata, labels } },
    },
  };
}

/**
 * The set with what its Deployment says of it: annotations, revision (a set that comes back by a rollback becomes the newest),
 * `minReadySeconds` and size. The same object where nothing changes.
 */
export function brought(
  set: ReplicaSet,
  deployment: Deployment,
  change: { size?: number; newestAmong?: readonly ReplicaSet[] },
): ReplicaSet {
  const { size = sizeOf(set), newestAmong } = change;
  const annotations = { ...set.metadata?.annotations };
  const spec = { ...set.spec!, replicas: size };
  if (newestAmong) {
    Object.assign(annotations, handedDown(deployment));
    const revision = latestRevision(newestAmong) + 1;
    const before = revisionOf(set);
    if (before < revision) {
      annotations[revisionAnnotation] = String(revision);
      if (before > 0) {
        const history = annotations[revisionHistoryAnnotation];
        annotations[revisionHistoryAnnotation] = history ? `${history},${before}` : String(before);
      }
    }
    const { minReadySeconds } = deployment.spec ?? {};
    if ((spec.minReadySeconds ?? 0) !== (minReadySeconds ?? 0)) spec.minReadySeconds = minReadySeconds ?? 0;
  }
  if (size > 0) Object.assign(annotations, sizeAnnotations(deployment));
  const next: ReplicaSet = { ...set, metadata: { ...set.metadata, annotations }, spec };
  return canonical(next) === canonical(set) ? set : next;
}

/** Whether a set with pods still remembers another number wanted than the Deployment has now: then someone has scaled it. */
export function isScaled(deployment: Deployment, sets: readonly ReplicaSet[]): boolean {
  return sets.some((set) => {
    const remembered = set.metadata?.annotations?.[desiredReplicasAnnotation];
    return sizeOf(set) > 0 && remembered !== undefined && Number(remembered) !== replicasOf(deployment);
  });
}

/** Old sets beyond the history that is kept, oldest revision first; only such as are empty and settled. */
export function forgotten(deployment: Deployment, oldSets: readonly ReplicaSet[]): ReplicaSet[] {
  const limit = deployment.spec?.revisionHistoryLimit ?? 10;
  const alive = oldSets.filter((set) => !set.metadata?.deletionTimestamp);
  return alive
    .toSorted((a, b) => revisionOf(a) - revisionOf(b) || byCreation(a, b))
    .slice(0, Math.max(0, alive.length - limit))
    .filter(
      (set) =>
        sizeOf(set) === 0 &&
        (set.status?.replicas ?? 0) === 0 &&
        (set.metadata?.generation ?? 0) <= (set.status?.observedGeneration ?? 0),
    );
}

function latestRevision(sets: readonly ReplicaSet[]): number {
  return Math.max(0, ...sets.map(revisionOf));
}

function handedDown(deployment: Deployment): Record<string, string> {
  const annotations = Object.entries(deployment.metadata?.annotations ?? {});
  return Object.fromEntries(annotations.filter(([key]) => !notHandedDown.has(key)));
}

function sizeAnnotations(deployment: Deployment): Record<string, string> {
  const wanted = replicasOf(deployment);
  return {
    [desiredReplicasAnnotation]: String(wanted),
    [maxReplicasAnnotation]: String(wanted + leewayOf(deployment).surge),
  };
}
