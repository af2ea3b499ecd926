import { Marks, type Mark } from './marks.ts';
import { Placed } from './placed.ts';
import { empty, isPointless, stand, step, textOf, type KeyOperation, type Register } from './register.ts';

/** The search gave up: the history is neither right nor wrong, and whoever asked must not take it for right. */
export class Undecided extends Error {}

/** Histories of ours need a few steps per operation; a thousand times as many are a search that has gone astray. */
const stepsPerOperationMax = 1_000;

/** A choice that the search made, and how to go on if it was wrong. */
interface Choice {
  at: number;
  /** State before it. */
  state: Register;
  /** The mark that was taken out of the list; none for a lost request. */
  mark: Mark | undefined;
  /** Where among the lost ones to go on. */
  lost: number;
}

/**
 * Whether all requests to one key can be put into one order in which each is answered as it was, none before it was called or after it
 * returned. Says which operation could not be placed, or nothing.
 *
 * The search of Wing and Gong with Lowe's memory of what was tried ("Testing for linearizability", 2016): it walks along calls and
 * returns; each call that fits the state is placed for now; at a return whose call was not placed, the last choice is taken back.
 * It is sound and complete for one key: it answers "no" only after each order was tried or is known to lead to where another did (the
 * same operations placed, the same state). One key at a time is enough, because linearizability is local (Herlihy and Wing, 1990).
 *
 * A lost answer has no return: the request may be placed anywhere after its call, or nowhere. Such are tried only where the others do not
 * fit, one of those that can stand for each other (`stand`), and not where they would tell nothing (`isPointless`).
 *
 * @param operations in the order of their calls
 * @throws Undecided after a thousand steps per operation
 */
export function unplaceable(operations: readonly KeyOperation[]): KeyOperation | undefined {
  const marks = new Marks(operations);
  const lost = operations.flatMap(({ returnedAt }, at) => (returnedAt === Infinity ? [at] : []));
  const placed = new Placed(operations);
  const tried = new Set<string>();
  const choices: Choice[] = [];
  let state: Register = empty;
  let mark = marks.first;
  let nextLost = 0;
  let furthest = { count: -1, at: 0 };
  const place = (at: number, taken: Mark | undefined): boolean => {
    const next = step(state, operations[at]!);
    if (!next) return false;
    const text = `${placed.textWith(at)} ${textOf(next)}`;
    if (tried.has(text)) return false;
    tried.add(text);
    choices.push({ at, state, mark: taken, lost: nextLost });
    state = next;
    placed.add(at);
    if (taken) marks.take(taken);
    mark = marks.first;
    nextLost = 0;
    return true;
  };
  const standIn = (until: number): boolean => {
    const stood = new Set<string>();
    for (; nextLost < lost.length;) {
      const at = lost[nextLost++]!;
      const operation = operations[at]!;
      if (operation.calledAt > until) break;
      if (placed.has(at) || isPointless(state, operation)) continue;
      const who = stand(operation, at);
      if (stood.has(who)) continue;
      stood.add(who);
      if (place(at, undefined)) return true;
    }
    return false;
  };
  for (let steps = 0; !placed.isAll; steps++) {
    if (steps > stepsPerOperationMax * (operations.length + 10))
      throw new Undecided(
        `no order found or excluded after ${steps} steps for ${operations.length} operations on ${operations[0]?.call.key}`,
      );
    // While an answered request has no place, its return is in the list.
    const at = mark!.at;
    if (mark!.isCall) {
      if (!place(at, mark)) mark = mark!.next;
      continue;
    }
    if (placed.count > furthest.count) furthest = { count: placed.count, at };
    if (standIn(operations[at]!.returnedAt)) continue;
    const choice = choices.pop();
    if (!choice) return operations[furthest.at];
    placed.remove(choice.at);
    ({ state, lost: nextLost } = choice);
    if (choice.mark) marks.putBack(choice.mark);
    // After a lost one, all calls up to the next return had been tried.
    mark = choice.mark ? choice.mark.next : marks.firstReturn;
  }
  return undefined;
}
