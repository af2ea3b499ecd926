import { isMap, isNode, isScalar, isSeq } from 'yaml';
import type { LineCounter, Node, ParsedNode } from 'yaml';
import { at, child, steps } from './field-path.ts';

/** Where in the text the parts of one document stand. */
export class TextPlace {
  readonly #root: ParsedNode;
  readonly #lines: LineCounter;

  constructor(root: ParsedNode, lines: LineCounter) {
    this.#root = root;
    this.#lines = lines;
  }

  /** The line of a field's name (from 1), or of the nearest thing that holds it where it is missing. */
  lineOf(path: string): number {
    let node: Node | null | undefined = this.#root;
    let offset = this.#root.range?.[0] ?? 0;
    for (const step of steps(path)) {
      if (isMap(node)) {
        const pair: { key: unknown; value: unknown } | undefined = node.items.find(
          ({ key }) => isScalar(key) && String(key.value) === step,
        );
        if (!pair) break;
        // The line of a field is that of its name: its value may begin below.
        offset = (isNode(pair.key) && pair.key.range?.[0]) || offset;
        node = isNode(pair.value) ? pair.value : undefined;
      } else if (isSeq(node)) {
        const item: unknown = node.items[Number(step)];
        if (!isNode(item)) break;
        offset = item.range?.[0] ?? offset;
        node = item;
      } else break;
    }
    return this.#lines.linePos(offset).line;
  }

  /** The path of the field whose name begins at this offset of the text; undefined where no field's name does. */
  fieldAt(offset: number): string | undefined {
    const find = (node: unknown, path: string): string | undefined => {
      if (isMap(node))
        for (const { key, value } of node.items) {
          if (!isScalar(key)) continue;
          const name = String(key.value);
          const field = /^[\w-]+$/.test(name) ? child(path, name) : at(path, name);
          const found = key.range?.[0] === offset ? field : find(value, field);
          if (found) return found;
        }
      if (isSeq(node))
        for (const [index, item] of node.items.entries()) {
          const found = find(item, at(path, index));
          if (found) return found;
        }
      return undefined;
    };
    return find(this.#root, '');
  }
}
