import { forbiddenField, invalidValue } from '../field-errors.ts';
import type { FieldError } from '../field-errors.ts';
import { at, child } from '../field-path.ts';
import { sameJson } from '../plain-objects.ts';
import { qosClassOf } from '../qos.ts';
import { compareQuantities } from '../quantity.ts';
import type { ResourceMap } from '../resources.ts';
import type { Container, Pod, PodSpec } from '../types.ts';

const lists = ['initContainers', 'containers'] as const;

/** What may be resized in a running pod: cpu and memory of its containers, within what the pod already is. */
export function validatePodResize(pod: Pod, old: Pod): FieldError[] {
  const [spec, before] = [pod.spec!, old.spec!];
  if (hasPodLevelResources(spec) || hasPodLevelResources(before))
    return [forbiddenField('', 'pods with pod-level resources cannot be resized')];
  const qosClass = old.status?.qosClass;
  const errors: FieldError[] = [];
  if ((qosClass ?? qosClassOf(before)) !== qosClassOf(spec))
    errors.push(invalidValue('spec', qosClass ?? '', 'Pod QOS Class may not change as a result of resizing'));
  if (!hostResizes(old))
    errors.push(forbiddenField('spec', 'Pod running on node without support for resize'));
  const order = (['containers', 'initContainers'] as const).flatMap((name) =>
    sameContainers(name, spec[name] ?? [], before[name] ?? []),
  );
  if (order.length > 0) return [...errors, ...order];
  return [
    ...errors,
    ...lists.flatMap((name) =>
      (before[name] ?? []).flatMap((container, index) =>
        name === 'initContainers' && container.restartPolicy !== 'Always'
          ? []
          : validateResize(
              child(at(child('spec', name), index), 'resources'),
              spec[name]![index]!,
              container,
            ),
      ),
    ),
    ...(['containers', 'initContainers'] as const).flatMap((name) =>
      (spec[name] ?? []).flatMap((container, index) =>
        onlyCpuAndMemory(name, container, before[name]![index]!),
      ),
    ),
  ];
}

function hasPodLevelResources({ resources }: PodSpec): boolean {
  return Object.keys({ ...resources?.requests, ...resources?.limits }).length > 0;
}

/** A host that can resize tells what its containers have; of a pod that does not run nobody knows. */
function hostResizes({ status }: Pod): boolean {
  const running = status?.containerStatuses?.find(({ state }) => state?.running);
  return !running || running.resources !== undefined;
}

function sameContainers(name: string, containers: Container[], old: Container[]): FieldError[] {
  const field = child('spec', name);
  if (containers.length !== old.length)
    return [forbiddenField(field, `${name} may not be added or removed on resize`)];
  return old.flatMap((container, index) =>
    containers[index]!.name === container.name
      ? []
      : [
          forbiddenField(
            child(at(field, index), 'name'),
            `${name} may not be renamed or reordered on resize`,
          ),
        ],
  );
}

function validateResize(
  field: string,
  { resources = {}, resizePolicy }: Container,
  old: Container,
): FieldError[] {
  const policy = resizePolicy?.find(({ resourceName }) => resourceName === 'memory')?.restartPolicy;
  const [limit, before] = [resources.limits?.['memory'], old.resources?.limits?.['memory']];
  const memory = at(child(field, 'limits'), 'memory');
  const unless = 'unless resizePolicy is RestartContainer';
  const errors: FieldError[] = [];
  if (isRemoved(resources.requests, old.resources?.requests))
    errors.push(forbiddenField(child(field, 'requests'), 'resource requests cannot be removed'));
  if (isRemoved(resources.limits, old.resources?.limits))
    errors.push(forbiddenField(child(field, 'limits'), 'resource limits cannot be removed'));
  if (policy === 'RestartContainer' || limit === undefined) return errors;
  if (before === undefined) errors.push(forbiddenField(memory, `memory limits cannot be added ${unless}`));
  else if (compareQuantities(limit, before) < 0)
    errors.push(forbiddenField(memory, `memory limits cannot be decreased ${unless}`));
  return errors;
}

function isRemoved(resources: ResourceMap = {}, old: ResourceMap = {}): boolean {
  return Object.keys(old).some((name) => !(name in resources));
}

function onlyCpuAndMemory(
  name: 'containers' | 'initContainers',
  container: Container,
  old: Container,
): FieldError[] {
  const isInit = name === 'initContainers';
  const isSidecar = isInit && container.restartPolicy === 'Always';
  if (isInit && !isSidecar)
    return sameJson(container, old)
      ? []
      : [forbiddenField('spec', 'resources for non-sidecar init containers are immutable')];
  const rest = ({ resources, ...others }: Container) => ({
    ...others,
    limits: besides(resources?.limits),
    requests: besides(resources?.requests),
  });
  return sameJson(rest(container), rest(old))
    ? []
    : [
        forbiddenField(
          'spec',
          `only cpu and memory resources${isSidecar ? ' for sidecar containers' : ''} are mutable`,
        ),
      ];
}

function besides(resources: ResourceMap = {}): object {
  const { cpu: _cpu, memory: _memory, ...rest } = resources;
  return rest;
}
