import { textWidth } from '../print/text-width.ts';
import { cutText } from '../print/text-width.ts';
import { lineWidth, type Line } from './line.ts';
import { logLinesShown, type LogLines } from './log-view.ts';
import type { View } from './view.ts';

/** A pod's log, its last line at the bottom. */
export function logPane(logs: LogLines, view: View, size: { columns: number; rows: number }): Line[] {
  const filter = view.filters.logs;
  const shown = logLinesShown(logs, filter, view.logsEnd);
  const room = Math.max(0, size.rows - 1);
  const below = logs.first + logs.lines.length - (view.logsEnd ?? Infinity);
  const title: Line = [
    { text: '━ ', look: 'focus' },
    { text: `LOG ${view.logs} `, look: 'focus' },
    ...(filter
      ? [{ text: `${shown.length} of ${logs.lines.length} match ${filter} `, look: 'busy' as const }]
      : []),
    ...(below > 0 ? [{ text: `${below} newer below `, look: 'busy' as const }] : []),
    ...(logs.problem ? [{ text: `✗ ${logs.problem} `, look: 'bad' as const }] : []),
  ];
  title.push({ text: '━'.repeat(Math.max(0, size.columns - lineWidth(title))), look: 'focus' });
  const lines: Line[] = [];
  for (let index = shown.length - 1; index >= 0 && lines.length < room; index--) {
    const { text } = shown[index]!;
    const pieces = view.wrap ? wrapped(text, size.columns) : [text];
    lines.unshift(...pieces.map((piece): Line => [{ text: piece }]));
  }
  if (lines.length > room) lines.splice(0, lines.length - room);
  if (shown.length === 0)
    lines.push([{ text: filter ? '  nothing matches the filter' : '  nothing written yet', look: 'dim' }]);
  return [title, ...lines].slice(0, size.rows);
}

/** More pieces of one line than any terminal has rows are not made. */
const piecesMax = 500;

/** A long line in pieces of `width` columns. */
function wrapped(text: string, width: number): string[] {
  const pieces: string[] = [];
  for (let rest = text; pieces.length < piecesMax;) {
    if (width < 2 || textWidth(rest) <= width) return [...pieces, rest];
    // The mark that a cut leaves takes one column, which here is the text's.
    const piece = cutText(rest, width + 1).slice(0, -1);
    if (!piece) return [...pieces, rest];
    pieces.push(piece);
    rest = rest.slice(piece.length);
  }
  return pieces;
}
