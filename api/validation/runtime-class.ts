import { duplicate } from '../field-errors.ts';
import type { FieldError } from '../field-errors.ts';
import { at } from '../field-path.ts';
import type { RuntimeClass } from '../types.ts';
import { validateLabels } from './metadata.ts';
import { dnsLabel } from './names.ts';
import { validateToleration } from './pod-spec.ts';
import { validateResources } from './resource-requirements.ts';
import { immutable, named } from './rules.ts';

/** Source: k8s.io/kubernetes/pkg/apis/node/validation/validation.go */
export function validateRuntimeClass(runtimeClass: RuntimeClass, old?: RuntimeClass): FieldError[] {
  const { handler = '', overhead, scheduling } = runtimeClass;
  if (old) return immutable('handler', handler, old.handler);
  const { nodeSelector, tolerations = [] } = scheduling ?? {};
  const seen = new Set<string>();
  return [
    ...named('handler', handler, dnsLabel),
    ...validateResources('overhead', { limits: overhead?.podFixed ?? {} }),
    ...validateLabels('scheduling.nodeSelector', nodeSelector),
    // Kubernetes writes the field twice.
    ...tolerations.flatMap((each, index) =>
      validateToleration(at('scheduling.tolerations.tolerations', index), each),
    ),
    ...tolerations.flatMap((each, index) => {
      const key = JSON.stringify([each.key, each.operator, each.value, each.effect]);
      const isTwice = seen.has(key);
      seen.add(key);
      return isTwice ? [duplicate(at('scheduling.tolerations', index), each)] : [];
    }),
  ];
}
