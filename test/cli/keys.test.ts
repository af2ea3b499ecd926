import assert from 'node:assert/strict';
import fc from 'fast-check';
import { filterOf } from '../../cli/ui/filter.ts';
import { byKey, podRow } from '../../cli/ui/rows.ts';
import {
  press,
  pressAll,
  selectedRow,
  startView,
  type Key,
  type Shown,
  type View,
} from '../../cli/ui/view.ts';
import { runningPod } from './swarm-objects.ts';

const pods = byKey(['a', 'b', 'c', 'd'].map((name) => podRow(runningPod(name, 'attic'))));
const shown: Shown = {
  rows: { hosts: [], pods, events: [] },
  logs: { first: 0, lines: ['1', '2', '3', '4'] },
};
const named = (name: NonNullable<Key['name']>): Key => ({ input: '', name });
const after = (view: View, ...keys: (Key | string)[]): View =>
  keys.reduce<View>(
    (current, key) => press(current, typeof key === 'string' ? { input: key } : key, shown).view,
    view,
  );

describe('the keys of kith top', () => {
  it('select by arrows and by j and k, and stop at the ends', () => {
    assert.equal(selectedRow(after(startView, named('down'), 'j'), shown.rows)?.key, 'default/c');
    assert.equal(selectedRow(after(startView, 'k'), shown.rows)?.key, 'default/a');
    assert.equal(selectedRow(after(startView, 'G', named('down')), shown.rows)?.key, 'default/d');
  });

  it('keep the selection on its pod when others come and go, and on its place when it goes itself', () => {
    const view = after(startView, 'j', 'j');
    const others = byKey(['0', 'c', 'x'].map((name) => podRow(runningPod(name, 'attic'))));
    assert.equal(selectedRow(view, { ...shown.rows, pods: others })?.key, 'default/c');
    const without = byKey(['a', 'b', 'd'].map((name) => podRow(runningPod(name, 'attic'))));
    assert.equal(selectedRow(view, { ...shown.rows, pods: without })?.key, 'default/d');
  });

  it('open and leave the log of the selected pod', () => {
    const inLogs = after(startView, 'j', named('return'));
    assert.equal(inLogs.logs, 'default/b');
    assert.equal(after(inLogs, 'q').logs, undefined);
    assert.equal(press(inLogs, { input: 'q' }, shown).effect, undefined);
    assert.equal(press(startView, { input: 'q' }, shown).effect, 'quit');
  });

  it('scroll a log, and follow it again at its end', () => {
    const inLogs = after(startView, named('return'));
    const up = after(inLogs, 'k', 'k');
    assert.equal(up.logsEnd, 2);
    assert.equal(after(up, 'j', 'j').logsEnd, undefined);
    assert.equal(after(inLogs, 'g').logsEnd, 1);
  });

  it('type a filter for the pane in focus; Enter keeps it, Esc clears it', () => {
    const typed = after(startView, '/', '^', 'b');
    assert.equal(typed.typing, 'pods');
    const kept = after(typed, named('return'));
    assert.deepEqual([kept.typing, kept.filters.pods], [undefined, '^b']);
    assert.equal(selectedRow(kept, shown.rows)?.key, 'default/b');
    assert.equal(after(kept, named('escape')).filters.pods, undefined);
    assert.equal(after(typed, named('escape')).filters.pods, undefined);
  });

  it('do nothing but type while a filter is typed: q is a letter', () => {
    assert.equal(press(after(startView, '/'), { input: 'q' }, shown).effect, undefined);
    assert.equal(press(after(startView, '/'), named('ctrlC'), shown).effect, 'quit');
  });

  it('are all read when several come in one piece', () => {
    assert.equal(pressAll(startView, { input: 'jj\r' }, shown).view.logs, 'default/c');
    assert.equal(pressAll(startView, { input: 'jq' }, shown).effect, 'quit');
    assert.equal(pressAll(startView, { input: '/bd\u007f\r' }, shown).view.filters.pods, 'b');
  });

  it('never lead nowhere, in whatever order they come', () => {
    const key = fc.oneof(
      fc.constantFrom<Key[]>(
        ...(
          [
            'up',
            'down',
            'pageUp',
            'pageDown',
            'home',
            'end',
            'tab',
            'shiftTab',
            'return',
            'escape',
            'backspace',
          ] as const
        ).map(named),
      ),
      fc.string({ maxLength: 3 }).map((input): Key => ({ input })),
    );
    fc.assert(
      fc.property(fc.array(key, { maxLength: 40 }), (keys) => {
        let view = startView;
        for (const one of keys) view = pressAll(view, one, shown).view;
        assert.equal(press(view, named('ctrlC'), shown).effect, 'quit');
        // Out of wherever we are, in at most four keys.
        const out = after(view, named('escape'), named('escape'), named('escape'), named('escape'));
        assert.deepEqual([out.typing, out.logs, out.help], [undefined, undefined, false]);
      }),
      { numRuns: 300 },
    );
  });
});

describe('a filter', () => {
  it('is a regular expression, inverted by !, and plain text while it is half typed', () => {
    assert.deepEqual(['web-1', 'db-1'].filter(filterOf('^web')), ['web-1']);
    assert.deepEqual(['web-1', 'db-1'].filter(filterOf('!^WEB')), ['db-1']);
    assert.deepEqual(['a(b', 'ab'].filter(filterOf('a(')), ['a(b']);
    assert.equal(filterOf('!')('anything'), true);
  });
});
