import assert from 'node:assert/strict';
import fc from 'fast-check';

/** Cases of each property: more where time is no matter. */
export const runs = process.env['KITH_TEST_LONG'] ? 10_000 : 1_000;
/** The same cases each time, so that a failure is the change's and not the day's; long runs look for new ones. */
const seed = process.env['KITH_TEST_SEED']
  ? Number(process.env['KITH_TEST_SEED'])
  : process.env['KITH_TEST_LONG']
    ? undefined
    : 20_261_120;
/** Of work, which other programs on the machine do not lengthen. */
const workMsMax = 1_000;
/** What waits so long waits for ever. */
const waitMsMax = 30_000;

/** How long mocha waits for a property: the long ones work for minutes. */
export const propertyMsMax = process.env['KITH_TEST_LONG'] ? 3_600_000 : 300_000;

/**
 * Holds a property over `runs` cases, none of which may work longer than a second, or reach the prototype of all objects. `judge` says whether the
 * case was a valid one, of which there must be a third. A failure prints its seed, which
 * `KITH_TEST_SEED` takes.
 */
export async function hold<T>(
  cases: fc.Arbitrary<T>,
  judge: (value: T) => Promise<boolean> | boolean,
): Promise<void> {
  let [valid, total] = [0, 0];
  const property = fc.asyncProperty(cases, async (value) => {
    const before = process.cpuUsage();
    total++;
    if (await soon(judge(value))) valid++;
    const { user, system } = process.cpuUsage(before);
    assert.ok(user + system < workMsMax * 1000, `one case took ${(user + system) / 1000} ms of work`);
    assert.deepEqual(Object.keys(Object.prototype), [], 'the prototype of all objects has a key more');
    assert.equal(({} as { polluted?: unknown }).polluted, undefined);
  });
  await fc.assert(property, { numRuns: runs, ...(seed !== undefined && { seed }) });
  assert.ok(valid * 3 >= total, `only ${valid} of ${total} cases were valid`);
}

async function soon<T>(work: Promise<T> | T): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`no answer in ${waitMsMax} ms`)), waitMsMax);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}
