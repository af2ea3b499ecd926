import { duplicate, forbiddenField } from '../field-errors.ts';
import type { FieldError } from '../field-errors.ts';
import { at, child } from '../field-path.ts';
import { sameJson } from '../plain-objects.ts';
import type { Container, EphemeralContainer, Pod, PodSpec } from '../types.ts';
import { validateContainer } from './container.ts';

/** A container to look into a pod with: it serves nothing, so nothing may be counted or asked of it. */
const refused = [
  'ports',
  'resources',
  'livenessProbe',
  'readinessProbe',
  'startupProbe',
  'lifecycle',
] as const;
const forNoSuch = 'cannot be set for an Ephemeral Container';

export function validateEphemeralContainers(field: string, spec: PodSpec): FieldError[] {
  const others = [...(spec.containers ?? []), ...(spec.initContainers ?? [])].map(({ name }) => name);
  const names = new Set(others);
  return (spec.ephemeralContainers ?? []).flatMap((container, index) => {
    const own = at(field, index);
    const { name, targetContainerName: target } = container;
    const isTaken = names.has(name);
    names.add(name);
    return [
      ...validateContainer(own, container as Container, spec.volumes ?? []),
      ...(isTaken ? [duplicate(child(own, 'name'), name)] : []),
      ...(target && !others.includes(target)
        ? [
            {
              field: child(own, 'targetContainerName'),
              type: 'FieldValueNotFound',
              value: target,
              detail: '',
            } as const,
          ]
        : []),
      ...refused
        .filter((part) => isSet(container[part]))
        .map((part) => forbiddenField(child(own, part), forNoSuch)),
      ...(container.volumeMounts ?? []).flatMap((mount, place) =>
        (['subPath', 'subPathExpr'] as const)
          .filter((part) => mount[part])
          .map((part) => forbiddenField(child(at(child(own, 'volumeMounts'), place), part), forNoSuch)),
      ),
    ];
  });
}

/** Defaults leave `resources: {}`, which asks for nothing. */
function isSet(value: unknown): boolean {
  return value !== undefined && !sameJson(value, {}) && !sameJson(value, []);
}

/** Ephemeral containers come, and stay as they came until their pod goes. */
export function validateEphemeralContainersUpdate(pod: Pod, old: Pod): FieldError[] {
  const field = 'spec.ephemeralContainers';
  const byName = new Map<string, EphemeralContainer>(
    (pod.spec?.ephemeralContainers ?? []).map((each) => [each.name, each]),
  );
  return (old.spec?.ephemeralContainers ?? []).flatMap((before) => {
    const container = byName.get(before.name);
    const quoted = JSON.stringify(before.name);
    if (!container)
      return [forbiddenField(field, `existing ephemeral containers ${quoted} may not be removed\n`)];
    return sameJson(container, before)
      ? []
      : [forbiddenField(field, `existing ephemeral containers ${quoted} may not be changed\n`)];
  });
}
