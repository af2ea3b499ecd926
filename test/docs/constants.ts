import { readFileSync } from 'node:fs';
import { stripTypeScriptTypes } from 'node:module';
import { createContext, runInContext } from 'node:vm';

/**
 * The constants at the top of a TypeScript source that can be worked out without running the file: numbers, sums of numbers, and
 * objects of them. A constant that needs anything else (an import, a call) is left out.
 */
export function constantsOf(file: string): Record<string, unknown> {
  return constantsIn(readFileSync(file, 'utf8'));
}

export function constantsIn(source: string): Record<string, unknown> {
  const code = stripTypeScriptTypes(source);
  const known: Record<string, unknown> = {};
  const context = createContext(known);
  for (const match of code.matchAll(/^(?:export )?const (\w+)\s*=/gm)) {
    const start = match.index + match[0].length;
    try {
      known[match[1]!] = runInContext(
        `(${code.slice(start, endOfStatement(code, start))})`,
        context,
      ) as unknown;
    } catch {
      // Needs more than constants.
    }
  }
  return known;
}

/** Where the `;` stands that ends the statement. */
function endOfStatement(code: string, from: number): number {
  let depth = 0;
  for (let at = from; at < code.length; at++) {
    const letter = code[at]!;
    if ('([{'.includes(letter)) depth++;
    else if (')]}'.includes(letter)) depth--;
    else if (letter === ';' && depth === 0) return at;
  }
  return code.length;
}

/** The number at a path such as `defaultLimits.handshakesPerKey.burst`; undefined where there is none. */
export function numberAt(constants: Record<string, unknown>, path: string): number | undefined {
  let value: unknown = constants;
  for (const name of path.split('.')) value = (value as Record<string, unknown> | undefined)?.[name];
  return typeof value === 'number' ? value : undefined;
}

/** What each unit counts, in the base unit of the constants that carry it: milliseconds, bytes, shares. */
const units: Record<string, number> = {
  ms: 1,
  s: 1_000,
  min: 60_000,
  h: 3_600_000,
  days: 86_400_000,
  bytes: 1,
  KiB: 1024,
  MiB: 1024 ** 2,
  GiB: 1024 ** 3,
  '%': 0.01,
};

/**
 * A value as people write it (`1,500 ms`, `64 KiB`, `75 %`, `12`), in the unit that the constant's own name says: `…Seconds` counts
 * seconds, `…MiB` mebibytes, everything else the base unit.
 */
export function readValue(text: string, constant: string): number | undefined {
  const match = /^([\d,.]+)(?: (\S+))?$/.exec(text.trim());
  if (!match) return undefined;
  const scale = match[2] === undefined ? 1 : units[match[2]];
  if (scale === undefined) return undefined;
  const base = Number(match[1]!.replaceAll(',', '')) * scale;
  if (constant.includes('Seconds')) return base / 1_000;
  if (constant.endsWith('MiB')) return base / 1024 ** 2;
  return base;
}
