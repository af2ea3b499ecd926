import { sameJson } from './plain-objects.ts';

/**
 * What has changed between two states, as Kubernetes' messages end with it: one line that goes and one that comes for each field, in the
 * shape of Go's `cmp.Diff`.
 */
export function goDiff(type: string, old: object, next: object): string {
  const [before, after] = [old, next] as Record<string, unknown>[];
  const fields = [...new Set([...Object.keys(before!), ...Object.keys(after!)])].filter(
    (field) => !sameJson(before![field], after![field]),
  );
  const line = (sign: string, field: string, value: unknown) =>
    value === undefined ? [] : [`${sign} \t${field}: ${JSON.stringify(value)},`];
  return [
    '',
    `  ${type}{`,
    ...fields.flatMap((field) => [...line('-', field, before![field]), ...line('+', field, after![field])]),
    '  }',
    '',
  ].join('\n');
}
