import { CelProblem } from './ast.ts';
import type { Node } from './ast.ts';
import { check } from './check.ts';
import { evaluate, Scope } from './evaluate.ts';
import { parse } from './parser.ts';
import { CelError, Cost } from './run.ts';
import { optionalOf } from './types.ts';
import type { Type } from './types.ts';
import type { Value } from './values.ts';

/** A rule that is ready to run. */
export interface Rule {
  /** Whether it speaks of how the value was before. */
  usesOldSelf: boolean;
  node: Node;
  run(self: Value, oldSelf: Value | undefined, cost: Cost): Value;
}

/**
 * Reads a rule and checks it against the type of `self`.
 *
 *     compileRule('self.replicas <= self.max', typeOfSchema(schema, true), { result: 'bool' });
 *
 * @returns the rule, or what is wrong with it in the words of Kubernetes
 */
export function compileRule(
  source: string,
  self: Type,
  { result, isOldSelfOptional = false }: { result: 'bool' | 'string'; isOldSelfOptional?: boolean },
): Rule | string {
  const scope = new Map([
    ['self', self],
    ['oldSelf', isOldSelfOptional ? optionalOf(self) : self],
  ]);
  try {
    const node = parse(source);
    const type = check(node, scope);
    if (type.is !== result && type.is !== 'dyn')
      return result === 'bool' ? 'cel expression must evaluate to a bool' : 'must evaluate to a string';
    if (type.is === 'dyn' && result === 'string') return 'must evaluate to a string';
    const impossible = wrongConversion(node);
    if (impossible) return `program instantiation failed: ${impossible}`;
    return {
      usesOldSelf: mentions(node, 'oldSelf'),
      node,
      run: (value, old, cost) =>
        evaluate(
          node,
          new Scope('self', value, old === undefined ? undefined : new Scope('oldSelf', old)),
          cost,
        ),
    };
  } catch (error) {
    if (error instanceof CelProblem) return `compilation failed: ${pointed(source, error)}`;
    throw error;
  }
}

const converting = new Set([
  'bool',
  'bytes',
  'double',
  'duration',
  'dyn',
  'int',
  'string',
  'timestamp',
  'type',
  'uint',
]);

/** What cel-go sees go wrong when it makes a program of a rule: a constant that is converted to what it cannot be (`int('x')`). */
function wrongConversion(node: Node): string | undefined {
  for (const part of partsOf(node)) {
    const wrong = wrongConversion(part);
    if (wrong !== undefined) return wrong;
  }
  if (!isConversion(node)) return undefined;
  try {
    evaluate(node, new Scope('', null), new Cost());
    return undefined;
  } catch (error) {
    if (error instanceof CelError) return error.message;
    throw error;
  }
}

/** Of a constant, or of what such a conversion makes of one. */
function isConversion(node: Node): boolean {
  if (node.op !== 'call' || node.receiver || !converting.has(node.name)) return false;
  const [arg, ...more] = node.args;
  return more.length === 0 && arg !== undefined && (arg.op === 'const' || isConversion(arg));
}

function partsOf(node: Node): Node[] {
  if (node.op === 'const' || node.op === 'ident') return [];
  return Object.values(node).flatMap((part: unknown) => nodesIn(part));
}

function nodesIn(part: unknown): Node[] {
  if (Array.isArray(part)) return part.flatMap(nodesIn);
  if (typeof part !== 'object' || part === null) return [];
  return 'op' in part ? [part as Node] : Object.values(part).flatMap(nodesIn);
}

/** As cel-go shows where something is wrong. */
function pointed(source: string, { at, message }: CelProblem): string {
  const before = source.slice(0, at);
  const row = before.split('\n').length;
  const column = at - (before.lastIndexOf('\n') + 1);
  const line = source.split('\n')[row - 1] ?? '';
  return `ERROR: <input>:${row}:${column + 1}: ${message}\n | ${line}\n | ${'.'.repeat(column)}^`;
}

function mentions(node: Node, name: string): boolean {
  return node.op === 'ident' ? node.name === name : partsOf(node).some((part) => mentions(part, name));
}
