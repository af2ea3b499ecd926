import assert from 'node:assert/strict';
import { until } from '../../support/wait.ts';
import { row, type Row } from '../support/row.ts';
import type { Trial } from '../support/trial.ts';
import { pod } from './things.ts';

/** Two looks of a host at its pods, and room for a busy machine. */
const toldWithinMs = 90_000;

const running = { terminationGracePeriodSeconds: 1 };

/** Resolves once kubectl knows what these pods use. */
async function told(trial: Trial, words: string, pattern: RegExp): Promise<string> {
  let out = '';
  await until(
    `kubectl ${words} tells`,
    async () => {
      const said = await trial.run(words);
      out = said.out;
      return said.code === 0 && pattern.test(out);
    },
    toldWithinMs,
  );
  return out;
}

/** What hosts measure and report each quarter of a minute. */
export const topRows: readonly Row[] = [
  row('top node', '', async (trial) => {
    const out = await told(trial, 'top nodes', /^attic +\d+m +\d+% +\d+Mi +\d+% *$/m);
    assert.match(out, /^NAME +CPU\(cores\) +CPU(%|\(%\)) +MEMORY\(bytes\) +MEMORY(%|\(%\))/);
    assert.match(await trial.kubectl('top node attic --no-headers'), /^attic +\d+m/);
    assert.match(await trial.fails('top node nowhere'), /not found/);
  }),
  row('top node', '--sort-by, -l, --show-capacity', async (trial) => {
    await told(trial, 'top nodes', /^attic/m);
    const sorted = await trial.kubectl('top nodes --sort-by=memory --show-capacity --no-headers');
    const memory = [...sorted.matchAll(/ (\d+)Mi /g)].map(([, amount]) => Number(amount));
    assert.ok(memory.length > 0);
    assert.deepEqual(
      memory,
      memory.toSorted((a, b) => b - a),
    );
    const one = await trial.kubectl('top nodes -l kubernetes.io/hostname=attic --no-headers');
    assert.equal(one.trim().split('\n').length, 1);
  }),
  row('top pod', '', async (trial) => {
    await trial.create(pod('one', running, { app: 'one' }));
    const out = await told(trial, 'top pods', /^one +\d+m +\d+Mi *$/m);
    assert.match(out, /^NAME +CPU\(cores\) +MEMORY\(bytes\)/);
    // A component with its engine takes some memory, and no host gives it all.
    const memory = Number(/^one +\d+m +(\d+)Mi/m.exec(out)![1]);
    assert.ok(memory > 1 && memory < 4096, `${memory} Mi`);
    assert.match(await trial.kubectl('top pod one --no-headers'), /^one +\d+m/);
    assert.match(await trial.fails('top pod nowhere'), /not found/);
    assert.match((await trial.run('top pods -l app=none')).err, /No resources found/);
  }),
  row('top pod', '--containers, --sort-by, -l, -A, --sum', async (trial) => {
    await Promise.all(['one', 'two'].map((name) => trial.create(pod(name, running, { app: name }))));
    await told(trial, 'top pods', /^one .*\n^two /m);
    assert.match(await trial.kubectl('top pods --containers'), /^POD +NAME +CPU[^]*^one +web +\d+m/m);
    const sorted = await trial.kubectl('top pods --sort-by=memory --no-headers');
    const memory = [...sorted.matchAll(/ (\d+)Mi/g)].map(([, amount]) => Number(amount));
    assert.deepEqual(
      memory,
      memory.toSorted((a, b) => b - a),
    );
    const selected = await trial.kubectl('top pods -l app=one --no-headers');
    assert.match(selected, /^one .*\n$/);
    assert.match(await trial.kubectl('top pods -A'), new RegExp(`^${trial.name} +one +\\d+m`, 'm'));
    assert.match(await trial.kubectl('top pods --sum=true'), /^ +_+ +_+ *\n +\d+m +\d+Mi/m);
  }),
];
