import type { KeyOperation } from './register.ts';

/** A place in the list of calls and returns. */
export interface Mark {
  /** Index of the operation. */
  at: number;
  isCall: boolean;
  previous: Mark | undefined;
  next: Mark | undefined;
  /** The mark of this call's return. */
  returned: Mark | undefined;
}

/** Calls and returns of answered requests in the order of their times; those that are placed are out of the list. */
export class Marks {
  readonly #head: Mark = { at: -1, isCall: true, previous: undefined, next: undefined, returned: undefined };

  constructor(operations: readonly KeyOperation[]) {
    const order = operations.flatMap(({ calledAt, returnedAt }, at) =>
      returnedAt === Infinity
        ? []
        : [
            { at, isCall: true, time: calledAt },
            { at, isCall: false, time: returnedAt },
          ],
    );
    // At the same moment calls come first: then they overlap, which allows more.
    order.sort((one, other) => one.time - other.time || Number(other.isCall) - Number(one.isCall));
    const calls = new Map<number, Mark>();
    let last = this.#head;
    for (const { at, isCall } of order) {
      const mark: Mark = { at, isCall, previous: last, next: undefined, returned: undefined };
      last.next = mark;
      last = mark;
      if (isCall) calls.set(at, mark);
      else calls.get(at)!.returned = mark;
    }
  }

  get first(): Mark | undefined {
    return this.#head.next;
  }

  get firstReturn(): Mark | undefined {
    let mark = this.first;
    while (mark?.isCall) mark = mark.next;
    return mark;
  }

  /** Takes a call and its return out; they keep their neighbours, to be put back in the opposite order. */
  take(call: Mark): void {
    for (const mark of [call, call.returned!]) {
      mark.previous!.next = mark.next;
      if (mark.next) mark.next.previous = mark.previous;
    }
  }

  putBack(call: Mark): void {
    for (const mark of [call.returned!, call]) {
      mark.previous!.next = mark;
      if (mark.next) mark.next.previous = mark;
    }
  }
}
