import { rows } from './rows/rows.ts';
import type { Row } from './rows/row.ts';
import { Ground } from './support/ground.ts';
import { findHelms, type HelmVersion } from './support/helms.ts';
import { Pool } from '../kubectl/support/pool.ts';

/** Most of them wait for pods. */
const rowsAtOnce = 4;
const allMsMax = 10 * 60_000;
const helms = findHelms();

/** The real helm against `kith up` and a second host: each effect is read back from the cluster. */
describe('helm', function () {
  this.timeout(allMsMax);
  let ground: Ground | undefined;
  const trials = new Map<string, Promise<void>>();

  before(async function () {
    console.log(`      ${helms.map(({ version }) => `helm ${version}`).join(', ') || 'no helm'}`);
    const prepared =
      helms.length === 0 ? 'build helm: node scripts/peers.mjs helm helm4' : await Ground.prepare();
    if (typeof prepared === 'string') {
      if (process.env['CI'] === 'true') throw new Error(prepared);
      console.log(`      skipped: ${prepared}`);
      return this.skip();
    }
    ground = prepared;
    const pool = new Pool(rowsAtOnce);
    for (const version of helms)
      for (const each of rows) {
        const done = pool.run(() => tried(prepared, version, each), each.lane);
        done.catch(() => {});
        trials.set(keyOf(version, each), done);
      }
  });
  after(async () => {
    await Promise.allSettled(trials.values());
    await ground?.stop();
  });

  for (const version of helms)
    describe(version.version, () => {
      for (const each of rows) it(each.title, () => trials.get(keyOf(version, each))!.then(() => {}));
    });
});

const keyOf = ({ version }: HelmVersion, { title }: Row) => `${version} ${title}`;

async function tried(
  ground: Ground,
  version: HelmVersion,
  { test, hasNamespace = true }: Row,
): Promise<void> {
  const helm = await ground.helm(version, 'trial');
  const namespace = { kind: 'Namespace', metadata: { name: helm.namespace } };
  if (hasNamespace) await helm.client.create({ apiVersion: 'v1', ...namespace });
  try {
    await test(helm, ground);
  } finally {
    await helm.client.delete({ kind: 'Namespace', name: helm.namespace });
  }
}
