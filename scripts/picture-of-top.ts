/**
 * A picture of a terminal, for the README: what `tmux capture-pane -p -e -N` prints becomes an SVG.
 *
 *     tmux capture-pane -p -e -N -t SESSION | node scripts/picture-of-top.ts 'kith top' > docs/images/top.svg
 */
import { text as textOf } from 'node:stream/consumers';
import { textWidth } from '../cli/print/text-width.ts';

const cell = { width: 8.4, height: 18, font: 14 };
const edge = { side: 16, top: 44, bottom: 16 };
/** The terminal's sixteen colours, on a dark ground. */
const palette = ['#3b4252', '#f07178', '#a5d18a', '#f2c879', '#82aaff', '#c792ea', '#6fd3d6', '#d8dee9'];
const ground = '#1b2029';
const ink = '#d8dee9';

interface Style {
  bold: boolean;
  dim: boolean;
  inverse: boolean;
  colour: string | undefined;
}

interface Run extends Style {
  text: string;
  column: number;
}

const plain: Style = { bold: false, dim: false, inverse: false, colour: undefined };

function changed(style: Style, codes: number[]): Style {
  let next = style;
  for (const code of codes) {
    if (code === 0) next = plain;
    else if (code === 1) next = { ...next, bold: true };
    else if (code === 2) next = { ...next, dim: true };
    else if (code === 7) next = { ...next, inverse: true };
    else if (code === 22) next = { ...next, bold: false, dim: false };
    else if (code === 27) next = { ...next, inverse: false };
    else if (code >= 30 && code <= 37) next = { ...next, colour: palette[code - 30] };
    else if (code >= 90 && code <= 97) next = { ...next, colour: palette[code - 90] };
    else if (code === 39) next = { ...next, colour: undefined };
  }
  return next;
}

/** A captured line as pieces of one look each. tmux may carry a look over from the line before. */
function runsOf(line: string, start: Style): { runs: Run[]; style: Style } {
  const runs: Run[] = [];
  let [style, column] = [start, 0];
  // eslint-disable-next-line no-control-regex
  for (const [index, part] of line.split(/\u001b\[([\d;]*)m/).entries()) {
    if (index % 2 === 1) style = changed(style, part.split(';').map(Number));
    else if (part) {
      runs.push({ ...style, text: part, column });
      column += textWidth(part);
    }
  }
  return { runs, style };
}

const escaped = (text: string) =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');

/** Each run is put on its columns, whatever font the reader has. */
function drawn({ text, column, bold, dim, inverse, colour }: Run, row: number): string {
  const width = textWidth(text) * cell.width;
  const x = (edge.side + column * cell.width).toFixed(1);
  const y = edge.top + row * cell.height;
  const fill = inverse ? ground : (colour ?? ink);
  const bar = inverse
    ? `<rect x="${x}" y="${y}" width="${width.toFixed(1)}" height="${cell.height}" fill="${colour ?? ink}"/>`
    : '';
  if (!text.trim()) return bar;
  const look = `${bold ? ' font-weight="bold"' : ''}${dim ? ' opacity="0.6"' : ''}`;
  return `${bar}<text x="${x}" y="${y + 13}" fill="${fill}"${look} textLength="${width.toFixed(1)}" lengthAdjust="spacingAndGlyphs" xml:space="preserve">${escaped(text)}</text>`;
}

/** The SVG of a captured screen under a title. */
export function pictureOf(capture: string, title: string): string {
  const lines = capture.replace(/\n$/, '').split('\n');
  const parts: string[] = [];
  let style = plain;
  let columns = 80;
  for (const [row, line] of lines.entries()) {
    const read = runsOf(line, style);
    style = read.style;
    for (const run of read.runs) {
      columns = Math.max(columns, run.column + textWidth(run.text));
      parts.push(drawn(run, row));
    }
  }
  const width = Math.ceil(2 * edge.side + columns * cell.width);
  const height = edge.top + lines.length * cell.height + edge.bottom;
  const dots = ['#f07178', '#f2c879', '#a5d18a'].map(
    (fill, index) => `<circle cx="${22 + index * 20}" cy="20" r="6" fill="${fill}"/>`,
  );
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img" aria-label="${escaped(title)}">`,
    `<rect width="${width}" height="${height}" rx="10" fill="${ground}"/>`,
    ...dots,
    `<g font-family="ui-monospace, 'DejaVu Sans Mono', Menlo, Consolas, monospace" font-size="${cell.font}">`,
    `<text x="${width / 2}" y="25" fill="${ink}" opacity="0.6" text-anchor="middle">${escaped(title)}</text>`,
    ...parts.filter(Boolean),
    '</g>',
    '</svg>',
    '',
  ].join('\n');
}

if (import.meta.main)
  process.stdout.write(pictureOf(await textOf(process.stdin), process.argv[2] ?? 'kith top'));
