/** A literal of a rule. */
export type Literal = bigint | number | string | boolean | null | Uint8Array | { uint: bigint };

/** One part of a rule; `at` is where it stands in the text, for messages. */
export type Node = { at: number } & (
  | { op: 'const'; value: Literal }
  | { op: 'ident'; name: string }
  | { op: 'select'; of: Node; field: string; optional: boolean }
  | { op: 'index'; of: Node; index: Node; optional: boolean }
  | { op: 'call'; name: string; receiver?: Node; args: Node[] }
  | { op: 'list'; items: { value: Node; optional: boolean }[] }
  | { op: 'map'; entries: { key: Node; value: Node; optional: boolean }[] }
  | { op: 'and' | 'or'; left: Node; right: Node }
  | { op: 'cond'; test: Node; yes: Node; no: Node }
  | { op: 'has'; of: Node; field: string }
  | { op: 'loop'; kind: LoopKind; over: Node; names: string[]; filter?: Node; body: Node }
);

/** What a macro makes of the items of a list or the keys of a map. */
export type LoopKind =
  | 'all'
  | 'exists'
  | 'exists_one'
  | 'map'
  | 'filter'
  | 'transformList'
  | 'transformMap'
  | 'transformMapEntry'
  | 'optMap'
  | 'optFlatMap';

/** A rule that cannot be read, or does not fit its types: where, and why. */
export class CelProblem extends Error {
  readonly at: number;

  constructor(at: number, message: string) {
    super(message);
    this.name = 'CelProblem';
    this.at = at;
  }
}
