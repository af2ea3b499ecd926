import type { Quantity } from './types.ts';

/** How a quantity was, or is to be, written: `1Gi`, `1G`, `1e9`. */
export type QuantityFormat = 'BinarySI' | 'DecimalSI' | 'DecimalExponent';

/** Thrown for text that is no quantity. */
export class QuantityError extends Error {
  override readonly name = 'QuantityError';
}

/** Kubernetes' parser takes a number without digits for nothing: `.`, `-` and `m` are 0. */
const pattern = /^([+-]?)0*(\d*)(?:\.(\d*))?(|[numkMGTPE]|[KMGTPE]i|[eE][+-]?\d+)$/;
const advice =
  "quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$', such as 500m, 2, 64Mi or 1.5G";

const binarySuffixes = ['', 'Ki', 'Mi', 'Gi', 'Ti', 'Pi', 'Ei'];
const decimalSuffixes = ['n', 'u', 'm', '', 'k', 'M', 'G', 'T', 'P', 'E'];

/** Kubernetes keeps nine decimal places and rounds up what is finer; so do we, in whole nanos. */
const nanosPerUnit = 1_000_000_000n;

/** Kubernetes caps an amount of bytes (`Ki` and its like) at the largest int64. */
const unitsMax = 2n ** 63n - 1n;

/** More digits than any real amount; the arithmetic below is on whole numbers of any size, so the text is kept short. */
const charactersMax = 64;

/** Beyond any amount; below it, what is left is the smallest amount there is. */
const exponentMax = 100;

/** With as many digits at most, a text that is canonical already stands as it was written. */
const keptDigitsMax = { decimal: 18, binary: 14 };

interface Parsed {
  nanos: bigint;
  format: QuantityFormat;
  /** What it stays to be written as: `1.5E+3` is not made `1500`. */
  kept?: string;
}

/** The same few amounts are read again and again: those of the last manifests are kept. */
const known = new Map<string, Parsed>();
const knownMax = 1_000;

function parse(quantity: Quantity): Parsed {
  const text = typeof quantity === 'number' ? numberText(quantity) : quantity.trim();
  let parsed = known.get(text);
  if (!parsed) {
    parsed = parseText(text);
    if (known.size >= knownMax) known.clear();
    known.set(text, parsed);
  }
  return parsed;
}

function parseText(text: string): Parsed {
  const match = text.length <= charactersMax && text !== '' ? pattern.exec(text) : null;
  if (!match) throw new QuantityError(advice);
  const [, sign, whole, fraction = '', suffix] = match as unknown as [string, string, string, string, string];
  const { base, exponent, format } = scaleOf(suffix);
  if (exponent > exponentMax) throw new QuantityError(advice);
  // The value is numerator / denominator nanos.
  let numerator = BigInt(whole + fraction) * nanosPerUnit;
  let denominator = 10n ** BigInt(fraction.length);
  if (exponent >= 0) numerator *= base ** BigInt(exponent);
  else denominator *= base ** BigInt(Math.min(-exponent, exponentMax));
  let nanos = (numerator + denominator - 1n) / denominator;
  if (format === 'BinarySI' && nanos > unitsMax * nanosPerUnit) nanos = unitsMax * nanosPerUnit;
  return {
    nanos: sign === '-' ? -nanos : nanos,
    format,
    ...(isCanonical(whole || '0', fraction, exponent, format) && { kept: text }),
  };
}

/** As Kubernetes sees at a glance; what it does not is written anew. Source: `ParseQuantity` of k8s.io/apimachinery/pkg/api/resource. */
function isCanonical(whole: string, fraction: string, exponent: number, format: QuantityFormat): boolean {
  const digits = whole + fraction;
  if (format === 'BinarySI') {
    const isShort = digits.length + 3 * exponent <= keptDigitsMax.binary;
    return fraction === '' && isShort && BigInt(digits) % 8n !== 0n;
  }
  const scale = (format === 'DecimalSI' ? 3 * exponent : exponent) - fraction.length;
  return (
    digits.length <= keptDigitsMax.decimal &&
    scale >= -9 &&
    scale % 3 === 0 &&
    !digits.endsWith('000') &&
    !digits.startsWith('0')
  );
}

function numberText(value: number): string {
  if (!Number.isFinite(value)) throw new QuantityError(advice);
  return String(value);
}

