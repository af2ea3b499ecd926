import assert from 'node:assert/strict';
import fc from 'fast-check';
import { isStoreConflict } from '../../../controller/store/errors.ts';
import type { Expectation, Store } from '../../../controller/store/store.ts';
import { record, type Rig } from './rig.ts';

/** A handful of keys, so that writes meet. */
const keys = ['/a', '/a/b', '/b', '/b/c', '/b/d'];

type Step =
  | { do: 'put' | 'delete'; key: string; expect: 'any' | 'absent' | 'current' | 'stale' }
  | { do: 'pause' | 'settle' | 'crash' | 'reopen' | 'compact' }
  | { do: 'fault'; error: 'EIO' | 'ENOSPC'; kept: boolean };

const write = fc.record({
  do: fc.constantFrom('put' as const, 'put' as const, 'delete' as const),
  key: fc.constantFrom(...keys),
  expect: fc.constantFrom('any' as const, 'current' as const, 'absent' as const, 'stale' as const),
});
const other = fc.record({
  do: fc.constantFrom(
    'pause' as const,
    'pause' as const,
    'settle' as const,
    'crash' as const,
    'reopen' as const,
    'compact' as const,
  ),
});
const fault = fc.record({
  do: fc.constant('fault' as const),
  error: fc.constantFrom('EIO' as const, 'ENOSPC' as const),
  kept: fc.boolean(),
});

export const steps = (withFaults: boolean, maxLength: number) =>
  fc.array(
    fc.oneof(
      { weight: 8, arbitrary: write },
      { weight: 2, arbitrary: other },
      ...(withFaults ? [{ weight: 1, arbitrary: fault }] : []),
    ),
    { maxLength, size: 'max' },
  ) as fc.Arbitrary<Step[]>;

interface Issued {
  revision: number;
  key: string;
  /** Undefined for a deletion. */
  value: unknown;
}

type State = Map<string, { value: unknown; revision: number }>;

/**
 * The simplest thing that could be the store: all writes that were let in, by revision. After a crash the store must be what
 * some beginning of them adds up to, with every acknowledged one in it.
 */
class Model {
  issued: Issued[] = [];
  acknowledged = 0;

  state(until = Infinity): State {
    const state: State = new Map();
    for (const { revision, key, value } of this.issued) {
      if (revision > until) break;
      if (value === undefined) state.delete(key);
      else state.set(key, { value, revision });
    }
    return state;
  }

  /** Forgets what turned out not to have happened. */
  cutTo(revision: number): void {
    this.issued = this.issued.filter((one) => one.revision <= revision);
  }
}

const contents = (store: Store): State =>
  new Map(
    store.list('').entries.map(({ key, value, modRevision }) => [key, { value, revision: modRevision }]),
  );

/** Runs the steps on a store and on the model, and holds the one against the other wherever the store stands still. */
export async function compare(rig: Rig, script: Step[]): Promise<void> {
  const model = new Model();
  let store = await rig.open();
  let watch = record(store, '', 0);
  let writes: Promise<void>[] = [];
  let writeCount = 0;

  const issue = (key: string, expect: Expectation | undefined, value: string | undefined) => {
    const head = model.state().get(key);
    const mayWin = !expect || ('absent' in expect ? !head : head?.revision === expect.revision);
    const before = model.issued.length;
    const sent =
      value === undefined
        ? store.delete(key, expect)
        : store.put(
            key,
            (revision) => {
              model.issued.push({ revision, key, value });
              return value;
            },
            expect,
          );
    // A deletion is told its revision only in the answer; it is the next after all that were let in.
    if (value === undefined && mayWin && head)
      model.issued.push({ revision: nextRevision(), key, value: undefined });
    const isLetIn = model.issued.length > before;
    if (value !== undefined) assert.equal(isLetIn, mayWin, `${key} against ${JSON.stringify(head)}`);
    writes.push(
      Promise.resolve(sent).then(
        (answer) => {
          assert.ok(mayWin, 'a write that should have lost was acknowledged');
          const revision = typeof answer === 'number' ? answer : answer.modRevision;
          model.acknowledged = Math.max(model.acknowledged, revision);
        },
        (error: unknown) => {
          if (!mayWin) assert.ok(isStoreConflict(error), String(error));
          hasFailed ||= !isStoreConflict(error);
        },
      ),
    );
  };
  const nextRevision = () => Math.max(model.issued.at(-1)?.revision ?? 0, store.revision) + 1;

  /** A batch failed: what it held may or may not be there, and the store finds out first. */
  let hasFailed = false;
  const settle = async () => {
    hasFailed = false;
    await rig.settle(Promise.all(writes));
    writes = [];
    model.cutTo(store.revision);
    // A full disk is tried again a second later.
    if (store.trouble) await rig.settle(rig.clock.sleep(1100));
  };

  const check = () => {
    assert.ok(
      store.revision >= model.acknowledged,
      `revision ${store.revision}: ${model.acknowledged} was acknowledged`,
    );
    model.cutTo(store.revision);
    assert.deepEqual(contents(store), model.state());
  };

  /** What a watcher heard is, step by step, how the state came about. */
  const checkWatch = () => {
    assert.deepEqual(watch.ended, []);
    const expected = model.issued
      .filter(({ revision }) => revision > watchedFrom)
      .map(({ revision, key, value }) => {
        const before = model.state(revision - 1).get(key)?.value;
        return value === undefined
          ? { type: 'delete', key, value: before, revision, previous: undefined }
          : { type: 'put', key, value, revision, previous: before };
      });
    assert.deepEqual(watch.heard, expected);
  };
  let watchedFrom = 0;

  for (const step of script) {
    switch (step.do) {
      case 'put':
      case 'delete': {
        const head = model.state().get(step.key);
        const expect: Record<typeof step.expect, Expectation | undefined> = {
          any: undefined,
          absent: { absent: true },
          current: { revision: head?.revision ?? 0 },
          stale: { revision: Math.max(0, (head?.revision ?? 1) - 1) },
        };
        issue(step.key, expect[step.expect], step.do === 'put' ? `value ${writeCount++}` : undefined);
        break;
      }
      case 'fault':
        await settle();
        if (rig.memory) rig.memory.nextFault = { error: step.error, kept: step.kept };
        break;
      case 'pause':
        await rig.pause();
        if (hasFailed) await settle();
        break;
      case 'settle':
        await settle();
        check();
        checkWatch();
        break;
      case 'compact':
        await settle();
        check();
        checkWatch();
        await rig.settle(store.compact(store.revision));
        assert.deepEqual(contents(store), model.state());
        break;
      case 'crash':
      case 'reopen': {
        if (step.do === 'reopen') {
          await settle();
          await rig.settle(store.close());
        } else {
          // Some are on their way, some were answered: let whatever can happen happen, then look only at the disk.
          const old = store;
          const { acknowledged } = model;
          await rig.crash();
          if (!rig.memory) await old.close();
          await rig.settle(Promise.all(writes));
          // In a real crash the old life's late answers never reach anyone.
          model.acknowledged = acknowledged;
        }
        writes = [];
        store = await rig.open();
        check();
        // A later life hears the same history again.
        watchedFrom = store.compactedRevision;
        watch = record(store, '', watchedFrom);
        break;
      }
    }
  }
  await settle();
  check();
  checkWatch();
  await rig.settle(store.close());
}
