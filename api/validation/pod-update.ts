import { forbiddenField, invalidValue, required } from '../field-errors.ts';
import type { FieldError } from '../field-errors.ts';
import { at, child } from '../field-path.ts';
import { GoValue, goMap, nothing } from '../go-value.ts';
import { sameJson } from '../plain-objects.ts';
import type { Affinity, Container, NodeAffinity, NodeSelectorTerm, PodSpec, Toleration } from '../types.ts';

/** What Kubernetes lets anyone change on a pod that exists; all else takes a new pod. */
const changeable =
  'pod updates may not change fields other than `spec.containers[*].image`,`spec.initContainers[*].image`,' +
  '`spec.activeDeadlineSeconds`,`spec.tolerations` (only additions to existing tolerations),' +
  '`spec.terminationGracePeriodSeconds` (allow it to be set to 1 if it was previously negative)';

const secondsMax = 2 ** 31 - 1;

/** What is wrong with a change of a pod's spec, of what is right in itself. */
export function validatePodUpdate(spec: PodSpec, old: PodSpec): FieldError[] {
  const errors: FieldError[] = [];
  for (const name of ['containers', 'initContainers'] as const) {
    const [own, before] = [spec[name] ?? [], old[name] ?? []];
    const field = child('spec', name);
    if (own.length !== before.length)
      return [...errors, forbiddenField(field, 'pod updates may not add or remove containers')];
    errors.push(...validateImages(field, own));
  }
  const deadline = validateDeadline(spec.activeDeadlineSeconds, old.activeDeadlineSeconds);
  errors.push(...deadline.errors);
  if (deadline.isLast) return errors;
  errors.push(...onlyAddedTolerations(spec.tolerations ?? [], old.tolerations ?? []));
  errors.push(...onlyOpenedGates(spec, old));

  // Put back what may change; whatever then still differs may not.
  const rest: PodSpec = {
    ...spec,
    containers: withOldImages(spec.containers, old.containers) ?? [],
    initContainers: withOldImages(spec.initContainers, old.initContainers),
    activeDeadlineSeconds: old.activeDeadlineSeconds,
    tolerations: old.tolerations,
    schedulingGates: old.schedulingGates,
    terminationGracePeriodSeconds: mayEnd(spec, old)
      ? old.terminationGracePeriodSeconds
      : spec.terminationGracePeriodSeconds,
  };
  if (old.schedulingGates?.length) {
    errors.push(...validatePlacement(spec, old));
    rest.nodeSelector = old.nodeSelector;
    rest.affinity = withNodeAffinity(spec.affinity, old.affinity?.nodeAffinity);
  }
  const changed = [...new Set([...Object.keys(rest), ...Object.keys(old)])].filter(
    (field) => !sameJson(rest[field as keyof PodSpec], old[field as keyof PodSpec]),
  );
  if (changed.length > 0)
    errors.push(
      forbiddenField(
        'spec',
        `${changeable}\n(changed here: ${changed.map((field) => `spec.${field}`).join(', ')})`,
      ),
    );
  return errors;
}

function validateImages(field: string, containers: readonly Container[]): FieldError[] {
  return containers.flatMap(({ image = '' }, index) => {
    const own = child(at(field, index), 'image');
    if (image === '') return [required(own)];
    return image.trim() === image
      ? []
      : [invalidValue(own, image, 'must not have leading or trailing whitespace')];
  });
}

function withOldImages(containers: Container[] | undefined, before: Container[] | undefined) {
  return containers?.map((container, index) => ({ ...container, image: before?.[index]?.image }));
}

/** It may come or shrink, never grow or go. Of a number that is none Kubernetes says no more than that. */
function validateDeadline(
  seconds: number | undefined,
  old: number | undefined,
): { errors: FieldError[]; isLast: boolean } {
  const field = 'spec.activeDeadlineSeconds';
  const refused = (value: unknown, detail: string, isLast: boolean) => ({
    errors: [invalidValue(field, value, detail)],
    isLast,
  });
  if (seconds === undefined)
    return old === undefined
      ? { errors: [], isLast: false }
      : refused(nothing, 'must not update from a positive integer to nil value', false);
  if (seconds < 0 || seconds > secondsMax)
    return refused(seconds, `must be between 0 and ${secondsMax}, inclusive`, true);
  return old !== undefined && old < seconds
    ? refused(seconds, 'must be less than or equal to previous value', true)
    : { errors: [], isLast: false };
}

