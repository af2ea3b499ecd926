import { Marks, type Mark } from './marks.ts';
import { Placed } from './placed.ts';
import { Tried } from './tried.ts';
import {
  empty,
  isAlive,
  isPointless,
  stand,
  step,
  textOf,
  type KeyOperation,
  type Register,
} from './register.ts';

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
  /** Nothing else needs to be tried in its place. */
  isSafe: boolean;
}

/**
 * Whether all requests to one key can be put into one order in which each is answered as it was, none before it was called or after it
 * returned. Says which operation could not be placed, or nothing.
 *
 * The search of Wing and Gong with Lowe's memory of what was tried ("Testing for linearizability", 2016): it walks along calls and
 * returns; each call that fits the state is placed for now; at a return whose call was not placed, the last choice is taken back.
 * It is sound and complete for one key: it answers "no" only after each order was tried or is known to lead nowhere. One key at a time is
 * enough, because linearizability is local (Herlihy and Wing, 1990). What is not tried, because it cannot help:
 *
 * - anything else before a request that was called and changes nothing: wherever a solution has it, it may as well stand here;
 * - what makes a version of the past that an unplaced answer shows, as versions only grow (`isAlive`);
 * - the same answered requests placed and the same state, with no more of the lost ones left than before (`Tried`);
 * - of lost requests, which may be placed anywhere after their call or nowhere: any before all others have failed, more than one of those
 *   that can stand for each other (`stand`), and those that would tell nothing (`isPointless`).
 *
 * @param operations in the order of their calls
 * @param stepsMax per operation
 * @throws Undecided after so many steps
 */
export function unplaceable(
  operations: readonly KeyOperation[],
  stepsMax = stepsPerOperationMax,
): KeyOperation | undefined {
  const marks = new Marks(operations);
  const lost = operations.flatMap(({ returnedAt }, at) => (returnedAt === Infinity ? [at] : []));
  const placed = new Placed(operations);
  const tried = new Tried();
  const choices: Choice[] = [];
  let state: Register = empty;
  let mark = marks.first;
  let isReading = true;
  let nextLost = 0;
  let furthest = { count: -1, at: 0 };
  const begin = () => {
    mark = marks.first;
    isReading = true;
    nextLost = 0;
  };
  /** Places it if it fits; while only reading, if it changes nothing. */
  const place = (at: number, taken: Mark | undefined): boolean => {
    const next = step(state, operations[at]!);
    if (!next) return false;
    if (isReading && textOf(next) !== textOf(state)) return false;
    placed.add(at);
    const isNew =
      isReading ||
      (isAlive(next, placed.leastVersion) && tried.add(`${placed.text} ${textOf(next)}`, placed.lost));
    if (!isNew) {
      placed.remove(at);
      return false;
    }
    choices.push({ at, state, mark: taken, lost: nextLost, isSafe: isReading });
    state = next;
    if (taken) marks.take(taken);
    begin();
    return true;
  };
  const standIn = (until: number): boolean => {
    const stood = new Set<string>();
    while (nextLost < lost.length && operations[lost[nextLost]!]!.calledAt <= until) {
      const at = lost[nextLost++]!;
      const operation = operations[at]!;
      if (placed.has(at) || isPointless(state, operation)) continue;
      const who = stand(operation, at);
      if (stood.has(who)) continue;
      stood.add(who);
      if (place(at, undefined)) return true;
    }
    return false;
  };
  const takeBack = (): boolean => {
    for (let choice = choices.pop(); choice; choice = choices.pop()) {
      placed.remove(choice.at);
      ({ state, lost: nextLost } = choice);
      if (choice.mark) marks.putBack(choice.mark);
      if (choice.isSafe) continue;
      // After a lost one, all calls up to the next return had been tried.
      mark = choice.mark ? choice.mark.next : marks.firstReturn;
      isReading = false;
      return true;
    }
    return false;
  };
  for (let steps = 0; !placed.isAll; steps++) {
    if (steps + tried.work > stepsMax * (operations.length + 10))
      throw new Undecided(
        `no order found or excluded after ${steps} steps for ${operations.length} operations on ${operations[0]?.call.key}`,
      );
    // While an answered request has no place, its return is in the list.
    const { at, isCall, next } = mark!;
    if (isCall) {
      if (!place(at, mark)) mark = next;
    } else if (isReading) {
      isReading = false;
      mark = marks.first;
    } else {
      if (placed.count > furthest.count) furthest = { count: placed.count, at };
      if (!standIn(operations[at]!.returnedAt) && !takeBack()) return operations[furthest.at];
    }
  }
  return undefined;
}
