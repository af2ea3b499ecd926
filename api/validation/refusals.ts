import { forbiddenField } from '../field-errors.ts';
import type { FieldError } from '../field-errors.ts';
import { at, child } from '../field-path.ts';
import type {
  Container,
  PodSecurityContext,
  PodSpec,
  SecurityContext,
  Service,
  Volume,
  VolumeProjection,
} from '../types.ts';

/**
 * What is valid Kubernetes and yet never granted on someone else's home machine, or not carried by kith: refused by the
 * name of its field, with what to do instead, rather than ignored.
 */

/** What a field asks for that kith refuses; undefined where it asks for nothing of the kind. */
type Refusals<T> = { [field in keyof T]?: (value: NonNullable<T[field]>, whole: T) => string | undefined };

const whenTrue = (reason: string) => (value: boolean) => (value ? reason : undefined);
const whenAny = (reason: string) => (value: readonly unknown[]) => (value.length > 0 ? reason : undefined);
const whenSet = (reason: string) => (value: unknown) => (value ? reason : undefined);
const unless = (allowed: string, reason: string) => (value: string) =>
  value === allowed ? undefined : reason;

const host = 'a home host never grants this';
const podman = 'podman';
const noLinux = 'kith confines every app by its own sandbox; leave it out';

const ofPod: Refusals<PodSpec> = {
  hostNetwork: whenTrue(`${host}: apps have no network of the host's; reach others by their Service's name`),
  hostPID: whenTrue(`${host}: an app sees only its own processes; leave it out`),
  hostIPC: whenTrue(`${host}: an app shares no memory with the host; leave it out`),
  hostUsers: whenTrue(`${host}: every app runs in a user namespace of its own; leave it out`),
  shareProcessNamespace: (isShared, { runtimeClassName }) =>
    isShared && runtimeClassName !== podman
      ? `the wasm sandbox gives each container its own processes; give the pod runtimeClassName: ${podman}`
      : undefined,
  setHostnameAsFQDN: whenTrue('kith does not set the host name; read metadata.name by fieldRef'),
  hostAliases: whenAny("kith does not write /etc/hosts; reach others by their Service's name"),
  dnsConfig: whenSet('kith answers names itself; leave it out'),
  resourceClaims: whenAny('kith allocates no devices; leave it out'),
  os: ({ name }) =>
    name === 'windows' ? 'kith runs Linux images and wasm; build the image for linux' : undefined,
};

const ofPodSecurity: Refusals<PodSecurityContext> = {
  sysctls: whenAny(`${host}: kernel settings are the host owner's; leave it out`),
  seLinuxOptions: whenSet(noLinux),
  windowsOptions: whenSet(noLinux),
  seccompProfile: ({ type }) => (type === 'RuntimeDefault' ? undefined : `${host}: use RuntimeDefault`),
  appArmorProfile: ({ type }) => (type === 'RuntimeDefault' ? undefined : `${host}: use RuntimeDefault`),
};

const ofContainerSecurity: Refusals<SecurityContext> = {
  privileged: whenTrue(`${host}: an app is confined to its sandbox; leave it out`),
  allowPrivilegeEscalation: whenTrue(`${host}: leave it out or set it to false`),
  capabilities: ({ add }) => (add?.length ? `${host}: drop capabilities if you like, add none` : undefined),
  procMount: unless('Default', `${host}: use Default`),
  seLinuxOptions: whenSet(noLinux),
  windowsOptions: whenSet(noLinux),
  seccompProfile: ({ type }) => (type === 'RuntimeDefault' ? undefined : `${host}: use RuntimeDefault`),
  appArmorProfile: ({ type }) => (type === 'RuntimeDefault' ? undefined : `${host}: use RuntimeDefault`),
};

const ofService: Refusals<NonNullable<Service['spec']>> = {
  loadBalancerSourceRanges: whenAny(
    'kith has no load balancers; say who may open the app by the annotation kith.home.arpa/open-to',
  ),
};

