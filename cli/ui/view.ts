import { shownRows } from './filter.ts';
import { movedLogEnd, type LogLines } from './log-view.ts';
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
  /** The pod whose log is shown, `namespace/name`. */
  logs: string | undefined;
  /** The number after the last log line shown; undefined where the newest is. */
  logsEnd: number | undefined;
  /** Whether long log lines go on below instead of being cut. */
  wrap: boolean;
}

export const startView: View = {
  focus: 'pods',
  selected: {},
  filters: {},
  typing: undefined,
  help: false,
  logs: undefined,
  logsEnd: undefined,
  wrap: false,
};

/** A key as terminals send it: a letter (or what was pasted), or a named one. */
export interface Key {
  input: string;
  name?:
    | 'up'
    | 'down'
    | 'pageUp'
    | 'pageDown'
    | 'home'
    | 'end'
    | 'tab'
    | 'shiftTab'
    | 'return'
    | 'escape'
    | 'backspace'
    | 'ctrlC';
}

export type Effect = 'quit' | undefined;

/** What there is to move in. */
export interface Shown {
  rows: Record<Pane, Row[]>;
  logs: LogLines;
}

/** The longest filter that can be typed. */
const filterLengthMax = 200;
const pageRows = 10;
/** Further than any list is long. */
const wholeWay = 1_000_000_000;

const steps: Partial<Record<NonNullable<Key['name']> | string, number>> = {
  up: -1,
  k: -1,
  down: 1,
  j: 1,
  pageUp: -pageRows,
  pageDown: pageRows,
  home: -wholeWay,
  g: -wholeWay,
  end: wholeWay,
  G: wholeWay,
};

/** What a key does: the next view, and whether to quit. */
export function press(view: View, key: Key, shown: Shown): { view: View; effect: Effect } {
  const stay = (changes: Partial<View>) => ({ view: { ...view, ...changes }, effect: undefined });
  if (key.name === 'ctrlC') return { view, effect: 'quit' };
  if (view.typing) return stay(type(view, view.typing, key));
  if (view.help) return stay({ help: false });
  const step = steps[key.name ?? key.input];
  if (step !== undefined) return stay(view.logs ? scroll(view, shown.logs, step) : move(view, shown, step));
  switch (key.name ?? key.input) {
    case 'tab':
      return stay(focusOn(panes[(panes.indexOf(view.focus) + 1) % panes.length]!));
    case 'shiftTab':
      return stay(focusOn(panes[(panes.indexOf(view.focus) + panes.length - 1) % panes.length]!));
    case '1':
    case '2':
    case '3':
      return stay(focusOn(panes[Number(key.input) - 1]!));
    case 'return':
    case 'l':
      return stay(view.logs ? {} : openLogs(selectedRow(view, shown.rows)?.pod));
    case 'escape':
      if (view.filters[view.logs ? 'logs' : view.focus]) return stay(filtered(view, undefined));
      return stay(view.logs ? closeLogs : {});
    case 'q':
      return view.logs ? stay(closeLogs) : { view, effect: 'quit' };
    case '?':
      return stay({ help: true });
    case '/':
      return stay({ typing: view.logs ? 'logs' : view.focus });
    case 'w':
      return stay({ wrap: !view.wrap });
    default:
      return stay({});
  }
}

/** What control characters stand for where several keys come in one piece. */
const controlKeys: Record<string, NonNullable<Key['name']>> = {
  '\r': 'return',
  '\n': 'return',
  '\t': 'tab',
  '\b': 'backspace',
  '\u007f': 'backspace',
  '\u001b': 'escape',
  '\u0003': 'ctrlC',
};

/** The same for what came at once: keys pressed faster than they are read, or a text that was pasted. */
export function pressAll(view: View, key: Key, shown: Shown): { view: View; effect: Effect } {
  if (key.name || key.input.length <= 1) return press(view, key, shown);
  let result: { view: View; effect: Effect } = { view, effect: undefined };
  for (const input of key.input) {
    const name = controlKeys[input];
    result = press(result.view, name ? { input: '', name } : { input }, shown);
    if (result.effect) return result;
  }
  return result;
}

const closeLogs: Partial<View> = { logs: undefined, logsEnd: undefined };
const focusOn = (pane: Pane): Partial<View> => ({ focus: pane, ...closeLogs });
const openLogs = (pod: string | undefined): Partial<View> => (pod ? { logs: pod, logsEnd: undefined } : {});

function filtered({ filters, focus, logs }: View, filter: string | undefined): Partial<View> {
  return { filters: { ...filters, [logs ? 'logs' : focus]: filter }, logsEnd: undefined };
}

function type(view: View, pane: Pane | 'logs', key: Key): Partial<View> {
  const text = view.filters[pane] ?? '';
  if (key.name === 'return') return { typing: undefined, ...filtered(view, text || undefined) };
  if (key.name === 'escape') return { typing: undefined, ...filtered(view, undefined) };
  if (key.name === 'backspace') return filtered(view, [...text].slice(0, -1).join(''));
  if (key.name || !key.input) return {};
  return filtered(view, (text + key.input).slice(0, filterLengthMax));
}

function scroll(view: View, logs: LogLines, by: number): Partial<View> {
  return { logsEnd: movedLogEnd(logs, view.filters.logs, view.logsEnd, by) };
}

function move(view: View, { rows }: Shown, by: number): Partial<View> {
  const shown = shownRows(rows[view.focus], view.filters[view.focus]);
  if (shown.length === 0) return {};
  const at = selectedIndex(shown, view.selected[view.focus]);
  const next = shown[Math.min(shown.length - 1, Math.max(0, at + by))]!;
  return { selected: { ...view.selected, [view.focus]: next.key } };
}

/** The selected row's place. Where it is gone: that of the next one by key, so that the selection stays where it was. */
export function selectedIndex(rows: Row[], key: string | undefined): number {
  if (key === undefined) return 0;
  const at = rows.findIndex((row) => row.key === key);
  if (at >= 0) return at;
  const next = rows.findIndex((row) => row.key > key);
  return next >= 0 ? next : Math.max(0, rows.length - 1);
}

/** The selected row of the pane in focus, of those that its filter lets through. */
export function selectedRow(view: View, rows: Record<Pane, Row[]>): Row | undefined {
  const shown = shownRows(rows[view.focus], view.filters[view.focus]);
  return shown[selectedIndex(shown, view.selected[view.focus])];
}
