import { formatLabelSelector } from '../selectors.ts';
import type { LabelSelector, PodTemplateSpec } from '../types.ts';
import { none } from './table.ts';

/** `app=hello,tier=web`, as kubectl writes labels and plain selectors. */
export function labelsText(labels: Record<string, string> | undefined): string {
  const pairs = Object.entries(labels ?? {}).toSorted(([a], [b]) => (a < b ? -1 : 1));
  return pairs.length === 0 ? none : pairs.map(([key, value]) => `${key}=${value}`).join(',');
}

export function selectorText(selector: LabelSelector | undefined): string {
  return (selector && formatLabelSelector(selector)) || none;
}

export function containerNames(template: PodTemplateSpec | undefined): string {
  return (template?.spec?.containers ?? []).map(({ name }) => name).join(',');
}

export function containerImages(template: PodTemplateSpec | undefined): string {
  return (template?.spec?.containers ?? []).map(({ image }) => image ?? '').join(',');
}

/** The first few and how many more, as kubectl writes endpoints. */
export function firstFew(values: readonly string[], max: number, otherwise: string): string {
  if (values.length === 0) return otherwise;
  const more = values.length - max;
  return `${values.slice(0, max).join(',')}${more > 0 ? ` + ${more} more...` : ''}`;
}
