import { invalidValue, notSupported } from '../field-errors.ts';
import type { FieldError } from '../field-errors.ts';
import { at, child } from '../field-path.ts';
import type { PodSecurityContext, SecurityContext } from '../types.ts';

/** Ids of users and groups, as Linux has them. */
const idMax = 2 ** 31 - 1;
const ids = `must be between 0 and ${idMax}, inclusive`;

/** Whose rights a pod's processes have. What no home host grants is refused beside this, by its name (`refusals.ts`). */
export function validatePodSecurity(field: string, context: PodSecurityContext | undefined): FieldError[] {
  const { fsGroup, runAsUser, runAsGroup, supplementalGroups = [] } = context ?? {};
  const { fsGroupChangePolicy, supplementalGroupsPolicy } = context ?? {};
  return [
    ...id(child(field, 'fsGroup'), fsGroup),
    ...id(child(field, 'runAsUser'), runAsUser),
    ...id(child(field, 'runAsGroup'), runAsGroup),
    ...supplementalGroups.flatMap((group, index) => id(at(child(field, 'supplementalGroups'), index), group)),
    ...(fsGroupChangePolicy === undefined || ['Always', 'OnRootMismatch'].includes(fsGroupChangePolicy)
      ? []
      : [
          notSupported(child(field, 'fsGroupChangePolicy'), fsGroupChangePolicy, [
            'Always',
            'OnRootMismatch',
          ]),
        ]),
    ...(supplementalGroupsPolicy === undefined || ['Merge', 'Strict'].includes(supplementalGroupsPolicy)
      ? []
      : [
          notSupported(child(field, 'supplementalGroupsPolicy'), supplementalGroupsPolicy, [
            'Merge',
            'Strict',
          ]),
        ]),
  ];
}

export function validateContainerSecurity(field: string, context: SecurityContext | undefined): FieldError[] {
  return [
    ...id(child(field, 'runAsUser'), context?.runAsUser),
    ...id(child(field, 'runAsGroup'), context?.runAsGroup),
  ];
}

function id(field: string, value: number | undefined): FieldError[] {
  return value === undefined || (value >= 0 && value <= idMax) ? [] : [invalidValue(field, value, ids)];
}
