import { Evidence } from './evidence.ts';
import { growing } from './growing.ts';
import type { Field, History, Operation, Violation } from './history.ts';
import { unplaceable } from './linearize.ts';
import { lists } from './lists.ts';
import type { KeyOperation } from './register.ts';
import { watches } from './watches.ts';

/**
 * What in a history no correct store could have answered; nothing where a correct one could.
 *
 * Five promises are held, each on all that was recorded, so that a store that breaks one of them cannot hide it by keeping the others:
 *
 * 1. **Linearizability** of each key (`unplaceable`): create, get, compare-and-swap, patch, delete, and each list as a get of every key.
 *    An answer that got lost may have happened at any later moment or never. Refusals count too: a conflict, a 404 and a 409 say what there was.
 * 2. **One version, one write** (`Evidence`): no two answers, lists or events tell different things of the same version.
 * 3. **Versions grow** over all keys (`growing`): who was told a version makes every later write newer, and every later list at least as new.
 * 4. **Lists** (`lists`) are the state at their version; all pages of one show one moment, in order, none twice.
 * 5. **Watches** (`watches`) tell each write after their beginning once, in order, and all of it up to the last version they name, bookmarks
 *    too, over all connections; and what they told equals every list of a version that they passed. A 410 is followed by a new list.
 *
 * It is sound: each rule is a theorem of the model (one counter, one state, answers after the write is in both, events in the counter's
 * order), so what a correct store does raises nothing; `test/history/checker/check.test.ts` generates such histories to show it. It
 * does not find all: a write that nobody read and no watch told, and whose answer was lost, may be missing.
 *
 * Rules 2 to 5 take time in proportion to the history (times the number of keys, for lists); rule 1 may take exponential time in the
 * number of requests to one key at the same moment, and gives up loudly (`Undecided`) rather than saying that all is well.
 *
 * @throws Undecided
 */
export function check(history: History): Violation[] {
  const evidence = new Evidence(history);
  return [
    ...evidence.violations,
    ...growing(history),
    ...lists(history, evidence),
    ...watches(history, evidence),
    ...linearizability(history, evidence),
  ];
}

function linearizability(history: History, evidence: Evidence): Violation[] {
  return [...operationsByKey(history, evidence)].flatMap(([key, operations]): Violation[] => {
    const stuck = unplaceable(operations);
    if (!stuck) return [];
    const near = operations
      .filter(({ calledAt, returnedAt }) => calledAt <= stuck.returnedAt && returnedAt >= stuck.calledAt)
      .map((operation) => `\n  ${describe(operation)}`);
    return [
      {
        rule: 'linearizability',
        what: `${key}: no order explains ${describe(stuck)}; at the same time ran${near.join('')}`,
      },
    ];
  });
}

const describe = ({ calledAt, returnedAt, call, answer }: KeyOperation): string =>
  `[${calledAt.toFixed(1)}, ${returnedAt.toFixed(1)}] ${JSON.stringify(call)} → ${JSON.stringify(answer)}`;

function operationsByKey(history: History, evidence: Evidence): Map<string, KeyOperation[]> {
  const byKey = new Map<string, KeyOperation[]>();
  const add = (operation: KeyOperation) => {
    const { key } = operation.call;
    const known = byKey.get(key) ?? [];
    byKey.set(key, known);
    known.push(operation);
  };
  const keys = new Set([
    ...evidence.keys,
    ...history.operations.flatMap(({ call }) => ('key' in call ? call.key : [])),
  ]);
  const seen = seenOf(history.operations, evidence);
  for (const operation of history.operations) {
    const { calledAt, returnedAt, call, answer } = operation;
    if (call.do !== 'list') {
      if (answer.is === 'listed') throw new TypeError(`a ${call.do} cannot be answered by a list`);
      // Who did not read anything has nothing to explain.
      if (call.do === 'get' && answer.is === 'lost') continue;
      const isLost = answer.is === 'lost';
      if (isLost)
        add({
          calledAt,
          returnedAt: Infinity,
          call: withoutHidden(call, evidence),
          answer,
          seen: seen(operation),
        });
      else add({ calledAt, returnedAt, call, answer });
    } else if (answer.is === 'listed' && answer.pages[0]) {
      const items = new Map(answer.pages.flatMap((page) => page.items).map((item) => [item.key, item]));
      const last = answer.complete ? undefined : [...items.keys()].at(-1);
      for (const key of keys) {
        if (!answer.complete && (last === undefined || key > last)) continue;
        const item = items.get(key);
        add({
          calledAt,
          // Later pages show the moment of the first.
          returnedAt: answer.pages[0].returnedAt,
          call: { do: 'get', key },
          answer: item ? { is: 'shown', object: item } : { is: 'absent' },
        });
      }
    }
  }
  for (const operations of byKey.values()) operations.sort((one, other) => one.calledAt - other.calledAt);
  return byKey;
}

/** What others saw of a write whose answer got lost, where its value is its own: then the search need not guess its version. */
function seenOf(
  operations: readonly Operation[],
  evidence: Evidence,
): (operation: Operation) => KeyOperation['seen'] {
  const writers = new Map<string, number>();
  for (const { field, value, key } of operations.flatMap(({ call }) => valuesOf(call))) {
    const text = `${key} ${field} ${value}`;
    writers.set(text, (writers.get(text) ?? 0) + 1);
  }
  return ({ call, answer }) => {
    const [first] = valuesOf(call);
    if (answer.is !== 'lost' || !first) return undefined;
    const { key, field, value } = first;
    const shown = evidence.withValue(key, field, value);
    if (!shown) return 'nobody';
    return writers.get(`${key} ${field} ${value}`) === 1 ? shown : undefined;
  };
}

/** A value that nobody ever saw is as good as any other such: then lost requests that differ by it alone are alike. */
function withoutHidden<T extends Operation['call']>(call: T, evidence: Evidence): T {
  const hidden = valuesOf(call).filter(({ key, field, value }) => !evidence.withValue(key, field, value));
  if (call.do === 'patch') return hidden.length > 0 ? { ...call, value: '?' } : call;
  return { ...call, ...Object.fromEntries(hidden.map(({ field }) => [field, '?'])) };
}

function valuesOf(call: Operation['call']): { key: string; field: Field; value: string }[] {
  if (call.do === 'patch') return [call];
  if (call.do !== 'create' && call.do !== 'update') return [];
  const { key } = call;
  return [
    { key, field: 'a', value: call.a },
    { key, field: 'b', value: call.b },
  ];
}
