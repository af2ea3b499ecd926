import { filterOf } from './filter.ts';
import type { Row } from './rows.ts';

export type Pane = 'hosts' | 'pods' | 'events';
export const panes: readonly Pane[] = ['hosts', 'pods', 'events'];

/** What the user has done to the screen. */
export interface View {
  focus: Pane;
  /** Key of the selected row, by pane. */
  selected: Partial<Record<Pane, string>>;
  filters: Partial<Record<Pane | 'logs', string>>;
  /** Set while `/` is being typed: for which pane. */
  typing: Pane | 'logs' | undefined;
  help: boolean;
  /** The pod whose logs are shown, `namespace/name`. */
  logs: string | undefined;
  /** Lines up from the newest log line. */
  logsUp: number;
}

export const startView: View = {
  focus: 'pods',
  selected: {},
  filters: {},
  typing: undefined,
  help: false,
  logs: undefined,
  logsUp: 0,
};

/** A key as terminals send it: a letter, or a named one. */
export interface Key {
  input: string;
  name?:
    'up' | 'down' | 'pageUp' | 'pageDown' | 'tab' | 'shiftTab' | 'return' | 'escape' | 'backspace' | 'ctrlC';
}

export type Effect = 'quit' | undefined;

/** The longest filter that can be typed. */
const filterLengthMax = 200;
const pageRows = 10;

/** The rows of a pane that its filter lets through. */
export function shownRows(rows: Row[], filter: string | undefined): Row[] {
  if (!filter) return rows;
  const keeps = filterOf(filter);
  return rows.filter(({ cells }) => keeps(cells.join(' ')));
}

/** What a key does: the next view, and whether to quit. `rows` are the filtered rows of each pane. */
export function press(view: View, key: Key, rows: Record<Pane, Row[]>): { view: View; effect: Effect } {
  const stay = (changes: Partial<View>) => ({ view: { ...view, ...changes }, effect: undefined });
  if (key.name === 'ctrlC') return { view, effect: 'quit' };
  if (view.typing) return type(view, key);
  if (view.help) return stay({ help: false });
  switch (key.name) {
    case 'tab':
    case 'shiftTab': {
      const step = key.name === 'tab' ? 1 : panes.length - 1;
      return stay({ focus: panes[(panes.indexOf(view.focus) + step) % panes.length]!, logs: undefined });
    }
    case 'up':
      return move(view, rows, -1);
    case 'down':
      return move(view, rows, 1);
    case 'pageUp':
      return move(view, rows, -pageRows);
    case 'pageDown':
      return move(view, rows, pageRows);
    case 'return':
      return view.focus === 'pods' ? stay({ logs: selectedRow(view, rows)?.key, logsUp: 0 }) : stay({});
    case 'escape':
      if (view.logs) return stay({ logs: undefined });
      return stay({ filters: { ...view.filters, [view.focus]: undefined } });
    default:
  }
  switch (key.input) {
    case 'q':
      return view.logs ? stay({ logs: undefined }) : { view, effect: 'quit' };
    case '?':
      return stay({ help: true });
    case '/':
      return stay({ typing: view.logs ? 'logs' : view.focus });
    case 'k':
      return move(view, rows, -1);
    case 'j':
      return move(view, rows, 1);
    case 'l':
      return stay({ focus: 'pods', logs: selectedRow({ ...view, focus: 'pods' }, rows)?.key, logsUp: 0 });
    case '1':
    case '2':
    case '3':
      return stay({ focus: panes[Number(key.input) - 1]!, logs: undefined });
    default:
      return stay({});
  }
}

function type(view: View, key: Key): { view: View; effect: Effect } {
  const pane = view.typing!;
  const text = view.filters[pane] ?? '';
  const change = (filter: string | undefined, typing: View['typing'] = pane) => ({
    view: { ...view, typing, filters: { ...view.filters, [pane]: filter } },
    effect: undefined,
  });
  if (key.name === 'return') return change(text || undefined, undefined);
  if (key.name === 'escape') return change(undefined, undefined);
  if (key.name === 'backspace') return change(text.slice(0, -1));
  if (key.name || !key.input) return { view, effect: undefined };
  return change((text + key.input).slice(0, filterLengthMax));
}

function move(view: View, rows: Record<Pane, Row[]>, by: number): { view: View; effect: Effect } {
  if (view.logs) return { view: { ...view, logsUp: Math.max(0, view.logsUp - by) }, effect: undefined };
  const shown = rows[view.focus];
  if (shown.length === 0) return { view, effect: undefined };
  const at = selectedIndex(shown, view.selected[view.focus]);
  const next = shown[Math.min(shown.length - 1, Math.max(0, at + by))]!;
  return { view: { ...view, selected: { ...view.selected, [view.focus]: next.key } }, effect: undefined };
}

/** The selected row's place; the first where it is gone. */
export function selectedIndex(rows: Row[], key: string | undefined): number {
  return Math.max(
    0,
    rows.findIndex((row) => row.key === key),
  );
}

export function selectedRow(view: View, rows: Record<Pane, Row[]>): Row | undefined {
  const shown = rows[view.focus];
  return shown[selectedIndex(shown, view.selected[view.focus])];
}
