import { forbiddenField, invalidValue, notSupported, required } from '../field-errors.ts';
import type { FieldError } from '../field-errors.ts';
import { child } from '../field-path.ts';
import { goLabelSelector, goMap } from '../go-value.ts';
import { requirementsOf, selects } from '../selectors.ts';
import type { LabelSelector, PodTemplateSpec } from '../types.ts';
import { validateLabelSelector } from './label-selector.ts';
import { validateTemplate } from './pod-spec.ts';

/** What a workload makes its pods of, and how messages call it. */
interface Making {
  selector: LabelSelector | undefined;
  template: PodTemplateSpec | undefined;
  /** `empty selector is invalid for <this>` */
  owner: string;
  /** What is said of a selector that cannot be read at all. */
  unreadable: string;
  validate: () => FieldError[];
}

const selectorField = 'spec.selector';

/**
 * A workload's selector is there, not empty, and true of the pods that its own template makes, else it would make them without end. Of a
 * selector that cannot be read nothing follows, so the template is then not looked at.
 */
export function validateSelectorAndTemplate({
  selector,
  template,
  owner,
  unreadable,
  validate,
}: Making): FieldError[] {
  const wrong = selector ? validateLabelSelector(selectorField, selector) : [];
  const errors = [...(selector ? wrong : [required(selectorField)]), ...notEmpty(selector, owner)];
  if (wrong.length > 0)
    return [...errors, invalidValue(selectorField, goLabelSelector(selector), unreadable)];
  const selectsAll = selector && requirementsOf(selector).length === 0;
  return [...errors, ...(selectsAll ? [] : selectsItsTemplate(selector, template)), ...validate()];
}

export function notEmpty(selector: LabelSelector | undefined, owner: string): FieldError[] {
  return selector && requirementsOf(selector).length === 0
    ? [invalidValue(selectorField, goLabelSelector(selector), `empty selector is invalid for ${owner}`)]
    : [];
}

/** A selector that is missing selects nothing, hence not the template's pods either. */
export function selectsItsTemplate(
  selector: LabelSelector | undefined,
  template: PodTemplateSpec | undefined,
): FieldError[] {
  const labels = template?.metadata?.labels;
  return selector && selects(selector, labels)
    ? []
    : [
        invalidValue(
          'spec.template.metadata.labels',
          goMap(labels),
          '`selector` does not match template `labels`',
        ),
      ];
}

/** The template of a workload whose pods run until someone ends them. */
export function validateServingTemplate(
  field: string,
  template: PodTemplateSpec | undefined,
  owner: string,
): FieldError[] {
  return [...validateTemplate(field, template), ...runsForever(field, template, owner)];
}

export function runsForever(
  field: string,
  template: PodTemplateSpec | undefined,
  owner: string,
): FieldError[] {
  const { restartPolicy = '', activeDeadlineSeconds } = template?.spec ?? {};
  return [
    ...(restartPolicy === 'Always'
      ? []
      : [notSupported(child(field, 'spec.restartPolicy'), restartPolicy, ['Always'])]),
    ...(activeDeadlineSeconds === undefined
      ? []
      : [
          forbiddenField(
            child(field, 'spec.activeDeadlineSeconds'),
            `activeDeadlineSeconds in ${owner} is not Supported`,
          ),
        ]),
  ];
}
