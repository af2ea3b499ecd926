import type { History, Operation, Violation } from './history.ts';

/**
 * The store has one counter: whatever was seen before a request began bounds what it may tell. A list is not older than that, and a new
 * write comes later than that, whichever keys these were.
 */
export function growing({ operations, watchers }: History): Violation[] {
  const seen = new SeenBefore([
    ...operations.flatMap(seenBy),
    ...watchers
      .flat()
      .flatMap((chapter) =>
        chapter.is === 'state'
          ? [{ at: chapter.returnedAt, version: chapter.version }]
          : chapter.events.map(({ heardAt, version }) => ({ at: heardAt, version })),
      ),
  ]);
  const states = watchers
    .flat()
    .flatMap((chapter) =>
      chapter.is === 'state' ? [{ calledAt: chapter.calledAt, version: chapter.version }] : [],
    );
  const lists = operations.flatMap(({ calledAt, answer }) =>
    answer.is === 'listed' && answer.pages[0] ? [{ calledAt, version: answer.pages[0].version }] : [],
  );
  const old = [...lists, ...states].flatMap(({ calledAt, version }): Violation[] => {
    const bound = seen.before(calledAt);
    if (version >= bound) return [];
    return [
      {
        rule: 'lists',
        what: `the list that was called for at ${calledAt.toFixed(1)} shows version ${version}, yet ${bound} was known before`,
      },
    ];
  });
  const late = operations.flatMap(({ calledAt, call, answer }): Violation[] => {
    const isNew = call.do === 'create' || call.do === 'update';
    if (!isNew || answer.is !== 'shown') return [];
    // An update that changes nothing keeps the version.
    if (call.do === 'update' && answer.object.version === call.version) return [];
    const bound = seen.before(calledAt);
    if (answer.object.version > bound) return [];
    return [
      {
        rule: 'versions grow',
        what: `the ${call.do} of ${call.key} at ${calledAt.toFixed(1)} got version ${answer.object.version}, yet ${bound} was known before`,
      },
    ];
  });
  return [...old, ...late];
}

function seenBy({ returnedAt, answer }: Operation): { at: number; version: number }[] {
  if (answer.is === 'shown') return [{ at: returnedAt, version: answer.object.version }];
  if (answer.is !== 'listed') return [];
  return answer.pages.map((page) => ({ at: page.returnedAt, version: page.version }));
}

/** The highest version that anybody had been told by some moment. */
class SeenBefore {
  readonly #moments: { at: number; version: number }[];

  constructor(moments: { at: number; version: number }[]) {
    this.#moments = moments.sort((one, other) => one.at - other.at);
    let highest = 0;
    this.#moments = this.#moments.map(({ at, version }) => ({
      at,
      version: (highest = Math.max(highest, version)),
    }));
  }

  before(at: number): number {
    let low = 0;
    let high = this.#moments.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.#moments[middle]!.at < at) low = middle + 1;
      else high = middle;
    }
    return this.#moments[low - 1]?.version ?? 0;
  }
}
