import { ownIn } from '../plain-objects.ts';
import { duplicate, forbiddenField, invalidValue, required } from '../field-errors.ts';
import type { FieldError } from '../field-errors.ts';
import { at, child } from '../field-path.ts';
import { goQuantity } from '../go-quantity.ts';
import { compareQuantities, milli } from '../quantity.ts';
import type { LimitRange, LimitRangeItem, Quantity } from '../types.ts';
import { qualifiedName } from './names.ts';
import { containerResourceName, mayOvercommit, resourceName } from './resource-names.ts';
import { named } from './rules.ts';

const types = new Set(['Pod', 'Container', 'PersistentVolumeClaim']);
const lists = ['max', 'min', 'default', 'defaultRequest', 'maxLimitRequestRatio'] as const;

/** Source: k8s.io/kubernetes/pkg/apis/core/validation/validation.go ValidateLimitRange */
export function validateLimitRange({ spec }: LimitRange): FieldError[] {
  const seen = new Set<string>();
  return (spec?.limits ?? []).flatMap((item, index) => {
    const field = at('spec.limits', index);
    const own = child(field, 'type');
    const errors = validateType(own, item.type ?? '');
    if (seen.has(item.type)) errors.push(duplicate(own, item.type));
    seen.add(item.type);
    return [...errors, ...validateItem(field, item)];
  });
}

function validateType(field: string, type: string): FieldError[] {
  const errors = named(field, type, qualifiedName);
  if (errors.length > 0 || type.includes('/') || types.has(type)) return errors;
  return [invalidValue(field, type, 'must be a standard limit type or fully qualified')];
}

function validateItem(field: string, item: LimitRangeItem): FieldError[] {
  const isOfPod = item.type === 'Pod';
  const nameRule = isOfPod || item.type === 'Container' ? containerResourceName : resourceName;
  const errors: FieldError[] = [];
  const names = new Set<string>();
  for (const list of lists) {
    const own = child(field, list);
    const given = Object.keys(item[list] ?? {});
    if (isOfPod && (list === 'default' || list === 'defaultRequest')) {
      if (given.length > 0) errors.push(forbiddenField(own, "may not be specified when `type` is 'Pod'"));
      continue;
    }
    for (const name of given) {
      names.add(name);
      errors.push(...nameRule(at(own, name), name));
    }
  }
  if (item.type === 'PersistentVolumeClaim' && !item.min?.['storage'] && !item.max?.['storage'])
    errors.push(
      required(
        child(field, 'limits'),
        'either minimum or maximum storage value is required, but neither was provided',
      ),
    );
  return [...errors, ...[...names].flatMap((name) => validateAmounts(field, item, name, isOfPod))];
}

function validateAmounts(field: string, item: LimitRangeItem, name: string, isOfPod: boolean): FieldError[] {
  const [min, max, ratio] = [
    ownIn(item.min, name),
    ownIn(item.max, name),
    ownIn(item.maxLimitRequestRatio, name),
  ];
  const limit = isOfPod ? undefined : ownIn(item.default, name);
  const request = isOfPod ? undefined : ownIn(item.defaultRequest, name);
  const errors: FieldError[] = [];
  const say = (list: (typeof lists)[number], value: Quantity, why: string) =>
    errors.push(invalidValue(at(child(field, list), name), goQuantity(value), why));
  /** Where the first is more than the second. */
  const exceeds = (a: Quantity | undefined, b: Quantity | undefined): boolean =>
    a !== undefined && b !== undefined && compareQuantities(a, b) > 0;

  if (exceeds(min, max)) say('min', min!, `min value ${min} is greater than max value ${max}`);
  if (exceeds(min, request))
    say('defaultRequest', request!, `min value ${min} is greater than default request value ${request}`);
  if (exceeds(request, max))
    say('defaultRequest', request!, `default request value ${request} is greater than max value ${max}`);
  if (exceeds(request, limit))
    say(
      'defaultRequest',
      request!,
      `default request value ${request} is greater than default limit value ${limit}`,
    );
  if (exceeds(min, limit)) say('default', min!, `min value ${min} is greater than default value ${limit}`);
  if (exceeds(limit, max)) say('default', max!, `default value ${limit} is greater than max value ${max}`);
  if (exceeds('1', ratio)) say('maxLimitRequestRatio', ratio!, `ratio ${ratio} is less than 1`);
  if (ratio !== undefined && min !== undefined && max !== undefined) {
    const greatest = milli(max) / milli(min);
    if (milli(ratio) / 1000 > greatest)
      say('maxLimitRequestRatio', ratio, `ratio ${ratio} is greater than max/min = ${greatest.toFixed(6)}`);
  }
  if (
    !mayOvercommit(name) &&
    limit !== undefined &&
    request !== undefined &&
    compareQuantities(limit, request)
  )
    say(
      'defaultRequest',
      request,
      `default value ${limit} must equal to defaultRequest value ${request} in ${name}`,
    );
  return errors;
}
