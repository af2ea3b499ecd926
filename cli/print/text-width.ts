import { eastAsianWidth } from 'get-east-asian-width';

/**
 * Text as it may go to a terminal: what moves the cursor, changes colours, turns the writing direction or joins characters to
 * others is taken out or shown as a dot. Names, messages and logs come from other people's programs.
 */
export function plainText(text: string): string {
  if (printableAscii.test(text)) return text;
  return text
    .replaceAll(ansiSequences, '')
    .replaceAll('\t', '  ')
    .replaceAll(joiners, '')
    .replaceAll(controls, '·')
    .toWellFormed();
}

const printableAscii = /^[\x20-\x7e]*$/;
/** Escape sequences as ECMA-48 has them: CSI …, OSC … (ended by BEL or ST), and the short ones. */
const ansiSequences = new RegExp(
  String.raw`(?:\x1b\[|\x9b)[0-?]*[ -/]*[@-~]|\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)?|\x1b[ -/]*[0-~]`,
  'g',
);
const colours = new RegExp(String.raw`(\x1b\[[\d;:]*m)`);
/** Terminals disagree on how wide joined emoji are; apart they agree. Also marks of direction, which turn a line around. */
const joiners = /\p{Cf}|[\u{fe00}-\u{fe0f}]|\p{Emoji_Modifier}/gu;
const controls = /[\p{Cc}\u2028\u2029]/gu;
const mark = /^\p{M}$/u;

/** A log line for a terminal: its colours may stay, everything else that would move or rename something goes. */
export function logText(line: string): string {
  if (printableAscii.test(line)) return line;
  const parts = line.split(colours);
  const text = parts.map((part, index) => (index % 2 === 1 ? part : plainText(part))).join('');
  return parts.length > 1 ? `${text}\u001b[0m` : text;
}

/** How many columns of a terminal the text takes, counted by character: never less than any terminal would. */
export function textWidth(text: string): number {
  if (printableAscii.test(text)) return text.length;
  let width = 0;
  for (const character of text) width += characterWidth(character);
  return width;
}

function characterWidth(character: string): number {
  return mark.test(character) ? 0 : eastAsianWidth(character.codePointAt(0)!);
}

/** Cut to `width` columns, with a mark where something is missing. */
export function cutText(text: string, width: number): string {
  if (printableAscii.test(text) ? text.length <= width : textWidth(text) <= width) return text;
  if (width <= 0) return '';
  let cut = '';
  let used = 0;
  for (const character of text) {
    used += characterWidth(character);
    if (used > width - 1) break;
    cut += character;
  }
  return `${cut}…`;
}

/** Filled up with spaces to `width` columns; longer text stays as it is. */
export function padText(text: string, width: number): string {
  return text + ' '.repeat(Math.max(0, width - textWidth(text)));
}
