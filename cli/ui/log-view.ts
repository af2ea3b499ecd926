import { filterOf } from './filter.ts';

/** A pod's log as it is held: lines are counted from the first that was read, so that their numbers stay. */
export interface LogLines {
  /** The number of `lines[0]`. */
  first: number;
  /** Plain text, oldest first. */
  lines: string[];
  /** Why nothing new comes, while that is so. */
  problem?: string | undefined;
}

export const noLogs: LogLines = { first: 0, lines: [] };

export interface NumberedLine {
  number: number;
  text: string;
}

/** The lines that the filter lets through, up to (not with) line `end`; all where that is undefined. */
export function logLinesShown(
  { first, lines }: LogLines,
  filter: string | undefined,
  end: number | undefined,
): NumberedLine[] {
  const keeps = filterOf(filter ?? '');
  const shown: NumberedLine[] = [];
  const upTo = end === undefined ? lines.length : Math.min(lines.length, end - first);
  for (let index = 0; index < upTo; index++)
    if (keeps(lines[index]!)) shown.push({ number: first + index, text: lines[index]! });
  return shown;
}

/**
 * Where the view ends after it was moved by so many lines, up if negative: the number after its last line, or undefined at the
 * newest, where it follows what is written.
 */
export function movedLogEnd(
  logs: LogLines,
  filter: string | undefined,
  end: number | undefined,
  by: number,
): number | undefined {
  const all = logLinesShown(logs, filter, undefined);
  const at = end === undefined ? all.length : all.filter(({ number }) => number < end).length;
  const next = Math.max(1, at + by);
  return next >= all.length ? undefined : all[next - 1]!.number + 1;
}
