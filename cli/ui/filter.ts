import type { Row } from './rows.ts';

/** What `/` keeps: a regular expression, or with `!` in front what does not match. Plain text where it is no valid expression. */
export function filterOf(text: string): (line: string) => boolean {
  const inverse = text.startsWith('!');
  const wanted = inverse ? text.slice(1) : text;
  if (!wanted) return () => true;
  let expression: RegExp;
  try {
    expression = new RegExp(wanted, 'i');
  } catch {
    // Half-typed, such as "hello(": taken by the letter until it is whole.
    expression = new RegExp(wanted.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&'), 'i');
  }
  return (line) => expression.test(line) !== inverse;
}

/** A list of rows is the same until something changes, and so is what a filter leaves of it. */
const kept = new WeakMap<Row[], { filter: string; rows: Row[] }>();

/** The rows of a pane that its filter lets through. */
export function shownRows(rows: Row[], filter: string | undefined): Row[] {
  if (!filter) return rows;
  const known = kept.get(rows);
  if (known?.filter === filter) return known.rows;
  const keeps = filterOf(filter);
  const shown = rows.filter(({ cells }) => keeps(cells.join(' ')));
  kept.set(rows, { filter, rows: shown });
  return shown;
}
