import { createRequire } from 'node:module';

/** A regular expression that answers in time linear to the text, whatever it is: RE2's, as in Kubernetes, without backtracking. */
export interface Pattern {
  /** Whether it fits somewhere in the text. */
  fits(text: string): boolean;
  /** Every place where it fits, from the start. */
  finds(text: string, max: number): string[];
  /** What it would cost Kubernetes' estimate: its own length. */
  source: string;
}

/** Compiled ones are kept: definitions say the same few patterns of thousands of values. */
const known = new Map<string, Pattern>();
const knownMax = 300;
/** A repetition unfolds (`(a{1000}){1000}`); RE2 has its own bound, this one holds what is read at all. */
const sourceCharactersMax = 10_000;
/** A pattern learns while it reads, up to tens of megabytes; beyond so many steps of work it forgets again. */
const rememberedMax = 100_000;

/** @throws Error with the words of Go's regexp where the pattern is none */
export function patternOf(source: string): Pattern {
  const found = known.get(source);
  if (found) return found;
  if (source.length > sourceCharactersMax)
    throw new Error(`error parsing regexp: expression exceeds ${sourceCharactersMax} characters`);
  const pattern = compile(source);
  if (known.size >= knownMax) known.delete(known.keys().next().value!);
  known.set(source, pattern);
  return pattern;
}

interface Compiled {
  test(text: string): boolean;
  programSize(): number;
  matchAll(text: string): Iterable<RegExpMatchArray>;
}

let engine: { RE2JS: { compile(source: string): Compiled } } | undefined;

function compile(source: string): Pattern {
  // A quarter of a megabyte of program, for who defines kinds of his own; loaded at once, since validation does not wait.
  const { RE2JS } = (engine ??= createRequire(import.meta.url)('re2js') as NonNullable<typeof engine>);
  let compiled: Compiled | undefined = RE2JS.compile(source);
  const size = compiled.programSize();
  const use = <T>(text: string, action: (compiled: Compiled) => T): T => {
    compiled ??= RE2JS.compile(source);
    const result = action(compiled);
    // Made anew in a few milliseconds when it is wanted again.
    if (text.length * size > rememberedMax) compiled = undefined;
    return result;
  };
  return {
    source,
    fits: (text) => use(text, (pattern) => pattern.test(text)),
    finds: (text, max) =>
      use(text, (pattern) => {
        const found: string[] = [];
        for (const [match] of pattern.matchAll(text)) {
          if (found.length >= max) break;
          found.push(match);
        }
        return found;
      }),
  };
}
