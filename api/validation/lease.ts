import { invalidValue } from '../field-errors.ts';
import type { FieldError } from '../field-errors.ts';
import type { Lease } from '../types.ts';
import { notNegative } from './rules.ts';

export function validateLease({ spec }: Lease): FieldError[] {
  const seconds = spec?.leaseDurationSeconds;
  return [
    ...(seconds !== undefined && seconds <= 0
      ? [invalidValue('spec.leaseDurationSeconds', seconds, 'must be greater than 0')]
      : []),
    ...notNegative('spec.leaseTransitions', spec?.leaseTransitions),
  ];
}
