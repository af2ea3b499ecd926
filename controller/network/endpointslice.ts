import { selects } from '../../api/selectors.ts';
import type { EndpointSlice, Pod, Service } from '../../api/types.ts';
import type { KubeObject } from '../../client/client.ts';
import { keyFor, keyOf, splitKey } from '../object-key.ts';
import type { Action, Reconciler } from '../reconciler.ts';
import { controllerReference } from '../workloads/ownership.ts';
import type { World } from '../world.ts';
import { backendOf } from './endpoints.ts';
import { planSlices } from './slices.ts';

export const serviceNameLabel = 'kubernetes.io/service-name';
export const managedByLabel = 'endpointslice.kubernetes.io/managed-by';
/** Slices under another manager's name are theirs; we leave them alone. */
export const managedBy = 'endpointslice-controller.kith.home.arpa';

/** Keeps each Service's EndpointSlices equal to the pods that its selector finds. */
export const endpointSlice: Reconciler = {
  name: 'endpointslice',
  watches: ['Service', 'Pod', 'EndpointSlice', 'Node'],
  keysOf,
  decide(world, key) {
    const { namespace = '', name } = splitKey(key);
    const service = world.get<Service>('Service', namespace, name);
    const existing = world
      .inNamespace<EndpointSlice>('EndpointSlice', namespace)
      .filter((slice) => serviceOf(slice) === name && isOurs(slice) && !slice.metadata?.deletionTimestamp);
    const selector = service?.spec?.selector;
    if (!service || service.metadata?.deletionTimestamp)
      return existing.map((object) => ({ do: 'delete', object }));
    // Without a selector the endpoints are the user's own business.
    if (!selector || Object.keys(selector).length === 0 || service.spec?.type === 'ExternalName') return [];

    const backends = world
      .inNamespace<Pod>('Pod', namespace)
      .filter((pod) => selects({ matchLabels: selector }, pod.metadata?.labels ?? {}))
      .flatMap((pod) => backendOf(service, pod, world) ?? []);
    const plan = planSlices(existing, backends);
    return [
      // First what is there, then what is no longer: a reader in between sees too much rather than too little.
      ...plan.update.map((object): Action => ({ do: 'update', object })),
      ...plan.create.map((content): Action => ({ do: 'create', object: sliceFor(service, content) })),
      ...plan.delete.map((object): Action => ({ do: 'delete', object })),
    ];
  },
};

function keysOf(object: KubeObject, world: World): string[] {
  const { namespace = '', name = '' } = object.metadata ?? {};
  if (object.kind === 'Service') return [keyOf(object)];
  if (object.kind === 'EndpointSlice') {
    const service = serviceOf(object);
    return service && isOurs(object) ? [keyFor(namespace, service)] : [];
  }
  if (object.kind === 'Node')
    return [...new Set(world.podsOn<Pod>(name).flatMap((pod) => keysOf(pod, world)))];
  return world
    .inNamespace<Service>('Service', namespace)
    .filter(
      ({ spec }) => spec?.selector && selects({ matchLabels: spec.selector }, object.metadata?.labels ?? {}),
    )
    .map(keyOf);
}

function serviceOf(slice: KubeObject): string | undefined {
  return slice.metadata?.labels?.[serviceNameLabel];
}

function isOurs(slice: KubeObject): boolean {
  return slice.metadata?.labels?.[managedByLabel] === managedBy;
}

function sliceFor(service: Service, content: Pick<EndpointSlice, 'ports' | 'endpoints'>): EndpointSlice {
  const { namespace, name = '', labels } = service.metadata ?? {};
  return {
    apiVersion: 'discovery.k8s.io/v1',
    kind: 'EndpointSlice',
    metadata: {
      namespace,
      generateName: `${name}-`,
      labels: {
        ...labels,
        [serviceNameLabel]: name,
        [managedByLabel]: managedBy,
        ...(service.spec?.clusterIP === 'None' && { 'service.kubernetes.io/headless': '' }),
      },
      ownerReferences: [controllerReference(service)],
    },
    addressType: 'IPv4',
    ...content,
  };
}