/** The volumes of this version. Whether a sandbox can mount one is for the scheduler to see. */
const volumeTypes = new Set(['name', 'configMap', 'secret', 'emptyDir', 'projected', 'downwardAPI']);
const projections = new Set(['configMap', 'secret', 'downwardAPI']);

function refuse<T extends object>(field: string, value: T | undefined, refusals: Refusals<T>): FieldError[] {
  if (!value) return [];
  return (Object.keys(refusals) as (keyof T & string)[]).flatMap((name) => {
    const given = value[name];
    const reason = given === undefined || given === null ? undefined : refusals[name]!(given, value);
    return reason ? [forbiddenField(child(field, name), reason)] : [];
  });
}

/** What a pod asks of a home host that none gives. */
export function refusePodSpec(field: string, spec: PodSpec | undefined): FieldError[] {
  if (!spec) return [];
  const containers = (name: 'containers' | 'initContainers') =>
    (spec[name] ?? []).flatMap((container, index) =>
      refuseContainer(at(child(field, name), index), container),
    );
  return [
    ...refuse(field, spec, ofPod),
    ...refuse(child(field, 'securityContext'), spec.securityContext, ofPodSecurity),
    ...(spec.volumes ?? []).flatMap((volume, index) =>
      refuseVolume(at(child(field, 'volumes'), index), volume),
    ),
    ...containers('initContainers'),
    ...containers('containers'),
    ...(spec.ephemeralContainers ?? []).flatMap((container, index) =>
      refuseContainer(at(child(field, 'ephemeralContainers'), index), container as Container),
    ),
  ];
}

function refuseContainer(field: string, container: Container): FieldError[] {
  const errors = refuse(child(field, 'securityContext'), container.securityContext, ofContainerSecurity);
  // Named as far as the culprit: `capabilities.add`, because dropping is welcome.
  for (const error of errors)
    if (error.field.endsWith('.capabilities')) error.field = child(error.field, 'add');
  for (const [index, port] of (container.ports ?? []).entries()) {
    const own = at(child(field, 'ports'), index);
    if (port.hostPort)
      errors.push(
        forbiddenField(
          child(own, 'hostPort'),
          `${host}: make a Service and open it through the gateway (\`kith open\`)`,
        ),
      );
    if (port.hostIP) errors.push(forbiddenField(child(own, 'hostIP'), `${host}: leave it out`));
  }
  if (container.volumeDevices?.length)
    errors.push(forbiddenField(child(field, 'volumeDevices'), `${host}: no device of the host is reachable`));
  for (const [index, mount] of (container.volumeMounts ?? []).entries())
    if (mount.mountPropagation && mount.mountPropagation !== 'None')
      errors.push(
        forbiddenField(
          child(at(child(field, 'volumeMounts'), index), 'mountPropagation'),
          `${host}: use None`,
        ),
      );
  return errors;
}

function refuseVolume(field: string, volume: Volume): FieldError[] {
  const errors = Object.keys(volume)
    .filter((type) => !volumeTypes.has(type))
    .map((type) =>
      forbiddenField(
        child(field, type),
        type === 'hostPath'
          ? `${host}: no file of the host is reachable; use emptyDir, configMap or secret`
          : 'this version has configMap, secret, emptyDir, projected and downwardAPI volumes only',
      ),
    );
  for (const [index, source] of (volume.projected?.sources ?? []).entries())
    errors.push(...refuseProjection(at(child(field, 'projected.sources'), index), source));
  return errors;
}

function refuseProjection(field: string, source: VolumeProjection): FieldError[] {
  return Object.keys(source)
    .filter((type) => !projections.has(type))
    .map((type) =>
      forbiddenField(child(field, type), 'this version projects configMap, secret and downwardAPI only'),
    );
}

/** What a Service asks for that must not be ignored: whom it keeps out. */
export function refuseService(service: Service): FieldError[] {
  return refuse('spec', service.spec, ofService);
}
