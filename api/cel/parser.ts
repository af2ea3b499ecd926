import { CelProblem } from './ast.ts';
import type { LoopKind, Node } from './ast.ts';
import { tokensOf } from './lexer.ts';
import type { Token } from './lexer.ts';

/** As cel-go has it: what is nested deeper would only exhaust the stack. */
const depthMax = 250;
const int64Max = 2n ** 63n;

const reserved = new Set(
  'as break const continue else for function if import let loop package namespace return var void while in'.split(
    ' ',
  ),
);
const relations = new Set(['==', '!=', '<', '<=', '>', '>=', 'in']);
/** Macros by their name and how many arguments they take. */
const loops: Readonly<Record<string, readonly number[]>> = {
  all: [2, 3],
  exists: [2, 3],
  exists_one: [2, 3],
  existsOne: [2, 3],
  map: [2, 3],
  filter: [2],
  transformList: [3, 4],
  transformMap: [3, 4],
  transformMapEntry: [3, 4],
  optMap: [2],
  optFlatMap: [2],
};

/** Reads a rule. @throws CelProblem */
export function parse(source: string): Node {
  return new Parser(tokensOf(source)).whole();
}

/** With what an expression may begin, as cel-go names it. */
const beginnings =
  "{'[', '{', '(', '.', '-', '!', 'true', 'false', 'null', NUM_FLOAT, NUM_INT, NUM_UINT, STRING, BYTES, IDENTIFIER}";

class Parser {
  readonly #tokens: readonly Token[];
  #next = 0;
  #depth = 0;

  constructor(tokens: readonly Token[]) {
    this.#tokens = tokens;
  }

  whole(): Node {
    const node = this.#expression();
    const token = this.#peek();
    if (token.type !== 'end')
      throw new CelProblem(token.at, `Syntax error: extraneous input '${token.text}' expecting <EOF>`);
    return node;
  }

