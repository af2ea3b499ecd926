import { forbidden } from '../../../api/errors.ts';
import { limitProblems, withDefaultAmounts } from '../../../api/limit-ranges.ts';
import { isResized } from '../../../api/pod-totals.ts';
import type { LimitRange, PersistentVolumeClaim, Pod } from '../../../api/types.ts';
import type { Admission } from './admission-request.ts';
import type { Resource } from './metadata.ts';
import { storedAll } from './stored.ts';

const limitRange = ['v1', 'LimitRange'] as const;

/** A new pod's containers get the amounts that their namespace has for those that name none. */
export const podHasDefaultAmounts: Admission = ({ operation, kind, object, storage }) => {
  if (kind.type !== 'Pod' || operation !== 'create') return object;
  return storedAll<LimitRange>(storage, limitRange, object.metadata?.namespace).reduce<Pod>(
    withDefaultAmounts,
    object as Pod,
  ) as Resource;
};

/** Pods and claims keep within the limits of their namespace: the first range that is not kept says all that is wrong by it. */
export const withinLimitRanges: Admission = ({ operation, kind, object, old, storage }) => {
  const isPod = kind.type === 'Pod' && (operation === 'create' || isResized(object as Pod, old as Pod));
  if (!isPod && kind.type !== 'PersistentVolumeClaim') return object;
  for (const range of storedAll<LimitRange>(storage, limitRange, object.metadata?.namespace)) {
    const problems = limitProblems(
      range,
      isPod ? { pod: object as Pod } : { claim: object as PersistentVolumeClaim },
    );
    if (problems.length === 0) continue;
    const why = problems.length === 1 ? problems[0]! : `[${problems.join(', ')}]`;
    throw forbidden(kind, object.metadata?.name ?? '', why);
  }
  return object;
};
