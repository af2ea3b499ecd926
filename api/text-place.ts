import { isMap, isNode, isScalar, isSeq } from 'yaml';
import type { LineCounter, Node, ParsedNode } from 'yaml';
import { steps } from './field-path.ts';

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
}
