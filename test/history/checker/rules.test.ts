import assert from 'node:assert/strict';
import { check } from './check.ts';
import type { Answer, Call, Chapter, History, Item, Operation, Shown, WatchEvent } from './history.ts';
import { Undecided, unplaceable } from './linearize.ts';
import type { KeyOperation } from './register.ts';

const shown = (version: number, a = `a${version}`, b = 'b'): Shown => ({ version, uid: 'uid', a, b });
const item = (version: number, key = 'k', a?: string): Item => ({ key, ...shown(version, a) });
const made = (version: number): Answer => ({ is: 'shown', object: shown(version) });
const listed = (version: number, ...items: Item[]): Answer => ({
  is: 'listed',
  complete: true,
  pages: [{ version, items, returnedAt: 0 }],
});
const create = (version: number): KeyOperation['call'] => ({
  do: 'create',
  key: 'k',
  a: `a${version}`,
  b: 'b',
});
const update = (from: number, to: number): Call => ({
  do: 'update',
  key: 'k',
  version: from,
  a: `a${to}`,
  b: 'b',
});
const get: Call = { do: 'get', key: 'k' };
const remove: Call = { do: 'delete', key: 'k' };

/** Requests in the order of their calls, each `[from, to]`. */
function history(
  requests: [from: number, to: number, call: Call, answer: Answer][],
  watchers: Chapter[][] = [],
): History {
  const operations = requests.map(([calledAt, returnedAt, call, answer], client): Operation => {
    if (answer.is === 'listed') for (const page of answer.pages) page.returnedAt = returnedAt;
    return { client, calledAt, returnedAt, call, answer };
  });
  return { seed: 0, kills: 0, operations, watchers };
}
const rules = (of: History) => [...new Set(check(of).map(({ rule }) => rule))];

