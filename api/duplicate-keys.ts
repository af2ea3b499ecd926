import { at, child } from './field-path.ts';

/** A key that stands in its object a second time. */
export interface DuplicateKey {
  /** `spec.template.spec.containers[0].name`. */
  field: string;
  key: string;
  /** From 1. */
  line: number;
  /** Where in the text, in characters. */
  offset: number;
}

/** As many as are told; a text of nothing but mistakes must not come back as a larger answer. */
const duplicatesMax = 100;

/** Where an object or list is open: its path, and what of it was read. */
interface Level {
  path: string;
  /** Of an object: the keys so far. Undefined in a list. */
  keys: Set<string> | undefined;
  index: number;
  key: string;
}

const tokens = /"(?:[^"\\]|\\.)*"|[[\]{},:]/gs;

/**
 * The keys that stand twice in a JSON text, of which `JSON.parse` keeps the last without a word. The text must be JSON: ask the parser first.
 *
 * @param seen is told each field's path and place, for who wants to know where something stands
 */
export function duplicateKeys(json: string, seen?: (field: string, offset: number) => void): DuplicateKey[] {
  const found: DuplicateKey[] = [];
  const open: Level[] = [];
  let level: Level | undefined;
  let expectsKey = false;
  const here = () => (!level ? '' : level.keys ? child(level.path, level.key) : at(level.path, level.index));
  for (const match of json.matchAll(tokens)) {
    const [token] = match;
    switch (token[0]) {
      case '{':
      case '[': {
        const isObject = token === '{';
        const path = here();
        if (level) open.push(level);
        level = { path, keys: isObject ? new Set() : undefined, index: 0, key: '' };
        expectsKey = isObject;
        break;
      }
      case '}':
      case ']':
        level = open.pop();
        expectsKey = false;
        break;
      case ',':
        if (level && !level.keys) level.index++;
        expectsKey = level?.keys !== undefined;
        break;
      case '"': {
        if (!expectsKey || !level?.keys) break;
        expectsKey = false;
        level.key = token.includes('\\') ? (JSON.parse(token) as string) : token.slice(1, -1);
        if (level.keys.has(level.key)) {
          if (found.length === duplicatesMax) return found;
          found.push({ field: here(), key: level.key, line: lineAt(json, match.index), offset: match.index });
        }
        level.keys.add(level.key);
        seen?.(here(), match.index);
      }
    }
  }
  return found;
}

function lineAt(text: string, offset: number): number {
  let line = 1;
  for (let next = text.indexOf('\n'); next >= 0 && next < offset; next = text.indexOf('\n', next + 1)) line++;
  return line;
}
