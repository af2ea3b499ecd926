import type { Line } from './line.ts';

const keys: [string, string][] = [
  ['Tab  1 2 3', 'next pane: hosts, pods, events'],
  ['↑↓  j k', 'select, or scroll; PgUp PgDn by ten; g G to the ends'],
  ['Enter  l', 'log of the selected pod'],
  ['/', 'filter: a regular expression, ! in front inverts; in logs too'],
  ['w', 'wrap long lines of the log'],
  ['Esc', 'clear the filter, leave the log'],
  ['?', 'this page'],
  ['q  Ctrl-C', 'quit (q in a log goes back)'],
];
const keyWidth = 12;

/** Where this cluster is found without the screen. */
export interface Access {
  /** Where this machine's gateway lists the apps. */
  apps?: string | undefined;
  /** The folder whose `kith` this is. */
  home: string;
  kubeconfig: string;
}

/** What the keys do, what the signs mean, and how to reach the cluster from another terminal. */
export function helpLines(columns: number, access: Access | undefined): Line[] {
  return [
    titleLine('KEYS', columns),
    ...keys.map(([key, does]): Line => [{ text: `  ${key.padEnd(keyWidth)}`, look: 'key' }, { text: does }]),
    [
      { text: '  ● ', look: 'good' },
      { text: 'well   ' },
      { text: '◐ ', look: 'busy' },
      { text: 'on its way   ' },
      { text: '✗ ', look: 'bad' },
      { text: 'not well   ' },
      { text: '! ', look: 'bad' },
      { text: 'warning' },
    ],
    [],
    ...(access ? accessLines(columns, access) : []),
    [{ text: '  The same without this screen:', look: 'dim' }],
    [{ text: '  kith get nodes · kith get pods -A -w · kith logs -f POD · kith open SERVICE' }],
  ];
}

function accessLines(columns: number, { apps, home, kubeconfig }: Access): Line[] {
  return [
    titleLine('THIS CLUSTER', columns),
    ...(apps ? [[{ text: '  Apps, in a browser: ' }, { text: apps, look: 'focus' }] as Line] : []),
    [{ text: '  In another terminal, for kith and kubectl:', look: 'dim' }],
    ...[`export KITH_HOME=${quoted(home)}`, `export KUBECONFIG=${quoted(kubeconfig)}`].flatMap((command) =>
      folded(command, columns),
    ),
  ];
}

function titleLine(title: string, columns: number): Line {
  const text = `━ ${title} `;
  return [{ text: text + '━'.repeat(Math.max(0, columns - text.length)), look: 'focus' }];
}

/** As a shell reads it. */
function quoted(path: string): string {
  return /^[\w@%+=:,./-]+$/.test(path) ? path : `'${path.replaceAll("'", String.raw`'\''`)}'`;
}

/** A path is of no use when it is cut: what does not fit goes on below, from the first column, so that it can be copied whole. */
function folded(text: string, columns: number): Line[] {
  const rest = `  ${text}`;
  const lines: Line[] = [];
  for (let from = 0; from < rest.length; from += columns)
    lines.push([{ text: rest.slice(from, from + columns) }]);
  return lines;
}
