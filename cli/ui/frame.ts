import { eventColumns, hostColumns, podColumns, type Column, type Row } from './rows.ts';
import { filterOf } from './filter.ts';
import { panes, selectedIndex, shownRows, type Pane, type View } from './view.ts';

/** One line of the screen: text that fits, and how it looks. */
export interface Line {
  text: string;
  style?: 'title' | 'selected' | 'bad' | 'busy' | 'dim' | 'head';
}

/** Everything that is shown, as plain data. */
export interface Screen {
  cluster: string;
  rows: Record<Pane, Row[]>;
  /** Lines of the pod's log, oldest first. */
  logs: string[];
  link: { ok: boolean; ageMs: number; problem: string | undefined };
}

export interface Size {
  columns: number;
  rows: number;
}

const titles: Record<Pane, string> = { hosts: 'HOSTS', pods: 'PODS', events: 'EVENTS' };
const columnsOf: Record<Pane, Column[]> = { hosts: hostColumns, pods: podColumns, events: eventColumns };
/** Below this height or width one pane is shown at a time. */
const allPanesFrom = { rows: 18, columns: 60 };

const keyHelp = [
  'Tab, 1 2 3   next pane: hosts, pods, events',
  '↑ ↓, j k     select',
  'Enter, l     logs of the selected pod',
  '/            filter this pane (regular expression, ! in front inverts); also inside logs',
  'Esc          leave the logs, clear the filter',
  '?            these keys',
  'q, Ctrl-C    quit (q in the logs goes back)',
  '',
  'The same on the command line: kith get nodes · kith get pods -A -w · kith logs -f POD',
];

/** The whole screen, exactly `size.rows` lines, none wider than `size.columns`. */
export function frame(screen: Screen, view: View, size: Size): Line[] {
  const body = Math.max(1, size.rows - 2);
  const middle = view.help
    ? [{ text: 'KEYS', style: 'title' as const }, ...keyHelp.map((text) => ({ text: `  ${text}` }))]
    : view.logs
      ? logLines(screen, view, body)
      : paneLines(screen, view, { columns: size.columns, rows: body });
  const padded = [
    ...middle.slice(0, body),
    ...Array.from({ length: Math.max(0, body - middle.length) }, () => ({ text: '' })),
  ];
  return [header(screen), ...padded, footer(view)].map((line) => ({
    ...line,
    text: fit(line.text, size.columns),
  }));
}

function header({ cluster, rows, link }: Screen): Line {
  const good = (all: Row[]) => all.filter(({ state }) => state === 'good').length;
  const counts = `${good(rows.hosts)}/${rows.hosts.length} hosts ready · ${good(rows.pods)}/${rows.pods.length} pods ready`;
  if (link.ok) return { text: `kith top · ${cluster} · ${counts} · ● live`, style: 'head' };
  return {
    text: `kith top · ${cluster} · ○ no answer for ${Math.round(link.ageMs / 1000)}s, trying again · ${counts} then${link.problem ? ` · ${link.problem}` : ''}`,
    style: 'bad',
  };
}

function footer(view: View): Line {
  if (view.typing)
    return { text: `/${view.filters[view.typing] ?? ''}▏  Enter keeps · Esc clears`, style: 'head' };
  const hints = view.help
    ? 'any key goes back'
    : view.logs
      ? '↑↓ scroll · / filter · Esc back · ? keys · q back'
      : 'Tab pane · ↑↓ select · Enter logs · / filter · ? keys · q quit';
  return { text: hints, style: 'dim' };
}

function paneLines(screen: Screen, view: View, size: Size): Line[] {
  if (size.rows < allPanesFrom.rows || size.columns < allPanesFrom.columns)
    return onePane(screen, view, view.focus, size);
  const heights = share(size.rows, screen, view);
  return panes.flatMap((pane) => onePane(screen, view, pane, { columns: size.columns, rows: heights[pane] }));
}