describe('the checker of histories holds', () => {
  it('that a read after an answered write shows it, and one beside it may or may not', () => {
    const answered = (from: number, to: number, answer: Answer) =>
      rules(
        history([
          [0, 1, create(1), made(1)],
          [2, 5, update(1, 2), made(2)],
          [from, to, get, answer],
        ]),
      );
    assert.deepEqual(answered(6, 7, made(1)), ['linearizability']);
    assert.deepEqual(answered(6, 7, made(2)), []);
    assert.deepEqual(answered(4, 7, made(1)), []);
    assert.deepEqual(answered(4, 7, made(2)), []);
  });

  it('that of two who swap the same version one is refused', () => {
    const answered = (answer: Answer) =>
      rules(
        history([
          [0, 1, create(1), made(1)],
          [2, 5, update(1, 2), made(2)],
          [2, 5, update(1, 3), answer],
        ]),
      );
    assert.deepEqual(answered({ is: 'conflict' }), []);
    assert.deepEqual(answered(made(3)), ['linearizability']);
  });

  it('that a refusal has a reason: a conflict, a 404 and a taken name say what there was', () => {
    const alone = (call: Call, answer: Answer) =>
      rules(
        history([
          [0, 1, create(1), made(1)],
          [2, 3, call, answer],
        ]),
      );
    assert.deepEqual(alone(update(1, 2), { is: 'conflict' }), ['linearizability']);
    assert.deepEqual(alone(get, { is: 'absent' }), ['linearizability']);
    assert.deepEqual(alone(remove, { is: 'absent' }), ['linearizability']);
    assert.deepEqual(alone(create(2), { is: 'present' }), []);
    assert.deepEqual(rules(history([[0, 1, create(1), { is: 'present' }]])), ['linearizability']);
  });

  it('that a lost answer may mean yes, no, or later, and nothing else', () => {
    const after = (...more: [number, number, Call, Answer][]) =>
      rules(history([[0, 1, create(1), made(1)], [2, 3, update(1, 2), { is: 'lost' }], ...more]));
    assert.deepEqual(after([4, 5, get, made(1)]), []);
    assert.deepEqual(after([4, 5, get, made(2)]), []);
    assert.deepEqual(after([4, 5, get, made(1)], [6, 7, get, made(2)]), []);
    assert.deepEqual(after([4, 5, get, made(2)], [6, 7, get, made(1)]), ['linearizability']);
    assert.deepEqual(after([4, 5, update(1, 3), { is: 'conflict' }], [6, 7, get, made(2)]), []);
    assert.deepEqual(after([4, 5, get, { is: 'absent' }]), ['linearizability']);
  });

  it('that versions grow over all keys, and that a list is as new as what was known', () => {
    const other: Call = { do: 'create', key: 'other', a: 'x', b: 'y' };
    const ofOther: Answer = { is: 'shown', object: { version: 5, uid: 'u', a: 'x', b: 'y' } };
    assert.deepEqual(
      rules(
        history([
          [0, 1, other, ofOther],
          [2, 3, create(4), made(4)],
        ]),
      ),
      ['versions grow'],
    );
    assert.deepEqual(
      rules(
        history([
          [0, 1, other, ofOther],
          [2, 3, { do: 'list' }, listed(4)],
        ]),
      ),
      ['lists', 'linearizability'],
    );
    assert.deepEqual(
      rules(
        history([
          [0, 1, other, ofOther],
          [2, 3, { do: 'list' }, listed(5, { key: 'other', version: 5, uid: 'u', a: 'x', b: 'y' })],
        ]),
      ),
      [],
    );
  });

  it('that a version is one write', () => {
    const two = history([
      [0, 1, create(1), made(1)],
      [0, 1, { ...create(1), key: 'other' } as Call, made(1)],
    ]);
    assert.deepEqual(rules(two), ['one version, one write']);
  });

  it('that a list is the state at its version', () => {
    const some: [number, number, Call, Answer][] = [
      [0, 1, create(1), made(1)],
      [2, 9, update(1, 2), made(2)],
    ];
    const list = (answer: Answer) => rules(history([...some, [3, 4, { do: 'list' }, answer]]));
    assert.deepEqual(list(listed(1, item(1))), []);
    assert.deepEqual(list(listed(2, item(2))), []);
    assert.deepEqual(list(listed(2, item(1))), ['lists']);
    assert.deepEqual(list(listed(1, item(2))), ['lists']);
    assert.deepEqual(list(listed(1)), ['lists', 'linearizability']);
  });

  it('that the pages of a list are of one moment, full, in order, and none twice', () => {
    const pages = (...some: { version: number; items: Item[] }[]) =>
      rules(
        history([
          [0, 1, { ...create(1), key: 'a' } as Call, made(1)],
          [0, 1, { ...create(2), key: 'b' } as Call, made(2)],
          [
            2,
            3,
            { do: 'list', limit: 1 },
            { is: 'listed', complete: true, pages: some.map((page) => ({ ...page, returnedAt: 3 })) },
          ],
        ]),
      );
    const [a, b] = [item(1, 'a'), item(2, 'b')];
    assert.deepEqual(pages({ version: 2, items: [a] }, { version: 2, items: [b] }), []);
    assert.deepEqual(pages({ version: 2, items: [a] }, { version: 3, items: [b] }), ['pages']);
    assert.deepEqual(pages({ version: 2, items: [b] }, { version: 2, items: [a] }), ['pages']);
    assert.deepEqual(pages({ version: 2, items: [a, b] }, { version: 2, items: [] }), ['pages']);
    assert.deepEqual(
      pages({ version: 2, items: [a] }, { version: 2, items: [a] }, { version: 2, items: [b] }),
      ['pages'],
    );
  });

  describe('that a watch', () => {
    const writes: [number, number, Call, Answer][] = [
      [0, 1, create(1), made(1)],
      [2, 3, update(1, 2), made(2)],
      [4, 5, update(2, 3), made(3)],
    ];
    const state: Chapter = { is: 'state', version: 1, items: [item(1)], calledAt: 1.5, returnedAt: 1.6 };
    const put = (version: number, type: 'ADDED' | 'MODIFIED' = 'MODIFIED'): WatchEvent => ({
      type,
      version,
      heardAt: 9,
      item: item(version),
    });
    const mark = (version: number): WatchEvent => ({ type: 'BOOKMARK', version, heardAt: 9 });
    const events = (from: number, ...some: WatchEvent[]): Chapter => ({
      is: 'events',
      from,
      events: some,
      end: 'cut',
    });
    const watched = (...chapters: Chapter[]) => rules(history(writes, [[state, ...chapters]]));

    it('tells each write once and in order, over all its connections', () => {
      assert.deepEqual(watched(events(1, put(2), put(3))), []);
      assert.deepEqual(watched(events(1, put(2)), events(2, put(3))), []);
      assert.deepEqual(watched(events(1)), []);
      assert.deepEqual(watched(events(1, put(3))), ['watches']);
      assert.deepEqual(watched(events(1, put(3), put(2))), ['watches']);
      assert.deepEqual(watched(events(1, put(2), put(2), put(3))), ['watches']);
      assert.deepEqual(watched(events(1, put(2)), events(2, put(2), put(3))), ['watches']);
    });

    it('names no version in a bookmark before it told of all up to there', () => {
      assert.deepEqual(watched(events(1, put(2), mark(2), put(3), mark(4))), []);
      assert.deepEqual(watched(events(1, mark(2)), events(2, put(3))), ['watches']);
      assert.deepEqual(watched(events(1, put(2), mark(3))), ['watches']);
    });

    it('tells what is new from what is changed, and shows at the end what was last', () => {
      assert.deepEqual(watched(events(1, put(2, 'ADDED'))), ['watches']);
      const end = (a: string): WatchEvent => ({
        type: 'DELETED',
        version: 4,
        heardAt: 9,
        item: { ...item(4), a },
      });
      const removed = (event: WatchEvent) =>
        rules(
          history(
            [...writes, [6, 7, remove, { is: 'deleted' }]],
            [[state, events(1, put(2), put(3), event)]],
          ),
        );
      assert.deepEqual(removed(end('a3')), []);
      assert.deepEqual(removed(end('a2')), ['watches']);
    });

    it('adds up to what a list of the same version shows', () => {
      const list: [number, number, Call, Answer] = [8, 9, { do: 'list' }, listed(4)];
      const end: WatchEvent = { type: 'DELETED', version: 4, heardAt: 9, item: { ...item(4), a: 'a3' } };
      const both = (...some: WatchEvent[]) =>
        rules(history([...writes, [6, 7, remove, { is: 'deleted' }], list], [[state, events(1, ...some)]]));
      assert.deepEqual(both(put(2), put(3), end), []);
      // Nobody else was told the version of the end: only the list shows that it was skipped.
      assert.deepEqual(both(put(2), put(3), mark(4)), ['watches']);
    });

    it('begins anew after a 410', () => {
      const gone: Chapter = { is: 'events', from: 1, events: [put(2)], end: 'gone' };
      const anew: Chapter = { is: 'state', version: 3, items: [item(3)], calledAt: 6, returnedAt: 7 };
      assert.deepEqual(watched(gone, anew, events(3)), []);
      assert.deepEqual(watched(gone, events(2, put(3))), ['watches']);
    });
  });

  it('nothing against what it cannot decide in time, and says so', () => {
    // Forty writers at once, none of which tells what it made, and a read that no order explains.
    const writes = Array.from({ length: 40 }, (_, at): KeyOperation => ({
      calledAt: 2,
      returnedAt: Infinity,
      call: { do: 'patch', key: 'k', field: at % 2 ? 'a' : 'b', value: String(at % 20) },
      answer: { is: 'lost' },
    }));
    const begin: KeyOperation = {
      calledAt: 0,
      returnedAt: 1,
      call: create(1),
      answer: { is: 'shown', object: shown(1) },
    };
    const read: KeyOperation = { calledAt: 3, returnedAt: 4, call: get, answer: { is: 'absent' } };
    assert.throws(() => unplaceable([begin, ...writes, read], 20), Undecided);
    assert.equal(unplaceable([begin, read]), read);
  });
});