function onlyAddedTolerations(tolerations: readonly Toleration[], old: readonly Toleration[]): FieldError[] {
  const isKept = (before: Toleration) =>
    tolerations.some((each) => sameJson({ ...before, tolerationSeconds: each.tolerationSeconds }, each));
  return old.every(isKept)
    ? []
    : [
        forbiddenField(
          'spec.tolerations',
          'existing toleration can not be modified except its tolerationSeconds',
        ),
      ];
}

function onlyOpenedGates({ schedulingGates = [] }: PodSpec, old: PodSpec): FieldError[] {
  return schedulingGates.flatMap(({ name }, index) =>
    old.schedulingGates?.some((each) => each.name === name)
      ? []
      : [
          forbiddenField(
            child(at('spec.schedulingGates', index), 'name'),
            `only deletion is allowed, but found new scheduling gate '${name}'`,
          ),
        ],
  );
}

function mayEnd(
  { terminationGracePeriodSeconds: seconds }: PodSpec,
  { terminationGracePeriodSeconds: old }: PodSpec,
): boolean {
  return old !== undefined && old < 0 && seconds === 1;
}

/** While a pod waits behind a gate, a queue may narrow down where it goes, never widen it. */
function validatePlacement(spec: PodSpec, old: PodSpec): FieldError[] {
  const isNarrower = Object.entries(old.nodeSelector ?? {}).every(
    ([key, value]) => spec.nodeSelector?.[key] === value,
  );
  return [
    ...(isNarrower
      ? []
      : [
          invalidValue(
            'spec.nodeSelector',
            goMap(spec.nodeSelector),
            'only additions to spec.nodeSelector are allowed (no mutations or deletions)',
          ),
        ]),
    ...validateNodeAffinityChange(spec.affinity?.nodeAffinity, old.affinity?.nodeAffinity),
  ];
}

function validateNodeAffinityChange(
  affinity: NodeAffinity | undefined,
  old: NodeAffinity | undefined,
): FieldError[] {
  const field = 'spec.affinity.nodeAffinity.requiredDuringSchedulingIgnoredDuringExecution.nodeSelectorTerms';
  const before = old?.requiredDuringSchedulingIgnoredDuringExecution?.nodeSelectorTerms ?? [];
  const terms = affinity?.requiredDuringSchedulingIgnoredDuringExecution?.nodeSelectorTerms ?? [];
  if (before.length === 0) return [];
  if (before.length !== terms.length)
    return [
      invalidValue(
        field,
        shownTerms(terms),
        'no additions/deletions to non-empty NodeSelectorTerms list are allowed',
      ),
    ];
  return before.flatMap((term, index) =>
    onlyAdds(terms[index]!, term)
      ? []
      : [
          invalidValue(
            at(field, index),
            new GoValue('core.NodeSelectorTerm{…}'),
            'only additions are allowed (no mutations or deletions)',
          ),
        ],
  );
}

function shownTerms(terms: readonly NodeSelectorTerm[]): GoValue {
  return new GoValue(`[]core.NodeSelectorTerm${terms.length === 0 ? '(nil)' : '{…}'}`);
}

function onlyAdds(term: NodeSelectorTerm, old: NodeSelectorTerm): boolean {
  const lists = ['matchExpressions', 'matchFields'] as const;
  const wasEmpty = lists.every((list) => !old[list]?.length);
  if (wasEmpty && lists.some((list) => term[list]?.length)) return false;
  return lists.every((list) => {
    const before = old[list] ?? [];
    return sameJson(before, (term[list] ?? []).slice(0, before.length));
  });
}

function withNodeAffinity(
  affinity: Affinity | undefined,
  nodeAffinity: NodeAffinity | undefined,
): Affinity | undefined {
  const { nodeAffinity: _own, ...rest } = affinity ?? {};
  const whole = { ...rest, ...(nodeAffinity && { nodeAffinity }) };
  return Object.keys(whole).length > 0 ? whole : undefined;
}
