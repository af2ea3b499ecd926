import { forbidden } from '../../../api/errors.ts';
import { noClassPriority } from '../../../api/priorities.ts';
import type { Pod, PriorityClass } from '../../../api/types.ts';
import type { Storage } from '../storage/storage.ts';
import type { Admission } from './admission-request.ts';
import type { Resource } from './metadata.ts';
import { storedAll, storedNamed } from './stored.ts';

const priorityClass = ['scheduling.k8s.io/v1', 'PriorityClass'] as const;

/**
 * Makes of a pod's `priorityClassName` the number that the scheduler orders by, once and for the pod's life. Without a name it is the default
 * class, or none.
 *
 * Source: k8s.io/kubernetes/plugin/pkg/admission/priority/admission.go
 */
export const podHasPriority: Admission = ({ operation, kind, object, old, storage }) => {
  if (kind.type !== 'Pod') return object;
  const pod = object as Pod;
  if (!pod.spec) return object;
  if (operation === 'update') return withPriorityOf(pod, old as Pod) as Resource;
  const { priorityClassName: name, priority, preemptionPolicy } = pod.spec;
  const refuse = (why: string) => forbidden(kind, pod.metadata?.name ?? '', why);
  const chosen = name
    ? storedNamed<PriorityClass>(storage, priorityClass, name)
    : defaultPriorityClass(storage);
  if (name && !chosen) throw refuse(`no PriorityClass with name ${name} was found`);

  const value = chosen ? (chosen.value ?? 0) : noClassPriority.value;
  if (priority !== undefined && priority !== value)
    throw refuse(
      `the integer value of priority (${priority}) must not be provided in pod spec; priority admission controller computed ${value} from the given PriorityClass name`,
    );
  const policy = chosen ? chosen.preemptionPolicy : noClassPriority.preemptionPolicy;
  if (policy !== undefined && preemptionPolicy !== undefined && preemptionPolicy !== policy)
    throw refuse(
      `the string value of PreemptionPolicy (${preemptionPolicy}) must not be provided in pod spec; priority admission controller computed ${policy} from the given PriorityClass name`,
    );
  const className = name || chosen?.metadata?.name;
  return {
    ...object,
    spec: {
      ...pod.spec,
      ...(className && { priorityClassName: className }),
      priority: value,
      ...(policy !== undefined && { preemptionPolicy: policy }),
    },
  } as Resource;
};

/** Who writes a pod back without its priority does not take it away. */
function withPriorityOf(pod: Pod, old: Pod): Pod {
  const { priority = old.spec?.priority, preemptionPolicy = old.spec?.preemptionPolicy } = pod.spec!;
  return {
    ...pod,
    spec: {
      ...pod.spec!,
      ...(priority !== undefined && { priority }),
      ...(preemptionPolicy !== undefined && { preemptionPolicy }),
    },
  };
}

/** Two may become the default at the same moment: then the lesser one counts. */
function defaultPriorityClass(storage: Storage): PriorityClass | undefined {
  return storedAll<PriorityClass>(storage, priorityClass)
    .filter(({ globalDefault }) => globalDefault)
    .toSorted((a, b) => (a.value ?? 0) - (b.value ?? 0))[0];
}

/** Only one class may be the default. */
export const oneDefaultPriority: Admission = ({ kind, object, storage }) => {
  if (kind.type !== 'PriorityClass' || !(object as PriorityClass).globalDefault) return object;
  const name = object.metadata?.name ?? '';
  const known = defaultPriorityClass(storage)?.metadata?.name;
  if (known !== undefined && known !== name)
    throw forbidden(
      kind,
      name,
      `PriorityClass ${known} is already marked as default. Only one default can exist`,
    );
  return object;
};
