import { GoValue } from './go-value.ts';
import { canonicalQuantity } from './quantity.ts';
import type { Quantity } from './types.ts';

const decimal: Record<string, number> = { n: -9, u: -6, m: -3, k: 3, M: 6, G: 9, T: 12, P: 15, E: 18 };
const binary = ['', 'Ki', 'Mi', 'Gi', 'Ti', 'Pi', 'Ei'];

/** An amount as Kubernetes' messages show it where they show the whole Go value: `resource.Quantity{i:…, s:"50m", …}`. */
export function goQuantity(quantity: Quantity): GoValue {
  const text = canonicalQuantity(quantity);
  const [, digits = '0', suffix = ''] = /^(-?\d+)(.*)$/.exec(text) ?? [];
  const step = suffix.endsWith('i') ? binary.indexOf(suffix) : 0;
  const value = BigInt(digits) * 1024n ** BigInt(step);
  const scale = step > 0 ? 0 : (decimal[suffix] ?? Number(/^e(-?\d+)$/.exec(suffix)?.[1] ?? 0));
  const format = step > 0 ? 'BinarySI' : suffix.startsWith('e') ? 'DecimalExponent' : 'DecimalSI';
  return new GoValue(
    `resource.Quantity{i:resource.int64Amount{value:${value}, scale:${scale}}, d:resource.infDecAmount{Dec:(*inf.Dec)(nil)}, s:${JSON.stringify(text)}, Format:"${format}"}`,
  );
}
