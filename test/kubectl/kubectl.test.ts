import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { rows as allRows } from './rows/rows.ts';
import { awaited, named } from './named.ts';
import { faults, missing, strays } from './support/completeness.ts';
import { Ground } from './support/ground.ts';
import { commandsOf } from './support/help-tree.ts';
import { Pool } from './support/pool.ts';
import { titleOf, type Row } from './support/row.ts';
import { countOf, tableOf, versionsAs, withTable, type Mark } from './support/table.ts';
import { findVersions, untried, type Version } from './support/versions.ts';

/** Most of a row's time is waiting. */
const rowsAtOnce = 3;
/** Rows wait for those before them. */
const allMsMax = 15 * 60_000;
const page = 'docs/reference/kubectl.md';

/** For who works on some: a version such as `1.33`, and a pattern of rows' titles. */
const only = {
  version: process.env['KITH_KUBECTL_VERSION'] ?? '',
  row: process.env['KITH_KUBECTL_ROW'] ?? '',
};
const versions = findVersions().filter(({ version }) => version.startsWith(only.version));
const rows = only.row === '' ? allRows : allRows.filter((row) => new RegExp(only.row).test(titleOf(row)));
const findings = new Map<Row, Map<string, Mark>>(rows.map((row) => [row, new Map()]));

/** Every command of the stock kubectl against `kith up`, in each version that is here. */
describe('kubectl', function () {
  this.timeout(allMsMax);
  let ground: Ground | undefined;
  const trials = new Map<string, Promise<void>>();

  before(async function () {
    console.log(`      ${versionsAs(versions)}`);
    if (versions.length === 0) return this.skip();
    ground = await Ground.prepare();
    if (ground.whyNoPodman !== undefined)
      console.log(`      rows with containers are skipped: ${ground.whyNoPodman}`);
    const pool = new Pool(rowsAtOnce);
    for (const version of versions)
      for (const [number, row] of rows.entries())
        if (isIn(row, version)) {
          const done = pool.run(() => tried(ground!, row, version, number), row.lane);
          done.catch(() => {});
          trials.set(keyOf(row, version), done);
        }
  });
  after(async () => {
    await Promise.allSettled(trials.values());
    await ground?.stop();
    if (ground) console.log(`\n${tableOf(findings)}\n${countOf(findings)}`);
  });

  for (const version of versions)
    describe(version.version, () => {
      for (const row of rows)
        if (isIn(row, version))
          it(titleOf(row), async function () {
            const why = whyNot(row, ground!);
            if (why !== undefined) {
              if (process.env['CI'] === 'true') assert.fail(why);
              return this.skip();
            }
            await trials.get(keyOf(row, version));
          });
    });

  describe('the rows', () => {
    it('are one or more for each command of its own --help tree and each flag that is named, and none besides', async () => {
      const trees = await Promise.all(versions.map(({ path }) => commandsOf(path)));
      for (const [at, { size }] of trees.entries())
        assert.ok(size > 80, `${versions[at]!.version} shows ${size} commands`);
      const commands = new Set(trees.flatMap((tree) => [...tree]));
      assert.deepEqual(missing(commands, named, allRows), awaited, 'without a row');
      const here = allRows.filter((row) => versions.some((version) => isIn(row, version)));
      assert.deepEqual(strays(here, commands), [], 'rows of what is no command');
      assert.deepEqual(faults(allRows), []);
    });

    it(`stand in ${page} as they were found`, async function () {
      await Promise.allSettled(trials.values());
      // What was not tried here, for want of a tool or by who runs some, cannot be told.
      if ([...findings.values()].some(({ size }) => size === 0) || rows !== allRows) return this.skip();
      const written = readFileSync(page, 'utf8');
      const found = withTable(written, findings);
      if (process.env['KITH_WRITE_TABLE'] === '1') {
        assert.deepEqual(untried(versions), [], 'its heading speaks of these too: node scripts/peers.mjs');
        writeFileSync(page, found);
      }
      // The table itself is printed at the end: no need for each of its lines twice more.
      else assert.ok(written === found, 'it differs; write it anew: KITH_WRITE_TABLE=1 npm run test:kubectl');
    });
  });
});

function isIn(row: Row, { minor }: Version): boolean {
  return row.since === undefined || minor >= row.since;
}

function keyOf(row: Row, { version }: Version): string {
  return `${version} ${titleOf(row)}`;
}

function whyNot(row: Row, ground: Ground): string | undefined {
  return row.needs === 'podman' ? ground.whyNoPodman : undefined;
}

async function tried(ground: Ground, row: Row, version: Version, number: number): Promise<void> {
  if (whyNot(row, ground) !== undefined) return;
  const marked = findings.get(row)!;
  try {
    const trial = await ground.trial(version, row, number);
    try {
      await row.test(trial);
    } finally {
      await trial.end();
    }
    marked.set(version.version, row.refused ? 'refused' : 'works');
  } catch (error) {
    marked.set(version.version, 'fails');
    throw error;
  }
}
