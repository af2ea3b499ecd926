import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Service } from '../../../api/types.ts';
import { OpenTo } from '../../../agent/streams/open-to.ts';
import { systemClock } from '../../../process/clock.ts';
import { readJsonFile } from '../../../process/folder.ts';
import { silentLog } from '../../../process/log.ts';
import { seededRandom } from '../../../process/random.ts';
import type { MemberCertificate } from '../../../swarm/certificate.ts';
import { FakeApi } from '../../support/fake-api.ts';
import { until } from '../../support/wait.ts';
import { pod } from '../pods/support.ts';

describe('whom a pod is open to, on its own host', () => {
  let folder: string;
  let api: FakeApi;
  let rules: OpenTo;
  const web = pod('web');
  web.metadata!.labels = { app: 'web' };
  const start = () =>
    new OpenTo({
      client: api,
      clock: systemClock,
      random: seededRandom(1),
      log: silentLog,
      file: join(folder, 'open-to.json'),
      inUse: () => new Set(['default']),
    });
  const put = (openTo: string) =>
    api.put({
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name: 'web', namespace: 'default', annotations: { 'kith.home.arpa/open-to': openTo } },
      spec: { selector: { app: 'web' }, ports: [{ port: 80 }] },
    } as Service);
  const asked = async (owner: string) => {
    const certificate = { role: 'gateway', owner } as MemberCertificate;
    return (await rules.refusal(web, { certificate }))?.status ?? 'open';
  };
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'kith-open-to-'));
    api = new FakeApi();
    rules = start();
  });
  afterEach(async () => {
    await rules.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  it('is nobody while nothing is known, and whom the Service names once it is', async () => {
    put('bob');
    api.away = true;
    assert.equal(await asked('ann'), 503);
    assert.equal(await asked('bob'), 503);
    api.away = false;
    await until('the rule is known', async () => (await asked('bob')) === 'open');
    assert.equal(await asked('ann'), 403);
  });

  it('follows the Service, also one that came after the pod, and holds while the controller is away', async () => {
    rules.follow('default');
    assert.equal(await asked('ann'), 'open', 'no Service selects it yet');
    put('bob');
    await until('it is closed', async () => (await asked('ann')) === 403);
    api.away = true;
    assert.equal(await asked('ann'), 403);
    assert.equal(await asked('bob'), 'open');
  });

  it('is remembered over a restart without a controller; a damaged memory opens nothing', async () => {
    put('bob');
    rules.follow('default');
    const file = join(folder, 'open-to.json');
    await until('it is noted', () => readJsonFile<{ default?: unknown[] }>(file)?.default?.length === 1);
    await rules.stop();
    api.away = true;
    rules = start();
    assert.equal(await asked('ann'), 403);
    assert.equal(await asked('bob'), 'open');
    await rules.stop();
    writeFileSync(file, '{"default": nonsense');
    rules = start();
    assert.equal(await asked('bob'), 503);
  });
});
