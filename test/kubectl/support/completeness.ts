import { titleOf, type Row } from './row.ts';

/** Commands that have no row, and flags and ways that are named and have none, in order. */
export function missing(
  commands: Iterable<string>,
  named: Readonly<Record<string, readonly string[]>>,
  rows: readonly Row[],
): string[] {
  const tested = new Set(rows.map(({ command }) => command));
  const untested = [...commands].filter((command) => !tested.has(command));
  const unnamed = Object.entries(named).flatMap(([command, ways]) => {
    const whats = rows.filter((row) => row.command === command).map(({ what }) => ` ${what} `);
    // As whole words: `-f` is not in `--force`.
    const has = (way: string) => whats.some((what) => new RegExp(`[ ,:]${escaped(way)}[ ,:]`).test(what));
    return ways.filter((way) => tested.has(command) && !has(way)).map((what) => titleOf({ command, what }));
  });
  return [...untested, ...unnamed].toSorted();
}

/** Rows of commands that are not among these. */
export function strays(rows: readonly Row[], commands: ReadonlySet<string>): string[] {
  return rows.filter(({ command }) => !commands.has(command)).map(titleOf);
}

/** Rows with a title that another has, and refusals that point to no row of the same command that works. */
export function faults(rows: readonly Row[]): string[] {
  const titles = rows.map(titleOf);
  const twice = titles.filter((title, at) => titles.indexOf(title) !== at);
  const leftAlone = rows.filter(
    ({ command, refused }) =>
      refused?.because === 'sandbox' &&
      !rows.some((row) => row.command === command && row.what === refused.worksAs && !row.refused),
  );
  return [
    ...twice.map((title) => `${title}: stands twice`),
    ...leftAlone.map((row) => `${titleOf(row)}: nothing shows that it works in the other sandbox`),
  ];
}

const escaped = (text: string) => text.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`);
