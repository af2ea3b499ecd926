import { Cidr, Ip } from './addresses.ts';
import { CelError } from './run.ts';
import type { Cost } from './run.ts';
import { durationText, timestampText } from './times.ts';
import { Dict, Duration, List, QuantityValue, Timestamp, TypeValue, Uint, UrlValue } from './values.ts';
import type { Value } from './values.ts';

/** A value as `string()` writes it. */
export function textOf(value: Value): string {
  if (value === null) return 'null';
  if (value instanceof Uint8Array) return Buffer.from(value).toString('utf8');
  if (typeof value === 'number') return goNumber(value);
  if (value instanceof Uint) return String(value.value);
  if (value instanceof Duration) return durationText(value.value);
  if (value instanceof Timestamp) return timestampText(value.value);
  if (value instanceof TypeValue) return value.name;
  if (value instanceof UrlValue || value instanceof Ip) return value.text;
  if (value instanceof Cidr) return `${value.ip.text}/${value.bits}`;
  if (value instanceof QuantityValue) return String(value.amount);
  if (value instanceof List) return `[${[...value].map(textOf).join(', ')}]`;
  if (value instanceof Dict) {
    const entries = value.keys().map((key) => [textOf(key), textOf(value.get(key)!)] as const);
    return `{${entries
      .toSorted(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, inner]) => `${key}: ${inner}`)
      .join(', ')}}`;
  }
  return String(value);
}

/** A number as Go writes it with `%g`: `1.5`, `1e+10`. */
function goNumber(value: number): string {
  if (Number.isNaN(value)) return 'NaN';
  if (!Number.isFinite(value)) return value > 0 ? '+Inf' : '-Inf';
  const power = Number(value.toExponential().split('e')[1]);
  return power < -4 || power >= 6 ? shortest(value) : String(value);
}

const shortest = (value: number) => value.toExponential().replace(/e([+-])(\d)$/, 'e$10$2');

/** Digits after the point that a rule may ask for. */
const precisionMax = 100;

/** `'%s has %d'.format([name, count])`. */
export function formatText(pattern: string, args: List, cost: Cost): string {
  let next = 0;
  const text = pattern.replace(
    /%(?:\.(\d+))?(.|$)/gs,
    (_whole, precision: string | undefined, verb: string) => {
      if (verb === '%') return '%';
      if (next >= args.size) throw new CelError(`index ${next} out of range`);
      const shown = formatted(args.at(next++), verb, precision === undefined ? undefined : Number(precision));
      cost.read(shown.length);
      return shown;
    },
  );
  cost.read(text.length);
  return text;
}

function formatted(value: Value, verb: string, precision = 6): string {
  if (precision > precisionMax) throw new CelError(`precision ${precision} exceeds ${precisionMax}`);
  const whole = value instanceof Uint ? value.value : value;
  switch (verb) {
    case 's':
      return textOf(value);
    case 'd':
      if (typeof whole === 'bigint') return String(whole);
      break;
    case 'f':
      if (typeof whole === 'number' || typeof whole === 'bigint') return Number(whole).toFixed(precision);
      break;
    case 'e':
      if (typeof whole === 'number' || typeof whole === 'bigint')
        return Number(whole)
          .toExponential(precision)
          .replace(/e([+-])(\d)$/, 'e$10$2');
      break;
    case 'b':
      if (typeof whole === 'boolean') return whole ? '1' : '0';
      if (typeof whole === 'bigint') return whole.toString(2);
      break;
    case 'o':
      if (typeof whole === 'bigint') return whole.toString(8);
      break;
    case 'x':
    case 'X': {
      const hex =
        typeof whole === 'bigint'
          ? whole.toString(16)
          : typeof value === 'string' || value instanceof Uint8Array
            ? Buffer.from(value as string).toString('hex')
            : undefined;
      if (hex !== undefined) return verb === 'X' ? hex.toUpperCase() : hex;
      break;
    }
    default:
      throw new CelError(`could not parse formatting clause: unrecognized formatting clause "${verb}"`);
  }
  throw new CelError(`error during formatting: %${verb} cannot show ${textOf(value).slice(0, 50)}`);
}
