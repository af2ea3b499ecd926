import { resourceOf, type Kind } from '../../../api/kinds.ts';
import { podTotals, sum } from '../../../api/pod-totals.ts';
import { isPodTerminal } from '../../../api/pods.ts';
import { compareQuantities } from '../../../api/quantity.ts';
import type { ResourceMap } from '../../../api/resources.ts';
import { storageClassOf } from '../../../api/tables/storage.ts';
import type { PersistentVolumeClaim, Pod, Quantity, Service } from '../../../api/types.ts';
import { isExtendedResource } from '../../../api/validation/resource-names.ts';
import type { Resource } from '../resources/metadata.ts';

/** Amounts by the names that quotas have for them: `pods`, `requests.cpu`, `count/deployments.apps`. */
export type Usage = Record<string, Quantity>;

/** Kinds that have a name of their own beside `count/…`. */
const aliases: Record<string, string> = {
  ConfigMap: 'configmaps',
  ReplicationController: 'replicationcontrollers',
  ResourceQuota: 'resourcequotas',
  Secret: 'secrets',
};

/** Events come and go by themselves: counting them would refuse news of trouble. */
const uncounted = new Set(['Event', 'EventsEvent']);

const ofPods = new Set([
  'pods',
  ...['cpu', 'memory', 'ephemeral-storage'].flatMap((name) => [name, `requests.${name}`, `limits.${name}`]),
]);
const ofServices = new Set(['services', 'services.nodeports', 'services.loadbalancers']);
const classMark = '.storageclass.storage.k8s.io/';

/** Whether an object of this kind may use any of this resource. */
export function concerns(kind: Kind, resource: string): boolean {
  if (uncounted.has(kind.type ?? '')) return false;
  if (resource === `count/${resourceOf(kind)}`) return true;
  switch (kind.type) {
    case 'Pod':
      return (
        ofPods.has(resource) ||
        /^(requests\.)?hugepages-/.test(resource) ||
        (resource.startsWith('requests.') && resource.includes('/') && !resource.includes(classMark))
      );
    case 'Service':
      return ofServices.has(resource);
    case 'PersistentVolumeClaim':
      return (
        resource === 'persistentvolumeclaims' ||
        resource === 'requests.storage' ||
        resource.includes(classMark)
      );
    default:
      return aliases[kind.type ?? ''] === resource;
  }
}

/** What one object uses of everything that can be limited. Source: k8s.io/kubernetes/pkg/quota/v1/evaluator/core */
export function usageOf(kind: Kind, object: Resource, now: Date): Usage {
  if (uncounted.has(kind.type ?? '')) return {};
  const count = { [`count/${resourceOf(kind)}`]: '1' };
  switch (kind.type) {
    case 'Pod':
      return isCharged(object as Pod, now) ? { ...count, ...podUsage(object as Pod) } : count;
    case 'Service':
      return { ...count, ...serviceUsage(object as Service) };
    case 'PersistentVolumeClaim':
      return { ...count, ...claimUsage(object as PersistentVolumeClaim) };
    default: {
      const alias = aliases[kind.type ?? ''];
      return alias ? { ...count, [alias]: '1' } : count;
    }
  }
}

/** A pod that is over takes nothing; nor does one whose host does not end it in time. */
function isCharged(pod: Pod, now: Date): boolean {
  if (isPodTerminal(pod)) return false;
  const { deletionTimestamp, deletionGracePeriodSeconds: grace } = pod.metadata ?? {};
  return (
    !deletionTimestamp || grace === undefined || now.getTime() <= Date.parse(deletionTimestamp) + grace * 1000
  );
}

function podUsage(pod: Pod): Usage {
  const { overhead = {} } = pod.spec ?? {};
  const requests = sum(podTotals(pod, 'requests'), overhead);
  const limits = podTotals(pod, 'limits');
  // What is not limited stays so; a limit leaves room for the overhead too.
  const known = Object.fromEntries(Object.entries(overhead).filter(([name]) => limits[name] !== undefined));
  return { pods: '1', ...asUsage(requests, sum(limits, known)) };
}

/** Requests and limits by their names in quotas; a plain `cpu` means what is requested. */
export function asUsage(requests: ResourceMap, limits: ResourceMap): Usage {
  const usage: Usage = {};
  for (const [name, amount] of Object.entries(requests)) {
    const isPlain = ['cpu', 'memory', 'ephemeral-storage'].includes(name) || name.startsWith('hugepages-');
    if (isPlain) usage[name] = amount;
    if (isPlain || isExtendedResource(name)) usage[`requests.${name}`] = amount;
  }
  for (const name of ['cpu', 'memory', 'ephemeral-storage'])
    if (limits[name] !== undefined) usage[`limits.${name}`] = limits[name];
  return usage;
}

function serviceUsage({ spec }: Service): Usage {
  const ports = String(spec?.ports?.length ?? 0);
  const isBalanced = spec?.type === 'LoadBalancer';
  return {
    services: '1',
    'services.loadbalancers': isBalanced ? '1' : '0',
    'services.nodeports': isBalanced || spec?.type === 'NodePort' ? ports : '0',
  };
}

function claimUsage(claim: PersistentVolumeClaim): Usage {
  const requested = claim.spec?.resources?.requests?.['storage'];
  const allocated = claim.status?.allocatedResources?.['storage'];
  const storage =
    requested !== undefined && allocated !== undefined && compareQuantities(allocated, requested) > 0
      ? allocated
      : requested;
  const own: Usage = {
    persistentvolumeclaims: '1',
    ...(storage !== undefined && { 'requests.storage': storage }),
  };
  const storageClass = storageClassOf(claim);
  if (!storageClass) return own;
  const ofClass = Object.entries(own).map(([name, amount]) => [`${storageClass}${classMark}${name}`, amount]);
  return { ...own, ...(Object.fromEntries(ofClass) as Usage) };
}
