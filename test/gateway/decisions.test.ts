import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { AppEndpoint } from '../../gateway/directory.ts';
import { costOf, EndpointHealthBook, ejectionMs } from '../../gateway/health.ts';
import { candidates, pick, pickFor, type Situation } from '../../gateway/pick.ts';
import { attemptsMax, mayRetry, unsentMax } from '../../gateway/retry.ts';
import { seededRandom } from '../../process/random.ts';

const endpoint = (id: string): AppEndpoint => ({
  id,
  podUid: id,
  podName: id,
  address: '10.244.0.2',
  port: 80,
  node: `node-of-${id}`,
  nodeKey: id,
});
const three = ['a', 'b', 'c'].map(endpoint);

function situation(book: EndpointHealthBook, options: Partial<Situation> = {}): Situation {
  return {
    health: (id) => book.of(id),
    isQuiet: () => false,
    roundTripMs: () => 1,
    tried: new Set(),
    now: 1_000,
    ...options,
  };
}

function shares(book: EndpointHealthBook, options: Partial<Situation> = {}): Record<string, number> {
  const random = seededRandom(1);
  const counts: Record<string, number> = { a: 0, b: 0, c: 0 };
  for (let turn = 0; turn < 3_000; turn++)
    counts[pick(three, situation(book, options), random)!.id]! += 1 / 3_000;
  return counts;
}

describe('which endpoint is asked', () => {
  it('is each of them alike while nothing is known', () => {
    for (const share of Object.values(shares(new EndpointHealthBook())))
      assert.ok(Math.abs(share - 1 / 3) < 0.05);
  });

  it('is mostly a quick one, a near one, an idle one; and the others stay in sight', () => {
    const slow = new EndpointHealthBook();
    for (const id of ['a', 'b', 'c']) slow.answered(id, 1_000, id === 'a' ? 40 : 4);
    const busy = new EndpointHealthBook();
    busy.of('a').inFlight = 6;
    const far = shares(new EndpointHealthBook(), { roundTripMs: ({ id }) => (id === 'a' ? 40 : 4) });
    for (const seen of [shares(slow), shares(busy), far]) {
      assert.ok(seen['a']! < 0.05, JSON.stringify(seen));
      assert.ok(seen['a']! > 0, JSON.stringify(seen));
    }
  });

  it('is again one that was slow once, after some seconds', () => {
    const book = new EndpointHealthBook();
    book.answered('a', 1_000, 60_000);
    assert.ok(shares(book)['a']! < 0.01);
    assert.ok(shares(book, { now: 20_000 })['a']! > 0.25);
  });

  it('is none that is ejected, quiet or tried, but never nobody because all look bad', () => {
    const states = fc.array(fc.record({ ejected: fc.boolean(), quiet: fc.boolean(), tried: fc.boolean() }), {
      minLength: 1,
      maxLength: 6,
    });
    fc.assert(
      fc.property(states, fc.integer(), (list, seed) => {
        const book = new EndpointHealthBook();
        const endpoints = list.map((_, index) => endpoint(String(index)));
        for (const [index, { ejected }] of list.entries()) if (ejected) book.eject(String(index), 900);
        const at = situation(book, {
          isQuiet: ({ id }) => list[Number(id)]!.quiet,
          tried: new Set(endpoints.filter(({ id }) => list[Number(id)]!.tried).map(({ id }) => id)),
        });
        for (const chosen of [pick(endpoints, at, seededRandom(seed)), pickFor('me', endpoints, at)]) {
          if (!chosen) return list.every(({ tried }) => tried);
          const state = list[Number(chosen.id)]!;
          const untried = list.filter(({ tried }) => !tried);
          assert.ok(!state.tried);
          if (untried.some(({ quiet }) => !quiet)) assert.ok(!state.quiet);
          if (untried.some(({ quiet, ejected }) => !quiet && !ejected)) assert.ok(!state.ejected);
        }
        return true;
      }),
    );
  });

  it('stays the same for one client where the Service asks for affinity, and only its own clients move when it goes', () => {
    const book = new EndpointHealthBook();
    const many = Array.from({ length: 5 }, (_, index) => endpoint(String(index)));
    const clients = Array.from({ length: 400 }, (_, index) => `gateway-${index}`);
    const chosen = clients.map((client) => pickFor(client, many, situation(book))!.id);
    assert.deepEqual(
      clients.map((client) => pickFor(client, many, situation(book))!.id),
      chosen,
    );
    for (const { id } of many) {
      const count = chosen.filter((one) => one === id).length;
      assert.ok(count > 40 && count < 130, `endpoint ${id} has ${count} of 400`);
    }
    book.eject('2', 900);
    for (const [index, client] of clients.entries()) {
      const now = pickFor(client, many, situation(book))!.id;
      if (chosen[index] === '2') assert.notEqual(now, '2');
      else assert.equal(now, chosen[index]);
    }
    assert.equal(candidates(many, situation(book)).length, 4);
  });
});

describe('an endpoint that fails', () => {
  it('is ejected after two failures in a row, each time for longer, and forgiven after a good while', () => {
    const book = new EndpointHealthBook();
    book.failed('a', 0);
    book.answered('a', 0, 1);
    book.failed('a', 0);
    assert.equal(book.of('a').ejectedUntil, 0);
    book.failed('a', 0);
    assert.equal(book.of('a').ejectedUntil, ejectionMs);
    let now = ejectionMs;
    for (const times of [2, 3]) {
      book.failed('a', now);
      book.failed('a', now);
      assert.equal(book.of('a').ejectedUntil - now, times * ejectionMs);
      now = book.of('a').ejectedUntil;
    }
    now += 3_600_000;
    book.eject('a', now);
    assert.equal(book.of('a').ejectedUntil - now, ejectionMs);
  });

  it('is ejected once for all that was under way', () => {
    const book = new EndpointHealthBook();
    for (let request = 0; request < 100; request++) book.failed('a', 10);
    assert.equal(book.of('a').ejections, 1);
  });

  it('costs more the more it has to do', () => {
    const book = new EndpointHealthBook();
    book.of('a').inFlight = 9;
    assert.equal(costOf(book.of('a'), 0), 10 * costOf(book.of('b'), 0));
  });
});

describe('a request that failed', () => {
  it('is sent again where it never left, whatever it is; else only where reading is all it does', () => {
    const request = { method: 'POST', hasBody: true, unsent: true, attempts: 1 };
    assert.ok(mayRetry(request));
    assert.ok(!mayRetry({ ...request, unsent: false }));
    assert.ok(!mayRetry({ ...request, unsent: false, hasBody: false }));
    assert.ok(!mayRetry({ ...request, unsent: false, method: 'DELETE', hasBody: false }));
    assert.ok(!mayRetry({ ...request, unsent: false, method: 'GET' }));
    assert.ok(mayRetry({ ...request, unsent: false, method: 'GET', hasBody: false }));
    assert.ok(!mayRetry({ ...request, unsent: false, method: 'GET', hasBody: false, attempts: attemptsMax }));
    assert.ok(!mayRetry({ ...request, attempts: unsentMax }));
  });
});
