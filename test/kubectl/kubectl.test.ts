import assert from 'node:assert/strict';
import { rows as allRows } from './rows/rows.ts';
import { Ground } from './support/ground.ts';
import { Pool } from './support/pool.ts';
import { titleOf, type Row } from './support/row.ts';
import { countOf, tableOf, versionsAs, type Mark } from './support/table.ts';
import { findVersions, type Version } from './support/versions.ts';

const rowsAtOnce = 3;
/** Rows wait for those before them. */
const allMsMax = 15 * 60_000;

// For who works on some: `1.33`, and a part of a row's title.
const only = {
  version: process.env['KITH_KUBECTL_VERSION'] ?? '',
  row: process.env['KITH_KUBECTL_ROW'] ?? '',
};
const versions = findVersions().filter(({ version }) => version.startsWith(only.version));
const rows = allRows.filter((row) => titleOf(row).includes(only.row));
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
            const why = missing(row, ground!);
            if (why !== undefined) {
              if (process.env['CI'] === 'true') assert.fail(why);
              return this.skip();
            }
            await trials.get(keyOf(row, version));
          });
    });
});

function isIn(row: Row, { minor }: Version): boolean {
  return row.since === undefined || minor >= row.since;
}

function keyOf(row: Row, { version }: Version): string {
  return `${version} ${titleOf(row)}`;
}

function missing(row: Row, ground: Ground): string | undefined {
  return row.needs === 'podman' ? ground.whyNoPodman : undefined;
}

async function tried(ground: Ground, row: Row, version: Version, number: number): Promise<void> {
  if (missing(row, ground) !== undefined) return;
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
