import { ownIn } from '../plain-objects.ts';
import { duplicate, forbiddenField, invalidValue, notSupported, required } from '../field-errors.ts';
import type { FieldError } from '../field-errors.ts';
import { at, child } from '../field-path.ts';
import { GoValue, goQuantity } from '../go-value.ts';
import { compareQuantities, milli, quantityProblem } from '../quantity.ts';
import type { ContainerResizePolicy, Quantity, ResourceRequirements } from '../types.ts';
import { qualifiedName } from './names.ts';

/** Resources that containers may ask for without a domain in the name. */
const ofContainers = new Set(['cpu', 'memory', 'ephemeral-storage']);
/** What else is counted without a domain: by quotas. */
const counted = new Set([
  ...['cpu', 'memory', 'ephemeral-storage', 'storage'].map((name) => `requests.${name}`),
  ...['cpu', 'memory', 'ephemeral-storage'].map((name) => `limits.${name}`),
  'pods',
  'resourcequotas',
  'services',
  'replicationcontrollers',
  'secrets',
  'configmaps',
  'persistentvolumeclaims',
  'storage',
  'services.nodeports',
  'services.loadbalancers',
]);
const hugePages = 'hugepages-';

const isHugePages = (name: string) => name.startsWith(hugePages);
/** Kubernetes' own, of which a container may use more than it requests. */
const isNative = (name: string) => !name.includes('/') || name.includes('kubernetes.io/');
const isOvercommitted = (name: string) => isNative(name) && !isHugePages(name);

export function validateResources(field: string, resources: ResourceRequirements | undefined): FieldError[] {
  const { limits = {}, requests = {} } = resources ?? {};
  const names = [...Object.keys(limits), ...Object.keys(requests)];
  return [
    ...Object.entries(limits).flatMap(([name, quantity]) =>
      validateResource(at(child(field, 'limits'), name), name, quantity),
    ),
    ...Object.entries(requests).flatMap(([name, quantity]) => [
      ...validateResource(at(child(field, 'requests'), name), name, quantity),
      ...validateRequest(field, name, quantity, ownIn(limits, name)),
    ]),
    ...(names.some(isHugePages) && !names.includes('cpu') && !names.includes('memory')
      ? [forbiddenField(field, 'HugePages require cpu or memory')]
      : []),
  ];
}

function validateResource(field: string, name: string, quantity: Quantity): FieldError[] {
  const problem = quantityProblem(quantity);
  if (problem) return [invalidValue(field, quantity, problem)];
  return [
    ...validateContainerResourceName(field, name),
    ...(compareQuantities(quantity, 0) < 0
      ? [invalidValue(field, quantity, 'must be greater than or equal to 0')]
      : []),
    ...(isExtended(name) && milli(quantity) % 1000 !== 0
      ? [invalidValue(field, goQuantity(quantity), 'must be an integer')]
      : []),
  ];
}

function validateRequest(
  field: string,
  name: string,
  request: Quantity,
  limit: Quantity | undefined,
): FieldError[] {
  if (quantityProblem(request) || (limit !== undefined && quantityProblem(limit))) return [];
  if (limit === undefined)
    return isOvercommitted(name)
      ? []
      : [required(child(field, 'limits'), 'Limit must be set for non overcommitable resources')];
  const order = compareQuantities(request, limit);
  const must = (what: string) =>
    invalidValue(child(field, 'requests'), String(request), `must be ${what} ${name} limit of ${limit}`);
  if (order !== 0 && !isOvercommitted(name)) return [must('equal to')];
  return order > 0 ? [must('less than or equal to')] : [];
}

/** What a container may ask for: `cpu`, `memory`, `ephemeral-storage`, huge pages, or what somebody's domain offers. */
export function validateContainerResourceName(field: string, name: string): FieldError[] {
  const invalid = (detail: string) => invalidValue(field, new GoValue(name), detail);
  const unqualified = qualifiedName(name);
  const errors = unqualified ? [invalid(unqualified)] : [];
  const isKnown = ofContainers.has(name) || isHugePages(name);
  if (!unqualified && !name.includes('/') && !isKnown && !counted.has(name))
    errors.push(invalid('must be a standard resource type or fully qualified'));
  if (!name.includes('/'))
    return isKnown ? errors : [...errors, invalid('must be a standard resource for containers')];
  return isNative(name) || isExtended(name)
    ? errors
    : [...errors, invalid("doesn't follow extended resource name standard")];
}

/** Offered under somebody's domain, and counted in whole pieces. */
function isExtended(name: string): boolean {
  return !isNative(name) && !name.startsWith('requests.') && !qualifiedName(`requests.${name}`);
}

/** What becomes of a container when so much of a resource is given or taken while it runs. */
export function validateResizePolicy(
  field: string,
  policies: readonly ContainerResizePolicy[],
): FieldError[] {
  const resources = ['cpu', 'memory'];
  const restarts = ['NotRequired', 'RestartContainer'];
  return policies.flatMap(({ resourceName = '', restartPolicy = '' }, index) => [
    ...(policies.findIndex((each) => each.resourceName === resourceName) < index
      ? [duplicate(at(field, index), new GoValue(resourceName))]
      : []),
    ...(resources.includes(resourceName) ? [] : [notSupported(field, new GoValue(resourceName), resources)]),
    ...(restarts.includes(restartPolicy) ? [] : [notSupported(field, restartPolicy, restarts)]),
  ]);
}
