import { duplicate, forbiddenField, invalidValue, required } from '../field-errors.ts';
import type { FieldError } from '../field-errors.ts';
import { at, child } from '../field-path.ts';
import type { Container, ContainerPort, Volume, VolumeMount } from '../types.ts';
import { validateEnvironment } from './env.ts';
import { dnsLabel } from './names.ts';
import { validatePortName, validateProbes } from './probe.ts';
import { validateResizePolicy, validateResources } from './resource-requirements.ts';
import { named, oneOf, portNumber } from './rules.ts';
import { validateContainerSecurity } from './security-context.ts';

/** What one container must be, wherever it stands; what it may be asked and told is looked at beside this (`validateProbes`). */
export function validateContainer(field: string, container: Container, volumes: Volume[]): FieldError[] {
  const { name, image, imagePullPolicy, terminationMessagePolicy } = container;
  return [
    ...(name ? named(child(field, 'name'), name, dnsLabel) : [required(child(field, 'name'))]),
    ...(image ? [] : [required(child(field, 'image'))]),
    ...oneOf(child(field, 'terminationMessagePolicy'), terminationMessagePolicy, [
      'File',
      'FallbackToLogsOnError',
    ]),
    ...validateContainerPorts(child(field, 'ports'), container.ports ?? []),
    ...validateEnvironment(field, container),
    ...validateMounts(child(field, 'volumeMounts'), container.volumeMounts ?? [], volumes),
    ...oneOf(child(field, 'imagePullPolicy'), imagePullPolicy, ['Always', 'IfNotPresent', 'Never']),
    ...validateResources(child(field, 'resources'), container.resources),
    ...validateResizePolicy(child(field, 'resizePolicy'), container.resizePolicy ?? []),
    ...validateContainerSecurity(child(field, 'securityContext'), container.securityContext),
  ];
}

function validateContainerPorts(field: string, ports: ContainerPort[]): FieldError[] {
  const names = new Set<string>();
  return ports.flatMap((port, index) => {
    const own = at(field, index);
    const errors = [
      ...validatePortName(child(own, 'name'), port.name || undefined),
      ...(port.containerPort
        ? portNumber(child(own, 'containerPort'), port.containerPort)
        : [required(child(own, 'containerPort'))]),
      ...oneOf(child(own, 'protocol'), port.protocol, ['SCTP', 'TCP', 'UDP']),
    ];
    if (port.hostPort) errors.push(...portNumber(child(own, 'hostPort'), port.hostPort));
    if (port.name && names.has(port.name)) errors.push(duplicate(child(own, 'name'), port.name));
    if (port.name) names.add(port.name);
    return errors;
  });
}

function validateMounts(field: string, mounts: VolumeMount[], volumes: Volume[]): FieldError[] {
  const paths = new Set<string>();
  return mounts.flatMap((mount, index) => {
    const own = at(field, index);
    const errors: FieldError[] = [];
    if (!mount.name) errors.push(required(child(own, 'name')));
    if (!volumes.some((volume) => volume.name === mount.name))
      errors.push({
        field: child(own, 'name'),
        type: 'FieldValueNotFound',
        value: mount.name ?? '',
        detail: '',
      });
    if (!mount.mountPath) errors.push(required(child(own, 'mountPath')));
    else if (paths.has(mount.mountPath))
      errors.push(invalidValue(child(own, 'mountPath'), mount.mountPath, 'must be unique'));
    if (mount.mountPath) paths.add(mount.mountPath);
    const both = mount.subPath && mount.subPathExpr;
    return [
      ...errors,
      // Kubernetes names these without the mount's place.
      ...insidePath(child(field, 'subPath'), mount.subPath),
      ...(both
        ? [
            invalidValue(
              child(own, 'subPathExpr'),
              mount.subPathExpr,
              'subPathExpr and subPath are mutually exclusive',
            ),
          ]
        : []),
      ...insidePath(child(field, 'subPathExpr'), mount.subPathExpr),
    ];
  });
}

/** A path that stays where it is put: relative, and never upward. */
export function insidePath(field: string, path: string | undefined): FieldError[] {
  if (!path) return [];
  if (path.startsWith('/')) return [invalidValue(field, path, 'must be a relative path')];
  return path.split('/').includes('..') ? [invalidValue(field, path, "must not contain '..'")] : [];
}

/** All containers of a pod: each by itself, and no name twice. */
export function validateContainers(
  field: string,
  containers: Container[] | undefined,
  initContainers: Container[] | undefined,
  volumes: Volume[],
  graceSeconds?: number,
): FieldError[] {
  const names = new Set<string>();
  const unique = (own: string, { name }: Container): FieldError[] => {
    if (!name || !names.has(name)) {
      names.add(name);
      return [];
    }
    return [duplicate(child(own, 'name'), name)];
  };
  return [
    ...(containers?.length ? [] : [required(child(field, 'containers'))]),
    ...(containers ?? []).flatMap((container, index) => {
      const own = at(child(field, 'containers'), index);
      return [
        ...validateContainer(own, container, volumes),
        ...unique(own, container),
        ...validateProbes(own, container, graceSeconds),
        ...(container.restartPolicy === undefined
          ? []
          : [forbiddenField(child(own, 'restartPolicy'), 'may not be set for non-init containers')]),
      ];
    }),
    ...(initContainers ?? []).flatMap((container, index) => {
      const own = at(child(field, 'initContainers'), index);
      return [
        ...validateContainer(own, container, volumes),
        ...unique(own, container),
        ...validateProbes(own, container, graceSeconds),
        ...oneOf(child(own, 'restartPolicy'), container.restartPolicy, ['Always']),
        ...(container.restartPolicy === 'Always' ? [] : onlyForSidecars(own, container)),
      ];
    }),
  ];
}

/** An init container ends before anything could be asked of it. */
function onlyForSidecars(field: string, container: Container): FieldError[] {
  return (['lifecycle', 'livenessProbe', 'readinessProbe', 'startupProbe'] as const)
    .filter((name) => container[name] !== undefined)
    .map((name) =>
      forbiddenField(child(field, name), 'may not be set for init containers without restartPolicy=Always'),
    );
}
