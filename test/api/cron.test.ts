import assert from 'node:assert/strict';
import fc from 'fast-check';
import { parseSchedule, type Schedule } from '../../api/cron.ts';
import { isTimeZone } from '../../api/time-zones.ts';

type Calendar = Extract<Schedule, { every: 'calendar' }>;
const calendar = (text: string): Calendar => {
  const schedule = parseSchedule(text);
  assert.equal(schedule.every, 'calendar');
  return schedule as Calendar;
};

describe("a CronJob's schedule", () => {
  it('names times of the calendar: numbers, names, lists, ranges and steps', () => {
    const { minutes, hours, daysOfMonth, months, daysOfWeek } = calendar(
      '*/20 8-10,22 1,15 JAN-mar/2 mon-Fri',
    );
    assert.deepEqual([...minutes], [0, 20, 40]);
    assert.deepEqual([...hours], [8, 9, 10, 22]);
    assert.deepEqual([...daysOfMonth], [1, 15]);
    assert.deepEqual([...months], [1, 3]);
    assert.deepEqual([...daysOfWeek], [1, 2, 3, 4, 5]);
  });

  it('goes on to the end from a number with a step', () => {
    assert.deepEqual([...calendar('50/5 * * * *').minutes], [50, 55]);
  });

  it('tells whether a day of the month and of the week are both asked for, for then either will do', () => {
    assert.equal(calendar('0 0 13 * 5').isAnyDay, false);
    assert.equal(calendar('0 0 13 * *').isAnyDay, true);
    assert.equal(calendar('0 0 ? * 5').isAnyDay, true);
    assert.equal(calendar('0 0 */2 * 5').isAnyDay, false);
  });

  it('has short names for what is common', () => {
    assert.deepEqual(calendar('@weekly'), calendar('0 0 * * 0'));
    assert.deepEqual(calendar('@annually'), calendar('0 0 1 1 *'));
    assert.deepEqual(parseSchedule('@every 1h30m'), { every: 'span', ms: 5_400_000 });
    assert.deepEqual(parseSchedule('@every 10ms'), { every: 'span', ms: 1000 });
  });

  it('is read past a time zone in front, of which validation says what it thinks', () => {
    assert.deepEqual(calendar('CRON_TZ=UTC 0 4 * * *'), calendar('0 4 * * *'));
  });

  it('that cannot be read says why, whatever it is, and never hangs', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.array(fc.constantFrom(...'*/-,@?0159 a'.split(''))).map((all) => all.join('')),
        ),
        (text) => {
          try {
            parseSchedule(text);
          } catch (error) {
            assert.match((error as Error).message, /\S/);
          }
        },
      ),
      { numRuns: 1000 },
    );
  });

  it('that can be read names only times that there are', () => {
    const field = (min: number, max: number) =>
      fc
        .tuple(fc.integer({ min, max }), fc.integer({ min, max }), fc.integer({ min: 1, max: 9 }))
        .chain(([a, b, step]) =>
          fc.constantFrom('*', String(a), `${Math.min(a, b)}-${Math.max(a, b)}`, `*/${step}`, `${a},${b}`),
        );
    fc.assert(
      fc.property(field(0, 59), field(0, 23), field(1, 31), field(1, 12), field(0, 6), (...fields) => {
        const { minutes, hours, daysOfMonth, months, daysOfWeek } = calendar(fields.join(' '));
        const within = (numbers: ReadonlySet<number>, min: number, max: number) =>
          assert.ok(numbers.size > 0 && [...numbers].every((each) => each >= min && each <= max));
        within(minutes, 0, 59);
        within(hours, 0, 23);
        within(daysOfMonth, 1, 31);
        within(months, 1, 12);
        within(daysOfWeek, 0, 6);
      }),
      { numRuns: 1000 },
    );
  });
});

describe('a time zone', () => {
  it('is one that IANA names, in that very spelling', () => {
    for (const name of ['UTC', 'Etc/UTC', 'Europe/Berlin', 'America/Argentina/Buenos_Aires', 'Asia/Calcutta'])
      assert.ok(isTimeZone(name), name);
    for (const name of ['', 'europe/berlin', 'Mars/Olympus', '+01:00', '../UTC', 'Europe/-x', '__proto__'])
      assert.ok(!isTimeZone(name), name);
  });
});
