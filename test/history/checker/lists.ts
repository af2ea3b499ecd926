import { describe, type Evidence } from './evidence.ts';
import type { History, Item, Operation, Page, Violation } from './history.ts';

/** A list is the state at its version: each key as the last write up to there left it. Pages of one list show one moment. */
export function lists({ operations, watchers }: History, evidence: Evidence): Violation[] {
  const deletions = new Deletions(operations);
  const states = watchers
    .flat()
    .flatMap((chapter) => (chapter.is === 'state' ? [{ ...chapter, through: undefined }] : []));
  const listed = operations.flatMap(({ calledAt, returnedAt, call, answer }) => {
    if (answer.is !== 'listed' || !answer.pages[0]) return [];
    const items = answer.pages.flatMap((page) => page.items);
    // Of a list that broke off, only what comes before its last key is told.
    const through = answer.complete ? undefined : (items.at(-1)?.key ?? '');
    const limit = call.do === 'list' ? call.limit : undefined;
    return [
      { calledAt, returnedAt, version: answer.pages[0].version, items, through, pages: answer.pages, limit },
    ];
  });
  return [
    ...listed.flatMap((list) => pageFaults(list)),
    ...[...listed, ...states].flatMap((list) => contentFaults(list, evidence, deletions)),
  ];
}

function pageFaults({
  pages,
  items,
  limit,
}: {
  pages: Page[];
  items: Item[];
  limit: number | undefined;
}): Violation[] {
  const faults: string[] = [];
  const versions = new Set(pages.map(({ version }) => version));
  if (versions.size > 1) faults.push(`pages of one list are of versions ${[...versions].join(', ')}`);
  const full = pages.slice(0, -1);
  if (limit !== undefined && full.some((page) => page.items.length !== limit))
    faults.push(`pages of ${full.map((page) => page.items.length).join(', ')} where ${limit} were asked for`);
  for (const [at, { key }] of items.entries())
    if (at > 0 && key <= items[at - 1]!.key) faults.push(`${key} comes after ${items[at - 1]!.key}`);
  return faults.map((what) => ({
    rule: 'pages',
    what: `in the list of version ${pages[0]!.version} ${what}`,
  }));
}

function contentFaults(
  list: { returnedAt: number; version: number; items: Item[]; through: string | undefined },
  evidence: Evidence,
  deletions: Deletions,
): Violation[] {
  const { version, through } = list;
  const items = new Map(list.items.map((item) => [item.key, item]));
  return evidence.keys.flatMap((key): Violation[] => {
    if (through !== undefined && key > through) return [];
    const item = items.get(key);
    const last = evidence.at(key, version);
    const at = `the list of version ${version}`;
    if (item && item.version > version)
      return [{ rule: 'lists', what: `${at} shows ${describe({ key, item })}, which came later` }];
    if (item && last?.version !== item.version)
      return [
        {
          rule: 'lists',
          what: `${at} shows ${describe({ key, item })}, yet by then it was ${last ? describe(last) : 'not there'}`,
        },
      ];
    if (!item && last?.item && !deletions.mayHaveRemoved(last.item, list.returnedAt))
      return [{ rule: 'lists', what: `${at} lacks ${describe(last)}, which nobody deleted` }];
    return [];
  });
}

/** Who deleted what: a deletion's answer does not say its version, so that whether it was before a list is left open here. */
class Deletions {
  readonly #firstCalls = new Map<string, Operation[]>();

  constructor(operations: readonly Operation[]) {
    for (const operation of operations) {
      const { call, answer } = operation;
      if (call.do !== 'delete' || (answer.is !== 'deleted' && answer.is !== 'lost')) continue;
      const known = this.#firstCalls.get(call.key) ?? [];
      this.#firstCalls.set(call.key, known);
      known.push(operation);
    }
  }

  mayHaveRemoved({ key, version }: Item, before: number): boolean {
    return (this.#firstCalls.get(key) ?? []).some(
      ({ call, calledAt }) =>
        calledAt <= before &&
        call.do === 'delete' &&
        (call.version === undefined || call.version === version),
    );
  }
}
