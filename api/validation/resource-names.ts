import { invalidValue } from '../field-errors.ts';
import type { FieldError } from '../field-errors.ts';
import { goQuantity } from '../go-quantity.ts';
import { GoValue } from '../go-value.ts';
import { milli, parseQuantity } from '../quantity.ts';
import type { Quantity } from '../types.ts';
import { qualifiedName } from './names.ts';

/** Names of resources as quotas and limit ranges have them. Source: k8s.io/kubernetes/pkg/apis/core/helper/helpers.go */

const containerResources = new Set(['cpu', 'memory', 'ephemeral-storage']);

/** What is counted in whole pieces. */
const countedResources = [
  'pods',
  'resourcequotas',
  'services',
  'replicationcontrollers',
  'secrets',
  'configmaps',
  'persistentvolumeclaims',
  'services.nodeports',
  'services.loadbalancers',
];

const quotaResources = new Set([
  ...containerResources,
  'requests.cpu',
  'requests.memory',
  'requests.storage',
  'requests.ephemeral-storage',
  'limits.cpu',
  'limits.memory',
  'limits.ephemeral-storage',
  ...countedResources,
]);

const isHugePages = (name: string) => name.startsWith('hugepages-');
const isHugePagesOfQuota = (name: string) => isHugePages(name) || name.startsWith('requests.hugepages-');

export function isQuotaResource(name: string): boolean {
  return quotaResources.has(name) || isHugePagesOfQuota(name);
}

/** `example.com/gpu`: what hosts offer beside Kubernetes' own resources. */
export function isExtendedResource(name: string): boolean {
  return !isNativeResource(name) && !name.startsWith('requests.') && !qualifiedName(`requests.${name}`);
}

export function isNativeResource(name: string): boolean {
  return !name.includes('/') || name.includes('kubernetes.io/');
}

/** Whether more may be promised than there is. */
export function mayOvercommit(name: string): boolean {
  return isNativeResource(name) && !isHugePages(name);
}

export function resourceName(field: string, name: string): FieldError[] {
  const problem = qualifiedName(name);
  const errors = problem ? [invalidValue(field, new GoValue(name), problem)] : [];
  if (errors.length > 0 || name.includes('/') || name === 'storage' || isQuotaResource(name)) return errors;
  return [invalidValue(field, new GoValue(name), 'must be a standard resource type or fully qualified')];
}

export function containerResourceName(field: string, name: string): FieldError[] {
  const errors = resourceName(field, name);
  if (!name.includes('/'))
    return containerResources.has(name) || isHugePages(name)
      ? errors
      : [...errors, invalidValue(field, new GoValue(name), 'must be a standard resource for containers')];
  return isNativeResource(name) || isExtendedResource(name)
    ? errors
    : [...errors, invalidValue(field, new GoValue(name), "doesn't follow extended resource name standard")];
}

export function quotaResourceName(field: string, name: string): FieldError[] {
  const errors = resourceName(field, name);
  return name.includes('/') || isQuotaResource(name)
    ? errors
    : [...errors, invalidValue(field, new GoValue(name), 'must be a standard resource for quota')];
}

/** An amount of a resource: not negative, and whole where the resource is counted. */
export function resourceAmount(field: string, name: string, quantity: Quantity): FieldError[] {
  const isCounted = countedResources.includes(name) || isExtendedResource(name);
  return [
    ...(parseQuantity(quantity) < 0
      ? [invalidValue(field, quantity, 'must be greater than or equal to 0')]
      : []),
    ...(isCounted && milli(quantity) % 1000 !== 0
      ? [invalidValue(field, goQuantity(quantity), 'must be an integer')]
      : []),
  ];
}
