import { isDeepStrictEqual } from 'node:util';
import type { Difference } from './differences.ts';

/** A difference that is known, and stays. `*` in `step` and `at` stands for any letters. */
export interface Accepted {
  /** `topic/step`. @default every step */
  step?: string;
  /** Where in the answer; several where one cause shows in several places. */
  at: string | readonly string[];
  /** What the original says there, where that is part of it; a pattern is held against its JSON. */
  original?: unknown;
  /** What kith says there, where that is part of it. */
  kith?: unknown;
  /** Why it is as it is. */
  because: string;
}

export function covers(exception: Omit<Accepted, 'because'>, difference: Difference): boolean {
  const { step = '*', at } = exception;
  return (
    pattern(step).test(difference.step) &&
    [at].flat().some((each) => pattern(each).test(difference.at)) &&
    (!('original' in exception) || fits(exception.original, difference.original)) &&
    (!('kith' in exception) || fits(exception.kith, difference.kith))
  );
}

function fits(expected: unknown, value: unknown): boolean {
  return expected instanceof RegExp
    ? value !== undefined && expected.test(JSON.stringify(value))
    : isDeepStrictEqual(expected, value);
}

const patterns = new Map<string, RegExp>();

function pattern(text: string): RegExp {
  const known = patterns.get(text);
  if (known) return known;
  const made = new RegExp(`^${text.replace(/[.+?^${}()|[\]\\]/g, '\\$&').replaceAll('*', '.*')}$`);
  patterns.set(text, made);
  return made;
}
