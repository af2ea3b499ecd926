import { forbiddenField, invalidValue, notSupported, type FieldError } from '../../../api/field-errors.ts';
import type { DeleteOptions } from '../../../api/types.ts';
import { invalidOptions } from './write-options.ts';

const notOlder = 'NotOlderThan';

/**
 * Refuses what contradicts itself in the options of a list or watch, in Kubernetes' words.
 * Source: k8s.io/apimachinery/pkg/apis/meta/internalversion/validation
 *
 * @throws ApiError (invalid)
 */
export function checkListOptions(query: URLSearchParams, isWatch: boolean): void {
  const errors = isWatch ? watchErrors(query) : listErrors(query);
  if (errors.length > 0) throw invalidOptions('ListOptions', errors);
}

function watchErrors(query: URLSearchParams): FieldError[] {
  const field = 'resourceVersionMatch';
  const match = query.get(field);
  const errors: FieldError[] = [];
  const sendsInitial = query.has('sendInitialEvents');
  if (match && !sendsInitial)
    errors.push(
      forbiddenField(field, `${field} is forbidden for watch unless sendInitialEvents is provided`),
    );
  if (query.get('continue'))
    errors.push(forbiddenField(field, `${field} is forbidden when continue is provided`));
  if (!sendsInitial) return errors;
  if (match !== notOlder)
    errors.push(forbiddenField(field, `sendInitialEvents requires setting ${field} to ${notOlder}`));
  if (match && match !== notOlder) errors.push(notSupported(field, match, [notOlder]));
  return errors;
}

function listErrors(query: URLSearchParams): FieldError[] {
  const errors: FieldError[] = [];
  if (query.has('sendInitialEvents'))
    errors.push(forbiddenField('sendInitialEvents', 'sendInitialEvents is forbidden for list'));
  const field = 'resourceVersionMatch';
  const match = query.get(field);
  if (!match) return errors;
  const version = query.get('resourceVersion');
  if (query.get('continue'))
    errors.push(forbiddenField(field, `${field} is forbidden when continue is provided`));
  if (!version)
    errors.push(forbiddenField(field, `${field} is forbidden unless resourceVersion is provided`));
  if (match === 'Exact' && version === '0')
    errors.push(forbiddenField(field, `${field} "exact" is forbidden for resourceVersion "0"`));
  if (match !== 'Exact' && match !== notOlder)
    errors.push(notSupported(field, match, ['Exact', notOlder, '']));
  return errors;
}

const policies = ['Foreground', 'Background', 'Orphan'];

/** The same for a deletion. @throws ApiError (invalid) */
export function checkDeleteOptions({ propagationPolicy: policy, orphanDependents }: DeleteOptions): void {
  const field = 'propagationPolicy';
  const errors: FieldError[] = [];
  if (policy !== undefined && !policies.includes(policy))
    errors.push(notSupported(field, policy, [...policies, 'nil']));
  if (policy !== undefined && orphanDependents !== undefined)
    errors.push(invalidValue(field, policy, 'orphanDependents and deletionPropagation cannot be both set'));
  if (errors.length > 0) throw invalidOptions('DeleteOptions', errors);
}
