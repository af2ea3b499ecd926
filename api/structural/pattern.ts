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
const knownMax = 1_000;
/** A repetition unfolds (`(a{1000}){1000}`); RE2 has its own bound, this one holds what is read at all. */
const sourceCharactersMax = 10_000;

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

interface Engine {
  RE2JS: {
    compile(source: string): {
      test(text: string): boolean;
      matchAll(text: string): Iterable<RegExpMatchArray>;
    };
  };
}

let engine: Engine | undefined;

function compile(source: string): Pattern {
  // A quarter of a megabyte of program, for who defines kinds of his own; loaded at once, since validation does not wait.
  engine ??= createRequire(import.meta.url)('re2js') as Engine;
  const compiled = engine.RE2JS.compile(source);
  return {
    source,
    fits: (text) => compiled.test(text),
    finds(text, max) {
      const found: string[] = [];
      for (const [match] of compiled.matchAll(text)) {
        if (found.length >= max) break;
        found.push(match);
      }
      return found;
    },
  };
}
