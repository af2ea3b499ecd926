import { cutText, padText, textWidth } from '../print/text-width.ts';
import { ageText, cellText, type Row } from './rows.ts';
import type { Pane } from './view.ts';

interface Column {
  title: string;
  /** Which of the row's cells; `age` is told when drawn. */
  cell: number | 'age';
  /** Dropped first when the terminal is narrow; 0 stays to the last. */
  rank: number;
  /** Takes the room that is left. */
  grows?: boolean;
  /** Coloured by the row's state, which its glyph and word tell too. */
  state?: boolean;
}

const columnsOf: Record<Pane, readonly Column[]> = {
  hosts: [
    { title: 'HOST', cell: 0, rank: 0 },
    { title: 'STATE', cell: 1, rank: 0, state: true },
    { title: 'PODS', cell: 2, rank: 1 },
    { title: 'LENDS', cell: 3, rank: 2 },
    { title: 'TIER', cell: 4, rank: 3 },
    { title: 'OWNER', cell: 5, rank: 4 },
    { title: 'AGE', cell: 'age', rank: 2 },
  ],
  pods: [
    { title: 'POD', cell: 0, rank: 0 },
    { title: 'STATE', cell: 1, rank: 0, state: true },
    { title: 'READY', cell: 2, rank: 1 },
    { title: 'RESTARTS', cell: 3, rank: 3 },
    { title: 'HOST', cell: 4, rank: 1 },
    { title: 'NAMESPACE', cell: 5, rank: 4 },
    { title: 'AGE', cell: 'age', rank: 2 },
  ],
  events: [
    { title: 'AGE', cell: 'age', rank: 0 },
    { title: '  REASON', cell: 0, rank: 0, state: true },
    { title: 'ABOUT', cell: 1, rank: 2 },
    { title: 'MESSAGE', cell: 2, rank: 1, grows: true },
  ],
};

const gap = 2;
/** `119m`, `9m59s`, `7d23h`: no age is longer. */
const ageWidth = 6;
/** One long name must not push everything else away. */
const cellWidthMax = 48;
/** A column that takes what is left is worth having from here on. */
const growsFrom = 12;
const highestRank = 4;

/** The cells of one row, cut and padded: texts that stand beside each other, and the one that shows the state. */
export interface GridLine {
  cells: { text: string; state: boolean }[];
}

/** How the rows of a pane stand under each other in `width` columns. The widths are those of all rows: scrolling moves none. */
export function gridOf(
  pane: Pane,
  rows: Row[],
  width: number,
): { header: string; line(row: Row, now: Date): GridLine } {
  const columns = columnsOf[pane];
  const natural = naturalWidths(pane, rows);
  let shown = columns.map((_, index) => index);
  const taken = () =>
    shown.reduce((sum, index) => sum + (columns[index]!.grows ? growsFrom : natural[index]!), 0) +
    gap * (shown.length - 1);
  for (let rank = highestRank; rank > 0 && taken() > width; rank--)
    shown = shown.filter((index) => columns[index]!.rank < rank);
  const widths = fitted(columns, shown, natural, width);
  const cut = (text: string, place: number) =>
    padText(cutText(text, widths[place]!), place === shown.length - 1 ? 0 : widths[place]! + gap);
  return {
    header: shown.map((index, place) => cut(columns[index]!.title, place)).join(''),
    line: (row, now) => ({
      cells: shown.map((index, place) => {
        const { cell, state = false } = columns[index]!;
        const text = cell === 'age' ? ageText(row, now) : cellText(row, cell, state, now);
        return { text: cut(text, place), state };
      }),
    }),
  };
}

/** The widths of the columns shown, in all not more than `width`. */
function fitted(columns: readonly Column[], shown: number[], natural: number[], width: number): number[] {
  const widths = shown.map((index) => natural[index]!);
  const room = () => width - widths.reduce((sum, one) => sum + one, gap * (shown.length - 1));
  const grows = shown.findIndex((index) => columns[index]!.grows);
  if (grows >= 0) widths[grows] = Math.max(0, widths[grows]! + room());
  // Too narrow for what must stay: the widest gives way.
  while (room() < 0 && widths.some((one) => one > 0)) {
    const widest = widths.indexOf(Math.max(...widths));
    widths[widest] = widths[widest]! - 1;
  }
  return widths;
}

/** A pane's rows are the same list until something changes. */
const measured = new WeakMap<Row[], number[]>();

function naturalWidths(pane: Pane, rows: Row[]): number[] {
  const known = measured.get(rows);
  if (known) return known;
  const widths = columnsOf[pane].map(({ title, cell, grows, state }) => {
    if (cell === 'age') return ageWidth;
    if (grows) return growsFrom;
    let width = textWidth(title);
    for (const row of rows) {
      const told = state && row.stateSince ? ageWidth + 1 : 0;
      width = Math.max(width, textWidth(row.cells[cell] ?? '') + told);
    }
    return Math.min(cellWidthMax, width);
  });
  measured.set(rows, widths);
  return widths;
}
