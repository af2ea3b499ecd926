import { invalidValue, required } from '../field-errors.ts';
import type { FieldError } from '../field-errors.ts';
import { at, child } from '../field-path.ts';
import { compareQuantities, quantityProblem } from '../quantity.ts';
import type { Quantity, ResourceRequirements } from '../types.ts';
import { qualifiedName } from './names.ts';
import { named } from './rules.ts';

/** Resources that pods may ask for without a domain in the name. */
const standardResources = new Set(['cpu', 'memory', 'ephemeral-storage']);

export function validateResources(field: string, resources: ResourceRequirements | undefined): FieldError[] {
  const { limits = {}, requests = {} } = resources ?? {};
  const errors = [
    ...validateQuantities(child(field, 'limits'), limits),
    ...validateQuantities(child(field, 'requests'), requests),
  ];
  if (errors.length > 0) return errors;
  return Object.entries(requests).flatMap(([name, request]) => {
    const limit = limits[name];
    const requestField = at(child(field, 'requests'), name);
    if (limit === undefined)
      return standardResources.has(name)
        ? []
        : [required(at(child(field, 'limits'), name), 'Limit must be set for non overcommitable resources')];
    return compareQuantities(request, limit) > 0
      ? [invalidValue(requestField, request, `must be less than or equal to ${name} limit of ${limit}`)]
      : [];
  });
}

function validateQuantities(field: string, quantities: Record<string, Quantity>): FieldError[] {
  return Object.entries(quantities).flatMap(([name, quantity]) => {
    const own = at(field, name);
    const problem = quantityProblem(quantity);
    if (problem) return [invalidValue(own, quantity, problem)];
    return [
      ...named(own, name, qualifiedName),
      ...(standardResources.has(name) || name.includes('/') || name.startsWith('hugepages-')
        ? []
        : [invalidValue(own, name, 'must be a standard resource for containers')]),
      ...(compareQuantities(quantity, 0) < 0
        ? [invalidValue(own, quantity, 'must be greater than or equal to 0')]
        : []),
    ];
  });
}
