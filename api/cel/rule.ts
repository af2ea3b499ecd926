import { CelProblem } from './ast.ts';
import type { Node } from './ast.ts';
import { check } from './check.ts';
import { evaluate, Scope } from './evaluate.ts';
import { parse } from './parser.ts';
import type { Cost } from './run.ts';
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

/** As cel-go shows where something is wrong. */
function pointed(source: string, { at, message }: CelProblem): string {
  const before = source.slice(0, at);
  const row = before.split('\n').length;
  const column = at - (before.lastIndexOf('\n') + 1);
  const line = source.split('\n')[row - 1] ?? '';
  return `ERROR: <input>:${row}:${column + 1}: ${message}\n | ${line}\n | ${'.'.repeat(column)}^`;
}

function mentions(node: Node, name: string): boolean {
  if (node.op === 'ident') return node.name === name;
  if (node.op === 'const') return false;
  return Object.values(node).some((part: unknown) => mentionsIn(part, name));
}

function mentionsIn(part: unknown, name: string): boolean {
  if (Array.isArray(part)) return part.some((each) => mentionsIn(each, name));
  if (typeof part !== 'object' || part === null) return false;
  if ('op' in part) return mentions(part as Node, name);
  return Object.values(part).some((each) => mentionsIn(each, name));
}
