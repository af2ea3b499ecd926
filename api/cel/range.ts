/** From the least to the most that something may be, in elements, letters or units of cost; `Infinity` where nobody knows. */
export interface Range {
  readonly min: number;
  readonly max: number;
}

export const fixed = (value: number): Range => ({ min: value, max: value });
export const unknownRange: Range = { min: 0, max: Infinity };

export const sum = (...ranges: readonly Range[]): Range => ({
  min: ranges.reduce((all, { min }) => all + min, 0),
  max: ranges.reduce((all, { max }) => all + max, 0),
});

/** Nothing, however often, is nothing: `0 * Infinity` would be no number. */
const times = (a: number, b: number) => (a === 0 || b === 0 ? 0 : a * b);

export const product = (a: Range, b: Range): Range => ({
  min: times(a.min, b.min),
  max: times(a.max, b.max),
});

/** What so many elements cost at `factor` each. */
export const scaled = ({ min, max }: Range, factor: number): Range => ({
  min: Math.ceil(times(min, factor)),
  max: Math.ceil(times(max, factor)),
});

/** Whichever of them it is. */
export const either = (a: Range, b: Range): Range => ({
  min: Math.min(a.min, b.min),
  max: Math.max(a.max, b.max),
});
