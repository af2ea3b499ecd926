import { cutText, plainText, textWidth } from '../print/text-width.ts';

/** How a piece of text looks; what it says is in its words and glyphs as well. */
export type Look = 'title' | 'focus' | 'head' | 'good' | 'busy' | 'bad' | 'dim' | 'selected' | 'key';

export interface Span {
  text: string;
  look?: Look;
}

/** One line of the screen. */
export type Line = Span[];

export const lineWidth = (line: Line): number => line.reduce((sum, { text }) => sum + textWidth(text), 0);

export const lineText = (line: Line): string => line.map(({ text }) => text).join('');

/** The line cut to `width` columns. Every line passes here last: nothing that moves the cursor gets through. */
export function fitLine(line: Line, width: number): Line {
  const fitted: Line = [];
  let room = width;
  for (const span of line) {
    const plain = plainText(span.text);
    const isLast = textWidth(plain) > room;
    const text = isLast ? cutText(plain, room) : plain;
    if (text) fitted.push({ ...span, text });
    if (isLast) break;
    room -= textWidth(text);
  }
  return fitted;
}

/** `left`, and `right` at the right edge; where both do not fit, what is left of `left`. */
export function spread(left: Line, right: Line, width: number): Line {
  const room = width - lineWidth(right) - 1;
  if (room < 0) return fitLine(right, width);
  const fitted = fitLine(left, room);
  return [...fitted, { text: ' '.repeat(room - lineWidth(fitted) + 1) }, ...right];
}
