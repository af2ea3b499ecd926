import assert from 'node:assert/strict';
import fc from 'fast-check';
import { columns, TablePrinter } from '../../cli/print/table.ts';
import { cutText, logText, padText, plainText, textWidth } from '../../cli/print/text-width.ts';

describe('text for a terminal', () => {
  it('has no escape sequences left, and shows other control characters as dots', () => {
    assert.equal(plainText('\u001b[31mred\u001b[0m'), 'red');
    assert.equal(plainText('\u001b]0;your shell\u0007x'), 'x');
    assert.equal(plainText('\u001b]8;;http://evil\u001b\\link\u001b]8;;\u001b\\'), 'link');
    assert.equal(plainText('a\u0007b\u202Ec'), 'a·bc');
  });

  it('counts wide characters as two columns, and marks as none', () => {
    assert.equal(textWidth('日本'), 4);
    assert.equal(textWidth('e\u0301'), 1);
    assert.equal(textWidth(plainText('👩‍👩‍👧')), 6);
  });

  it('is cut and padded to a width, whatever it is', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: 'binary', maxLength: 60 }),
        fc.integer({ min: 0, max: 30 }),
        (raw, width) => {
          const text = plainText(raw);
          assert.ok(textWidth(cutText(text, width)) <= width);
          assert.ok(textWidth(padText(cutText(text, width), width)) === width);
          // eslint-disable-next-line no-control-regex
          assert.doesNotMatch(text, /[\u0000-\u001f\u007f-\u009f]/);
        },
      ),
    );
  });

  it('keeps the colours of a log line and nothing that moves the cursor', () => {
    assert.equal(logText('\u001b[31mred\u001b[2J\u001b]0;x\u0007!'), '\u001b[31mred!\u001b[0m');
  });
});

describe('tables', () => {
  it('align by what is seen, also where characters are wide', () => {
    assert.deepEqual(
      columns(
        ['A', 'B'],
        [
          ['日本', 'x'],
          ['abc', 'y'],
        ],
      ),
      ['A      B', '日本   x', 'abc    y'],
    );
  });

  it('print their header once, and what a watch brings later stands below', () => {
    const printer = new TablePrinter({ wide: false, namespaced: false, header: true });
    const columnDefinitions = [{ name: 'Name' }, { name: 'Status' }, { name: 'IP', priority: 1 }];
    assert.deepEqual(
      printer.lines({ columnDefinitions, rows: [{ cells: ['hello', 'Running', '10.0.0.1'] }] }),
      ['NAME    STATUS', 'hello   Running'],
    );
    assert.deepEqual(printer.lines({ rows: [{ cells: ['a', 'Pending', ''] }] }), ['a       Pending']);
  });

  it('hold 200,000 rows', () => {
    const rows = Array.from({ length: 200_000 }, (_, index) => [String(index)]);
    assert.equal(columns(['N'], rows).length, 200_001);
  });
});
