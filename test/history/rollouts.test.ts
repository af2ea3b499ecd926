import assert from 'node:assert/strict';
import type { ReplicaSet } from '../../api/types.ts';
import { seededRandom } from '../../process/random.ts';
import { deployments, lapses, node, Operator, runPods, sets } from './lives/rollouts.ts';
import { killAgain } from './record/kills.ts';
import type { Connection } from './record/api.ts';
import { VirtualController } from './record/virtual.ts';

const isLong = process.env['KITH_TEST_LONG'] === '1';
const first = Number(process.env['KITH_TEST_SEED'] ?? Math.floor(Math.random() * 2 ** 30));
const seeds = Array.from({ length: isLong ? 40 : 2 }, (_, at) => first + at);

const life = { kills: 8, overMs: 10_000 };
const restMs = 20_000;

/** What is wrong with a Deployment that was rolled to and fro while the controller was killed again and again. */
async function lapsesAfter(
  seed: number,
  /** What a test does to it once it has come to rest, to see it found out. */
  meddle: (admin: Connection) => Promise<unknown> = async () => {},
): Promise<string[]> {
  const server = new VirtualController(seed, { controllers: true });
  return server.settle(
    (async () => {
      await server.start();
      const { place, clock } = server;
      const admin = place.connect();
      const post = (path: string, value: object) =>
        admin.ask('POST', path, { type: 'application/json', value });
      await post('/api/v1/namespaces', {
        apiVersion: 'v1',
        kind: 'Namespace',
        metadata: { name: 'history' },
      });
      await post('/api/v1/nodes', {
        apiVersion: 'v1',
        kind: 'Node',
        metadata: { name: node },
        status: {
          allocatable: { cpu: '64', memory: '64Gi', pods: '110' },
          conditions: [{ type: 'Ready', status: 'True' }],
        },
      });
      const operator = new Operator(place, seededRandom(seed + 1));
      let isOver = false;
      const end = clock.now() + life.overMs;
      const living = [
        operator.run(() => clock.now() > end),
        runPods(place, seededRandom(seed + 2), () => isOver),
      ] as const;
      await killAgain(server, seededRandom(seed), life);
      await living[0];
      await place.sleep(restMs);
      isOver = true;
      await living[1];
      assert.ok(operator.seen.size >= 3 && operator.carried.size >= 1, 'the control: much was rolled out');
      await meddle(admin);
      return lapses(server, operator);
    })(),
  );
}

describe(`a Deployment that is rolled to and fro, under kills (KITH_TEST_SEED=${first})`, function () {
  this.timeout(600_000);
  for (const seed of seeds)
    it(`comes to rest as it was wished, and has each of its revisions (seed ${seed})`, async () => {
      assert.deepEqual(await lapsesAfter(seed), []);
    });

  it('is found to have lost a revision where somebody deletes an old ReplicaSet', async () => {
    const found = await lapsesAfter(first, async (admin) => {
      const { items } = (await admin.ask('GET', sets)).json as { items: ReplicaSet[] };
      const old = items.find(({ spec }) => spec?.replicas === 0);
      assert.equal((await admin.ask('DELETE', `${sets}/${old!.metadata!.name}`)).status, 200);
    });
    assert.match(found.join('\n'), /^ReplicaSet web-\w+ is lost$/m);
  });

  it('is found not to be at rest right after a new wish', async () => {
    const found = await lapsesAfter(first, async (admin) => {
      const value = { spec: { template: { spec: { containers: [{ name: 'main', image: 'app:new' }] } } } };
      const body = { type: 'application/merge-patch+json', value };
      assert.equal((await admin.ask('PATCH', `${deployments}/web`, body)).status, 200);
    });
    assert.match(found.join('\n'), /pods, \d+ of them of app:new, where \d+ are wished$/m);
  });
});