function scaleOf(suffix: string): { base: bigint; exponent: number; format: QuantityFormat } {
  if (suffix.endsWith('i'))
    return { base: 1024n, exponent: binarySuffixes.indexOf(suffix), format: 'BinarySI' };
  if (decimalSuffixes.includes(suffix))
    return { base: 1000n, exponent: decimalSuffixes.indexOf(suffix) - 3, format: 'DecimalSI' };
  return { base: 10n, exponent: Number(suffix.slice(1)), format: 'DecimalExponent' };
}

/**
 * The amount in base units: cores, bytes, pieces.
 *
 *     parseQuantity('500m') === 0.5
 *     parseQuantity('64Mi') === 67108864
 *
 * @throws QuantityError
 */
export function parseQuantity(quantity: Quantity): number {
  const { nanos } = parse(quantity);
  // Whole and fraction apart, so that whole numbers below 2^53 come out exact.
  return Number(nanos / nanosPerUnit) + Number(nanos % nanosPerUnit) / Number(nanosPerUnit);
}

/**
 * The amount in thousandths of the base unit, rounded up: `milli('0.5') === 500`. CPU is counted in these, because
 * sums of fractions of cores would drift.
 *
 * @throws QuantityError
 */
export function milli(quantity: Quantity): number {
  const { nanos } = parse(quantity);
  const perMilli = nanosPerUnit / 1000n;
  return Number(nanos > 0n ? (nanos + perMilli - 1n) / perMilli : nanos / perMilli);
}

/** What is wrong with this as a quantity; undefined where nothing is. */
export function quantityProblem(quantity: unknown): string | undefined {
  if (typeof quantity !== 'string' && typeof quantity !== 'number') return advice;
  try {
    parse(quantity);
    return undefined;
  } catch (error) {
    if (error instanceof QuantityError) return error.message;
    throw error;
  }
}

/** Negative where `a` is less than `b`, zero where they are the same amount (`1000m` and `1`), positive where it is more. */
export function compareQuantities(a: Quantity, b: Quantity): number {
  const difference = parse(a).nanos - parse(b).nanos;
  return difference < 0n ? -1 : difference > 0n ? 1 : 0;
}

/** The sum, in the format of the first, unless that is nothing: then of the second. */
export function addQuantities(a: Quantity, b: Quantity): string {
  return combined(a, b, 1n);
}

/** The first without the second; may be negative. */
export function subtractQuantities(a: Quantity, b: Quantity): string {
  return combined(a, b, -1n);
}

function combined(a: Quantity, b: Quantity, sign: 1n | -1n): string {
  const [first, second] = [parse(a), parse(b)];
  const format = first.nanos === 0n ? second.format : first.format;
  return canonical(first.nanos + sign * second.nanos, format);
}

/**
 * Kubernetes' canonical text: no fraction, the largest suffix that loses nothing, in the format it was written in.
 *
 *     canonicalQuantity('0.5') === '500m'
 *     canonicalQuantity('2048Mi') === '2Gi'
 *     canonicalQuantity('1000') === '1k'
 *
 * @throws QuantityError
 */
export function canonicalQuantity(quantity: Quantity): string {
  const { nanos, format, kept } = parse(quantity);
  return kept ?? canonical(nanos, format);
}

/**
 * A number of base units as canonical text: `formatQuantity(67108864, 'BinarySI') === '64Mi'`,
 * `formatQuantity(0.25) === '250m'`.
 */
export function formatQuantity(units: number, format: QuantityFormat = 'DecimalSI'): string {
  return canonical(parse(units).nanos, format);
}

function canonical(nanos: bigint, format: QuantityFormat): string {
  if (nanos === 0n) return '0';
  if (nanos < 0n) return `-${canonical(-nanos, format)}`;
  if (format === 'BinarySI') {
    // Below one Ki, or with a fraction, Kubernetes falls back to decimal so as to lose nothing.
    const whole = nanos % nanosPerUnit === 0n;
    if (whole && nanos >= 1024n * nanosPerUnit) return scaled(nanos / nanosPerUnit, 1024n, binarySuffixes);
    return scaled(nanos, 1000n, decimalSuffixes);
  }
  if (format === 'DecimalSI') return scaled(nanos, 1000n, decimalSuffixes);
  return scaled(nanos, 1000n, exponents);
}

/** `e-9`, `e-6`, … as far as an amount may be written. */
const exponents = Array.from({ length: 60 }, (_, index) => (index === 3 ? '' : `e${(index - 3) * 3}`));

function scaled(amount: bigint, base: bigint, suffixes: readonly string[]): string {
  let step = 0;
  while (step < suffixes.length - 1 && amount % base === 0n) {
    amount /= base;
    step += 1;
  }
  return `${amount}${suffixes[step]}`;
}
