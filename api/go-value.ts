import type { LabelSelector, LabelSelectorRequirement } from './types.ts';

/**
 * A value as Kubernetes' messages show it. What is no plain text or number it prints in the syntax of Go (`%#v`), and people search
 * for those lines: `spec.selector: Invalid value: v1.LabelSelector{MatchLabels:map[string]string{"app":"web"}, …`.
 */
export class GoValue {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }

  toJSON(): string {
    return this.text;
  }
}

/** What a field that is left out is shown as. */
export const nothing = new GoValue('"null"');

const quoted = (text: string | undefined) => JSON.stringify(text ?? '');

function mapText(map: Record<string, string> | undefined): string {
  if (!map) return 'map[string]string(nil)';
  const pairs = Object.entries(map)
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, value]) => `${quoted(key)}:${quoted(value)}`);
  return `map[string]string{${pairs.join(', ')}}`;
}

/** Labels: `map[string]string{"app":"web"}`. */
export function goMap(map: Record<string, string> | undefined): GoValue {
  return new GoValue(mapText(map));
}

export function goLabelSelector(selector: LabelSelector | undefined): GoValue {
  if (!selector) return nothing;
  const { matchLabels, matchExpressions } = selector;
  const list = matchExpressions ? `{${matchExpressions.map(requirementText).join(', ')}}` : '(nil)';
  return new GoValue(
    `v1.LabelSelector{MatchLabels:${mapText(matchLabels)}, MatchExpressions:[]v1.LabelSelectorRequirement${list}}`,
  );
}

function requirementText({ key, operator, values }: LabelSelectorRequirement): string {
  const list = values ? `{${values.map(quoted).join(', ')}}` : '(nil)';
  return `v1.LabelSelectorRequirement{Key:${quoted(key)}, Operator:${quoted(operator)}, Values:[]string${list}}`;
}

/** A count or a share: `intstr.IntOrString{Type:1, IntVal:0, StrVal:"101%"}`. */
export function goIntOrString(value: number | string): GoValue {
  return new GoValue(
    typeof value === 'number'
      ? `intstr.IntOrString{Type:0, IntVal:${value}, StrVal:""}`
      : `intstr.IntOrString{Type:1, IntVal:0, StrVal:${quoted(value)}}`,
  );
}

/** A list of numbers: `[]int32{3, 1}`. */
export function goInt32s(values: readonly number[] | undefined): GoValue {
  return new GoValue(values ? `[]int32{${values.join(', ')}}` : '[]int32(nil)');
}

const suffixes: Readonly<Record<string, number>> = {
  n: -9,
  u: -6,
  m: -3,
  '': 0,
  k: 3,
  M: 6,
  G: 9,
  T: 12,
  P: 15,
  E: 18,
};

/** A quantity in decimal form: `resource.Quantity{i:resource.int64Amount{value:-1, scale:0}, …`. */
export function goQuantity(quantity: string | number): GoValue {
  const text = String(quantity);
  const [, sign = '', whole = '', rest = '', suffix = ''] = /^([+-]?)(\d*)\.?(\d*)(.*)$/.exec(text) ?? [];
  const value = Number(`${whole}${rest}`) * (sign === '-' ? -1 : 1);
  const scale = (suffixes[suffix] ?? 0) - rest.length;
  return new GoValue(
    `resource.Quantity{i:resource.int64Amount{value:${value}, scale:${scale}}, d:resource.infDecAmount{Dec:(*inf.Dec)(nil)}, s:${quoted(text)}, Format:"DecimalSI"}`,
  );
}

/** A list of texts: `[]string{"a", "b"}`. */
export function goStrings(values: readonly string[]): GoValue {
  return new GoValue(`[]string{${values.map(quoted).join(', ')}}`);
}

/** A time of RFC 3339 as Go prints it: `2001-01-01 00:00:00 +0000 UTC`. */
export function goTime(text: string): GoValue {
  return new GoValue(text.replace('T', ' ').replace(/(?:\.\d+)?Z$/, ' +0000 UTC'));
}
