import type {
  Container,
  EphemeralContainer,
  Pod,
  PodSpec,
  PodTemplateSpec,
  Volume,
  VolumeProjection,
} from '../types.ts';
import { defaultContainer } from './container.ts';

/** Files that come from the API are readable by all, writable by their owner: 0644. */
const fileMode = 0o644;
const tokenSeconds = 3600;

export function defaultPod(pod: Pod): Pod {
  if (!pod.spec) return pod;
  const spec = defaultPodSpec(pod.spec);
  return {
    ...pod,
    spec: {
      enableServiceLinks: true,
      ...spec,
      // Of a pod, not of a template: who asks for less than nothing gets a second.
      ...((spec.terminationGracePeriodSeconds ?? 0) < 0 && { terminationGracePeriodSeconds: 1 }),
      ...(spec.containers && { containers: spec.containers.map(requestLimits) }),
      ...(spec.initContainers && { initContainers: spec.initContainers.map(requestLimits) }),
    },
  };
}

/** A template that is missing is as an empty one: validation says what it lacks. */
export function defaultTemplate(template: PodTemplateSpec = {}): PodTemplateSpec {
  return { ...template, spec: defaultPodSpec(template.spec ?? ({} as PodSpec)) };
}

function defaultPodSpec(spec: PodSpec): PodSpec {
  const account = spec.serviceAccountName || spec.serviceAccount;
  return {
    restartPolicy: 'Always',
    dnsPolicy: 'ClusterFirst',
    schedulerName: 'default-scheduler',
    terminationGracePeriodSeconds: 30,
    securityContext: {},
    ...spec,
    // The old name of the field is kept in step with the new one.
    ...(account && { serviceAccountName: account, serviceAccount: account }),
    ...(spec.containers && { containers: spec.containers.map(defaultContainer) }),
    ...(spec.initContainers && { initContainers: spec.initContainers.map(defaultContainer) }),
    ...(spec.ephemeralContainers && {
      // The same fields but for the one that names another container.
      ephemeralContainers: spec.ephemeralContainers.map(
        (each) => defaultContainer(each as Container) as EphemeralContainer,
      ),
    }),
    ...(spec.volumes && { volumes: spec.volumes.map(defaultVolume) }),
  };
}

/** In a pod (a template waits for its pod), what is limited and not requested is requested in full. */
function requestLimits(container: Container): Container {
  const { limits, requests } = container.resources ?? {};
  if (!limits) return container;
  return { ...container, resources: { ...container.resources, requests: { ...limits, ...requests } } };
}

function defaultVolume(volume: Volume): Volume {
  const { configMap, secret, downwardAPI, projected } = volume;
  if (Object.keys(volume).length === 1) return { ...volume, emptyDir: {} };
  return {
    ...volume,
    ...(configMap && { configMap: { defaultMode: fileMode, ...configMap } }),
    ...(secret && { secret: { defaultMode: fileMode, ...secret } }),
    ...(downwardAPI && {
      downwardAPI: { defaultMode: fileMode, ...downwardAPI, ...defaultFiles(downwardAPI) },
    }),
    ...(projected && {
      projected: {
        defaultMode: fileMode,
        ...projected,
        ...(projected.sources && { sources: projected.sources.map(defaultProjection) }),
      },
    }),
  };
}

function defaultProjection(source: VolumeProjection): VolumeProjection {
  const { downwardAPI, serviceAccountToken } = source;
  return {
    ...source,
    ...(downwardAPI && { downwardAPI: { ...downwardAPI, ...defaultFiles(downwardAPI) } }),
    ...(serviceAccountToken && {
      serviceAccountToken: { expirationSeconds: tokenSeconds, ...serviceAccountToken },
    }),
  };
}

function defaultFiles({ items }: NonNullable<VolumeProjection['downwardAPI']>): { items?: typeof items } {
  if (!items) return {};
  return {
    items: items.map((item) =>
      item.fieldRef ? { ...item, fieldRef: { apiVersion: 'v1', ...item.fieldRef } } : item,
    ),
  };
}
