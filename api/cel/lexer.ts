import { CelProblem } from './ast.ts';
import type { Literal } from './ast.ts';

export interface Token {
  type: 'literal' | 'ident' | 'punct' | 'end';
  text: string;
  value?: Literal;
  at: number;
}

/** As cel-go has it. */
const sourceCharactersMax = 100_000;

const space = /(?:\s|\/\/[^\n]*)+/y;
const number =
  /0[xX][0-9a-fA-F]+[uU]?|(?:\d+\.\d+(?:[eE][+-]?\d+)?|\d+[eE][+-]?\d+|\.\d+(?:[eE][+-]?\d+)?)|\d+[uU]?/y;
const word = /[A-Za-z_][A-Za-z0-9_]*/y;
const punct = /&&|\|\||==|!=|<=|>=|\[\?|\.\?|[()[\]{}.,:?!<>+\-*/%]/y;
const stringStart = /([rRbB]{0,2})("""|'''|"|')/y;

const int64Max = 2n ** 63n;
const uint64Max = 2n ** 64n;

/** The words and signs of a rule. @throws CelProblem */
export function tokensOf(source: string): Token[] {
  if (source.length > sourceCharactersMax)
    throw new CelProblem(
      0,
      `expression code point size exceeds limit: size: ${source.length}, limit ${sourceCharactersMax}`,
    );
  const tokens: Token[] = [];
  let at = 0;
  const match = (pattern: RegExp) => {
    pattern.lastIndex = at;
    return pattern.exec(source);
  };
  while (at < source.length) {
    const blank = match(space);
    if (blank) {
      at += blank[0].length;
      continue;
    }
    const quote = match(stringStart);
    if (quote) {
      const { value, end } = readString(source, at, quote[1]!.toLowerCase(), quote[2]!, at + quote[0].length);
      tokens.push({ type: 'literal', text: source.slice(at, end), value, at });
      at = end;
      continue;
    }
    const digits = match(number);
    if (digits) {
      tokens.push({ type: 'literal', text: digits[0], value: readNumber(digits[0], at), at });
      at += digits[0].length;
      continue;
    }
    const name = match(word);
    if (name) {
      const [text] = name;
      const known = text === 'true' ? true : text === 'false' ? false : text === 'null' ? null : undefined;
      tokens.push(
        known === undefined ? { type: 'ident', text, at } : { type: 'literal', text, value: known, at },
      );
      at += text.length;
      continue;
    }
    const sign = match(punct);
    if (!sign) throw new CelProblem(at, `Syntax error: token recognition error at: '${source[at]}'`);
    // `a[?b]` is an optional index, `x ? [y] : z` no such thing: the sign is one only behind a value.
    tokens.push({ type: 'punct', text: sign[0], at });
    at += sign[0].length;
  }
  tokens.push({ type: 'end', text: '<EOF>', at: source.length });
  return tokens;
}

function readNumber(text: string, at: number): Literal {
  if (/^[\d.]+([eE]|\.)|^\d+\.|^\./.test(text) && !/^0x/i.test(text) && /[.eE]/.test(text))
    return Number(text);
  const isUint = /[uU]$/.test(text);
  const value = BigInt(isUint ? text.slice(0, -1) : text);
  if (isUint) {
    if (value >= uint64Max) throw new CelProblem(at, 'invalid uint literal');
    return { uint: value };
  }
  // One more than the largest, for `-9223372036854775808`; the parser looks at the sign.
  if (value > int64Max) throw new CelProblem(at, 'invalid int literal');
  return value;
}

function readString(
  source: string,
  at: number,
  prefix: string,
  quote: string,
  from: number,
): { value: Literal; end: number } {
  const isRaw = prefix.includes('r');
  const isBytes = prefix.includes('b');
  const codes: string[] = [];
  const bytes: number[] = [];
  const add = (text: string) => (isBytes ? bytes.push(...Buffer.from(text)) : codes.push(text));
  let index = from;
  for (;;) {
    if (index >= source.length)
      throw new CelProblem(at, 'Syntax error: token recognition error at: a string without an end');
    if (source.startsWith(quote, index)) break;
    const char = source[index]!;
    if (quote.length === 1 && (char === '\n' || char === '\r'))
      throw new CelProblem(at, 'Syntax error: token recognition error at: a string without an end');
    if (char !== '\\' || isRaw) {
      const point = String.fromCodePoint(source.codePointAt(index)!);
      add(point);
      index += point.length;
      continue;
    }
    const escape =
      /\\(?:[abfnrtv"'`?\\]|x[0-9a-fA-F]{2}|X[0-9a-fA-F]{2}|u[0-9a-fA-F]{4}|U[0-9a-fA-F]{8}|[0-3][0-7]{2})/y;
    escape.lastIndex = index;
    const found = escape.exec(source);
    if (!found)
      throw new CelProblem(
        index,
        `Syntax error: invalid escape in a string: ${source.slice(index, index + 2)}`,
      );
    const code = codeOf(found[0]);
    if (isBytes && !/^\\[uU]/.test(found[0])) bytes.push(code & 255);
    else if (code > 0x10ffff || (code >= 0xd800 && code < 0xe000))
      throw new CelProblem(index, 'invalid unicode code point');
    else add(String.fromCodePoint(code));
    index += found[0].length;
  }
  return { value: isBytes ? Uint8Array.from(bytes) : codes.join(''), end: index + quote.length };
}

const named: Record<string, number> = { a: 7, b: 8, f: 12, n: 10, r: 13, t: 9, v: 11 };

function codeOf(escape: string): number {
  const body = escape.slice(1);
  if (/^[xXuU]/.test(body)) return parseInt(body.slice(1), 16);
  if (/^[0-3][0-7]{2}$/.test(body)) return parseInt(body, 8);
  return named[body] ?? body.charCodeAt(0);
}
