import type { Line } from './line.ts';

const keys: [string, string][] = [
  ['Tab  1 2 3', 'next pane: hosts, pods, events'],
  ['↑↓  j k', 'select, or scroll; PgUp PgDn by ten; g G to the ends'],
  ['Enter  l', 'log of the selected pod'],
  ['/', 'filter: a regular expression, ! in front inverts; in logs too'],
  ['w', 'wrap long lines of the log'],
  ['Esc', 'clear the filter, leave the log'],
  ['?', 'these keys'],
  ['q  Ctrl-C', 'quit (q in a log goes back)'],
];
const keyWidth = 12;

/** What the keys do, and what the signs mean. */
export function helpLines(columns: number): Line[] {
  const title = '━ KEYS ';
  return [
    [{ text: title + '━'.repeat(Math.max(0, columns - title.length)), look: 'focus' }],
    ...keys.map(([key, does]): Line => [{ text: `  ${key.padEnd(keyWidth)}`, look: 'key' }, { text: does }]),
    [],
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
    [{ text: '  The same without this screen:', look: 'dim' }],
    [
      {
        text: '  kith get nodes · kith get pods -A -w · kith logs -f POD · kith describe pod POD',
        look: 'dim',
      },
    ],
  ];
}
