import { cutText, padText } from '../print/text-width.ts';
import { shownRows } from './filter.ts';
import { gridOf } from './grid.ts';
import { helpLines, type Access } from './help.ts';
import { fitLine, lineWidth, spread, type Line } from './line.ts';
import type { LogLines } from './log-view.ts';
import { logPane } from './log-pane.ts';
import type { Row } from './rows.ts';
import { panes, selectedIndex, selectedRow, type Pane, type View } from './view.ts';

/** Everything that is shown, as plain data. */
export interface Screen {
  cluster: string;
  access?: Access | undefined;
  now: Date;
  rows: Record<Pane, Row[]>;
  logs: LogLines;
  link: Link;
}

/** How the link to the controller is: what is shown is what was true at its last word. */
export interface Link {
  state: 'connecting' | 'live' | 'lost';
  /** Since what is shown was last known to be true. */
  silentMs: number;
  /** Until it is asked again, where that is known. */
  nextTryMs: number | undefined;
  problem: string | undefined;
}

export interface Size {
  columns: number;
  rows: number;
}

/** From here on all panes are shown; below, the one in focus. */
const allPanesFrom = { rows: 18, columns: 60 };
/** From here on there is a line about the selected row. */
const detailFrom = 10;

/** The whole screen: exactly `size.rows` lines, none wider than `size.columns`. */
export function frame(screen: Screen, view: View, size: Size): Line[] {
  const { columns, rows } = size;
  const detail = rows >= detailFrom && !view.help && !view.logs ? [detailLine(screen, view)] : [];
  const edges = rows >= 3 ? 2 : rows - 1;
  const height = Math.max(0, rows - edges - detail.length);
  const body = bodyLines(screen, view, { columns, rows: height }).slice(0, height);
  while (body.length < height) body.push([]);
  const lines = [header(screen, columns), ...body, ...detail, footer(view, columns)];
  return lines.slice(0, rows).map((line) => fitLine(line, columns));
}

function bodyLines(screen: Screen, view: View, size: Size): Line[] {
  if (view.help) return helpLines(size.columns, screen.access);
  if (view.logs) return logPane(screen.logs, view, size);
  if (size.rows < allPanesFrom.rows - 3 || size.columns < allPanesFrom.columns)
    return onePane(screen, view, view.focus, size);
  const heights = share(size.rows, screen, view);
  return panes.flatMap((pane) => onePane(screen, view, pane, { ...size, rows: heights[pane] }));
}

function header({ cluster, access, rows, link }: Screen, width: number): Line {
  const apps = access?.apps;
  const good = (all: Row[]) => all.filter(({ state }) => state === 'good').length;
  const counts = `${good(rows.hosts)}/${rows.hosts.length} hosts ready · ${good(rows.pods)}/${rows.pods.length} pods ready`;
  const name: Line = [
    { text: ' kith ', look: 'focus' },
    { text: `${cutText(cluster, 24)}  `, look: 'head' },
  ];
  const named: Line =
    link.state === 'connecting'
      ? name
      : [...name, { text: counts, ...(link.state === 'lost' ? { look: 'dim' as const } : {}) }];
  const [long, short] = linkLines(link);
  // What is wrong is worth more than the counts, and these more than many words.
  const choices: [Line, Line][] =
    link.state === 'lost'
      ? [
          [named, long],
          [name, long],
          [name, short],
        ]
      : [
          ...(apps
            ? [[[...named, { text: `  ${apps}`, look: 'focus' as const }], short] as [Line, Line]]
            : []),
          [named, long],
          [name, short],
        ];
  const fits = choices.find(([left, right]) => lineWidth(left) + lineWidth(right) < width);
  const [left, right] = fits ?? choices.at(-1)!;
  return spread(left, right, width);
}

/** How the link is, in many words and in few. */
function linkLines({ state, silentMs, nextTryMs, problem }: Link): [Line, Line] {
  if (state === 'live') return [[{ text: '● live ', look: 'good' }], [{ text: '● live ', look: 'good' }]];
  if (state === 'connecting')
    return [[{ text: '◐ connecting … ', look: 'busy' }], [{ text: '◐ … ', look: 'busy' }]];
  const age = `${Math.round(silentMs / 1000)}s`;
  const wait = nextTryMs === undefined ? undefined : `${Math.ceil(nextTryMs / 1000)}s`;
  const next = wait ? `next try in ${wait}` : 'asking again';
  return [
    [{ text: `✗ ${cutText(problem ?? 'no word', 40)} · data ${age} old · ${next} `, look: 'bad' }],
    [{ text: `✗ ${age} old, ${wait ? `retry ${wait}` : 'retrying'} `, look: 'bad' }],
  ];
}