  #peek(): Token {
    return this.#tokens[this.#next]!;
  }

  #is(text: string): boolean {
    const token = this.#peek();
    return token.text === text && (token.type === 'punct' || (text === 'in' && token.type === 'ident'));
  }

  #take(text: string): boolean {
    if (!this.#is(text)) return false;
    this.#next++;
    return true;
  }

  #expect(text: string): void {
    if (!this.#take(text)) throw this.#unexpected(this.#peek(), text);
  }

  #unexpected(token: Token, wanted?: string): CelProblem {
    const found = token.type === 'end' ? '<EOF>' : token.text;
    return new CelProblem(
      token.at,
      wanted
        ? `Syntax error: missing '${wanted}' at '${found}'`
        : `Syntax error: extraneous input '${found}'`,
    );
  }

  #expression(): Node {
    if (++this.#depth > depthMax)
      throw new CelProblem(this.#peek().at, `expression recursion limit exceeded: ${depthMax}`);
    const test = this.#or();
    let node = test;
    if (this.#is('?')) {
      const { at } = this.#peek();
      this.#next++;
      const yes = this.#or();
      this.#expect(':');
      node = { op: 'cond', at, test, yes, no: this.#expression() };
    }
    this.#depth--;
    return node;
  }

  #or(): Node {
    let left = this.#and();
    while (this.#is('||')) {
      const { at } = this.#tokens[this.#next++]!;
      left = { op: 'or', at, left, right: this.#and() };
    }
    return left;
  }

  #and(): Node {
    let left = this.#relation();
    while (this.#is('&&')) {
      const { at } = this.#tokens[this.#next++]!;
      left = { op: 'and', at, left, right: this.#relation() };
    }
    return left;
  }

  #relation(): Node {
    let left = this.#sum();
    while (relations.has(this.#peek().text) && this.#peek().type !== 'literal') {
      const { at, text } = this.#tokens[this.#next++]!;
      left = { op: 'call', at, name: text === 'in' ? '@in' : `_${text}_`, args: [left, this.#sum()] };
    }
    return left;
  }

  #sum(): Node {
    let left = this.#product();
    while (this.#is('+') || this.#is('-')) {
      const { at, text } = this.#tokens[this.#next++]!;
      left = { op: 'call', at, name: `_${text}_`, args: [left, this.#product()] };
    }
    return left;
  }

  #product(): Node {
    let left = this.#unary();
    while (this.#is('*') || this.#is('/') || this.#is('%')) {
      const { at, text } = this.#tokens[this.#next++]!;
      left = { op: 'call', at, name: `_${text}_`, args: [left, this.#unary()] };
    }
    return left;
  }

  #unary(): Node {
    const { at, text } = this.#peek();
    if (!this.#is('!') && !this.#is('-')) return this.#member();
    if (++this.#depth > depthMax)
      throw new CelProblem(at, `expression recursion limit exceeded: ${depthMax}`);
    this.#next++;
    const inner = this.#peek();
    if (text === '-' && inner.type === 'literal' && ['bigint', 'number'].includes(typeof inner.value)) {
      this.#next++;
      this.#depth--;
      const value = typeof inner.value === 'bigint' ? -inner.value : -(inner.value as number);
      return this.#members({ op: 'const', at, value });
    }
    const arg = this.#unary();
    this.#depth--;
    return { op: 'call', at, name: text === '!' ? '!_' : '-_', args: [arg] };
  }

  #member(): Node {
    return this.#members(this.#primary());
  }

  #members(start: Node): Node {
    let node = start;
    for (;;) {
      const { at } = this.#peek();
      if (this.#take('.') || this.#is('.?')) {
        const optional = this.#take('.?');
        const name = this.#peek();
        if (name.type !== 'ident') throw this.#unexpected(name, 'IDENTIFIER');
        this.#next++;
        if (!optional && this.#is('(')) {
          const paren = this.#tokens[this.#next++]!;
          node = this.#method(node, { ...name, at: paren.at }, this.#list(')'));
        } else node = { op: 'select', at, of: node, field: name.text, optional };
      } else if (this.#is('[') || this.#is('[?')) {
        const optional = this.#tokens[this.#next++]!.text === '[?';
        const index = this.#expression();
        this.#expect(']');
        node = { op: 'index', at, of: node, index, optional };
      } else return node;
    }
  }

  #list(end: string): Node[] {
    const items: Node[] = [];
    if (this.#take(end)) return items;
    do items.push(this.#expression());
    while (this.#take(','));
    this.#expect(end);
    return items;
  }

  #primary(): Node {
    const token = this.#peek();
    const { at } = token;
    if (token.type === 'literal') {
      this.#next++;
      if (typeof token.value === 'bigint' && token.value >= int64Max)
        throw new CelProblem(at, 'invalid int literal');
      return { op: 'const', at, value: token.value! };
    }
    if (token.type === 'ident') {
      if (reserved.has(token.text)) throw new CelProblem(at, `reserved identifier: ${token.text}`);
      this.#next++;
      if (!this.#is('(')) return { op: 'ident', at, name: token.text };
      const paren = this.#tokens[this.#next++]!;
      // As cel-go has it, a call stands where its arguments begin.
      return this.#function({ ...token, at: paren.at }, this.#list(')'));
    }
    if (this.#take('(')) {
      const node = this.#expression();
      this.#expect(')');
      return node;
    }
    if (this.#take('[')) return this.#listLiteral(at);
    if (this.#is('[?')) {
      // `[?x]` begins with an optional item; the lexer saw one sign.
      this.#next++;
      return this.#listLiteral(at, true);
    }
    if (this.#take('{')) return this.#mapLiteral(at);
    throw new CelProblem(token.at, `Syntax error: mismatched input '${token.text}' expecting ${beginnings}`);
  }

  #listLiteral(at: number, startsOptional = false): Node {
    const items: { value: Node; optional: boolean }[] = [];
    let optional = startsOptional;
    while (optional || !this.#take(']')) {
      optional ||= this.#take('?');
      items.push({ value: this.#expression(), optional });
      optional = false;
      if (!this.#take(',')) {
        this.#expect(']');
        break;
      }
    }
    return { op: 'list', at, items };
  }

  #mapLiteral(at: number): Node {
    const entries: { key: Node; value: Node; optional: boolean }[] = [];
    while (!this.#take('}')) {
      const optional = this.#take('?');
      const key = this.#expression();
      this.#expect(':');
      entries.push({ key, value: this.#expression(), optional });
      if (!this.#take(',')) {
        this.#expect('}');
        break;
      }
    }
    return { op: 'map', at, entries };
  }

  #function({ text: name, at }: Token, args: Node[]): Node {
    if (name !== 'has' || args.length !== 1) return { op: 'call', at, name, args };
    const [arg] = args;
    if (arg?.op !== 'select' || arg.optional) throw new CelProblem(at, 'invalid argument to has() macro');
    return { op: 'has', at, of: arg.of, field: arg.field };
  }

  #method(receiver: Node, { text: name, at }: Token, args: Node[]): Node {
    if (Object.hasOwn(loops, name) && loops[name]!.includes(args.length))
      return this.#loop(receiver, name, at, args);
    return { op: 'call', at, name, receiver, args };
  }

  #loop(over: Node, name: string, at: number, args: Node[]): Node {
    const kind = (name === 'existsOne' ? 'exists_one' : name) as LoopKind;
    const hasTwo = kind.startsWith('transform') || (args.length === 3 && kind !== 'map');
    const names = args.slice(0, hasTwo ? 2 : 1).map((each) => this.#variable(each));
    const rest = args.slice(names.length);
    const filter = rest.length === 2 ? rest[0] : undefined;
    return { op: 'loop', at, kind, over, names, ...(filter && { filter }), body: rest.at(-1)! };
  }

  #variable(node: Node): string {
    if (node.op === 'ident') return node.name;
    throw new CelProblem(node.at, 'argument must be a simple name');
  }
}