/** Each pane gets what it needs, up to its part; what is left goes to the one in focus. */
function share(rows: number, screen: Screen, view: View): Record<Pane, number> {
  const overhead = 2;
  const part = Math.floor(rows / panes.length);
  const needs = (pane: Pane) =>
    overhead + Math.max(1, shownRows(screen.rows[pane], view.filters[pane]).length);
  const heights = Object.fromEntries(panes.map((pane) => [pane, Math.min(part, needs(pane))])) as Record<
    Pane,
    number
  >;
  let left = rows - panes.reduce((sum, pane) => sum + heights[pane], 0);
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
  const focused = pane === view.focus;
  const filter = view.filters[pane]
    ? ` /${view.filters[pane]} (${rows.length} of ${all.length})`
    : ` (${all.length})`;
  const lines: Line[] = [{ text: `${focused ? '▶' : ' '} ${titles[pane]}${filter}`, style: 'title' }];
  const room = Math.max(0, size.rows - 2);
  const at = selectedIndex(rows, view.selected[pane]);
  const first = Math.max(0, Math.min(at - Math.floor(room / 2), rows.length - room));
  const visible = rows.slice(first, first + room);
  const { header: titleLine, lines: cells } = grid(columnsOf[pane], visible, size.columns - 2);
  lines.push({ text: `  ${titleLine}`, style: 'dim' });
  if (rows.length === 0)
    lines.push({ text: all.length === 0 ? '  none yet' : '  nothing matches the filter', style: 'dim' });
  for (const [index, row] of visible.entries()) {
    const selected = focused && first + index === at;
    const style = selected ? 'selected' : row.state === 'good' ? undefined : row.state;
    lines.push({ text: `${selected ? '›' : ' '} ${cells[index]}`, ...(style ? { style } : {}) });
  }
  return lines.slice(0, size.rows);
}

/** Aligned columns in `width`; where they do not fit, those of the highest rank go. */
function grid(columns: Column[], rows: Row[], width: number): { header: string; lines: string[] } {
  const widths = columns.map(({ title }, index) =>
    Math.max(title.length, ...rows.map(({ cells }) => (cells[index] ?? '').length)),
  );
  let shown = columns.map((_, index) => index);
  const total = () =>
    shown.reduce((sum, index) => sum + (columns[index]!.grows ? 12 : widths[index]!) + 2, -2);
  for (let rank = 5; rank > 0 && total() > width; rank--)
    shown = shown.filter((index) => columns[index]!.rank < rank);
  const line = (cells: string[]) =>
    shown
      .map((index) =>
        columns[index]!.grows ? (cells[index] ?? '') : (cells[index] ?? '').padEnd(widths[index]!),
      )
      .join('  ')
      .trimEnd();
  return { header: line(columns.map(({ title }) => title)), lines: rows.map(({ cells }) => line(cells)) };
}

function logLines(screen: Screen, view: View, height: number): Line[] {
  const filter = view.filters.logs;
  const lines = filter ? screen.logs.filter(filterOf(filter)) : screen.logs;
  const room = Math.max(1, height - 1);
  const up = Math.min(view.logsUp, Math.max(0, lines.length - room));
  const end = lines.length - up;
  const title = `LOGS ${view.logs}${filter ? ` /${filter} (${lines.length} of ${screen.logs.length})` : ''}${up > 0 ? ` ↑${up}` : ''}`;
  const shown = lines.slice(Math.max(0, end - room), end).map((text) => ({ text }));
  return [
    { text: title, style: 'title' },
    ...(shown.length > 0 ? shown : [{ text: '  nothing written yet', style: 'dim' as const }]),
  ];
}

/** Cut to the width, with a mark; control characters would move the cursor and are shown as dots. */
function fit(text: string, width: number): string {
  // eslint-disable-next-line no-control-regex
  const plain = text.replaceAll(/[\u0000-\u001f\u007f-\u009f]/g, '·');
  return plain.length <= width ? plain : `${plain.slice(0, Math.max(0, width - 1))}…`;
}