/** What the row selected is about: why it is not well, or how to ask for it without this screen. */
function detailLine({ rows }: Screen, view: View): Line {
  const row = selectedRow(view, rows);
  if (!row) return [];
  return row.why
    ? [{ text: ' ' }, { text: row.why, ...(row.state === 'good' ? {} : { look: row.state }) }]
    : [{ text: ` $ ${row.command}`, look: 'dim' }];
}

function footer(view: View, width: number): Line {
  if (view.typing) {
    const hint: Line = [{ text: 'Enter keeps · Esc clears ', look: 'dim' }];
    const typed: Line = [
      { text: ` /${view.filters[view.typing] ?? ''}`, look: 'head' },
      { text: ' ', look: 'selected' },
    ];
    return lineWidth(typed) + lineWidth(hint) < width ? spread(typed, hint, width) : typed;
  }
  const keys = view.help
    ? [['any key', 'back']]
    : view.logs
      ? [
          ['q', 'back'],
          ['/', 'filter'],
          ['?', 'keys'],
          ['↑↓', 'scroll'],
          ['G', 'newest'],
          ['w', 'wrap'],
        ]
      : [
          ['q', 'quit'],
          ['/', 'filter'],
          ['?', 'keys, URLs'],
          ['↑↓', 'select'],
          ['Tab', 'pane'],
          ['Enter', 'logs'],
        ];
  const hints: Line = [{ text: ' ' }];
  for (const [key, does] of keys) {
    const hint: Line = [
      { text: key!, look: 'key' },
      { text: ` ${does}  `, look: 'dim' },
    ];
    // Whole hints or none, the most needed first.
    if (lineWidth(hints) + lineWidth(hint) - 2 <= width) hints.push(...hint);
  }
  return hints;
}

/** Each pane gets what it needs, up to its part; what is left goes to the one in focus, then upwards from the last. */
function share(rows: number, screen: Screen, view: View): Record<Pane, number> {
  const overhead = 2;
  const part = Math.floor(rows / panes.length);
  const needs = (pane: Pane) =>
    overhead + Math.max(1, shownRows(screen.rows[pane], view.filters[pane]).length);
  const heights = { hosts: 0, pods: 0, events: 0 };
  for (const pane of panes) heights[pane] = Math.min(part, needs(pane));
  let left = rows - heights.hosts - heights.pods - heights.events;
  for (const pane of [view.focus, ...panes.toReversed()]) {
    const more = Math.min(left, Math.max(0, needs(pane) - heights[pane]));
    heights[pane] += more;
    left -= more;
  }
  heights.events += left;
  return heights;
}

function onePane(screen: Screen, view: View, pane: Pane, size: Size): Line[] {
  const all = screen.rows[pane];
  const rows = shownRows(all, view.filters[pane]);
  const isFocused = pane === view.focus;
  const room = Math.max(0, size.rows - 2);
  const at = selectedIndex(rows, view.selected[pane]);
  // The selected row stays in the middle until an end of the list is near.
  const first = Math.max(0, Math.min(at - Math.floor(room / 2), rows.length - room));
  const grid = gridOf(pane, rows, size.columns - 2);
  const lines: Line[] = [
    paneTitle(screen, view, pane, size.columns),
    [{ text: `  ${grid.header}`, look: 'dim' }],
  ];
  if (rows.length === 0)
    lines.push([{ text: all.length === 0 ? '  none' : '  nothing matches the filter', look: 'dim' }]);
  for (let index = first; index < Math.min(rows.length, first + room); index++) {
    const row = rows[index]!;
    const { cells } = grid.line(row, screen.now);
    if (isFocused && index === at) {
      const text = `› ${cells.map((cell) => cell.text).join('')}`;
      lines.push([{ text: padText(cutText(text, size.columns), size.columns), look: 'selected' }]);
    } else
      lines.push([
        { text: '  ' },
        ...cells.map(({ text, state }) => ({
          text,
          ...(state && (pane !== 'events' || row.state === 'bad') ? { look: row.state } : {}),
        })),
      ]);
  }
  return lines.slice(0, size.rows);
}

function paneTitle(screen: Screen, view: View, pane: Pane, width: number): Line {
  const all = screen.rows[pane];
  const filter = view.filters[pane];
  const shown = shownRows(all, filter).length;
  const isFocused = pane === view.focus;
  const [rule, look] = isFocused ? (['━', 'focus'] as const) : (['─', 'dim'] as const);
  const title = `${panes.indexOf(pane) + 1} ${pane.toUpperCase()} `;
  const count = filter ? `${shown} of ${all.length} match ${filter} ` : `${all.length} `;
  const line: Line = [
    { text: `${rule} `, look },
    { text: title, look: isFocused ? 'focus' : 'title' },
    { text: count, ...(filter ? { look: 'busy' as const } : { look: 'dim' as const }) },
  ];
  return [...line, { text: rule.repeat(Math.max(0, width - lineWidth(line))), look }];
}
