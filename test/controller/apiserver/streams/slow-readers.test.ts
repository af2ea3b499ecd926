import assert from 'node:assert/strict';
import type { ChildProcess } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { clusterBinding } from '../auth/rights.ts';
import { execSandbox } from '../../../support/exec-sandbox.ts';
import { until } from '../../../support/wait.ts';
import { kubectls, StreamCluster } from './cluster.ts';

const mebibyte = 1024 * 1024;
/** All that lies between a command and a client that has stopped: the kernel's buffers of each connection on the way, and ours. */
const onTheWayMax = 24 * mebibyte;
const stillMs = 1_500;

/** The stock client is stopped (SIGSTOP) while a command writes without an end. What has left the command and is not read is held by us. */
describe('a client that never reads', function () {
  this.timeout(60_000);
  const sandbox = execSandbox();
  let cluster: StreamCluster | undefined;
  const started: ChildProcess[] = [];
  before(async function () {
    if (process.platform !== 'linux' || kubectls.length === 0) return this.skip();
    cluster = await StreamCluster.create(() => sandbox);
    await cluster.run('web');
    await cluster.api.client.create(clusterBinding('ann', 'admin', 'ann'));
    const words = ['auth', 'can-i', 'create', 'pods/exec'];
    const environment = { KUBECONFIG: cluster.joinedKubeconfig };
    await until('the role is known', async () =>
      (await cluster!.kubectl(kubectls[0]!, words, { environment })).out.toString().startsWith('yes'),
    );
  });
  afterEach(async () => {
    for (const child of started.splice(0)) child.kill('SIGKILL');
    await until('its command has ended', () => sandbox.live.size === 0);
  });
  after(() => cluster?.close());

  const writtenBy = async (pid: number) =>
    Number(/^wchar: (\d+)$/m.exec(await readFile(`/proc/${pid}/io`, 'utf8'))![1]);

  const ways: [string, boolean, (of: StreamCluster) => string][] = [
    ['over WebSocket', true, (of) => of.kubeconfig],
    ['over SPDY', false, (of) => of.kubeconfig],
    ['from a joined machine, over WebSocket', true, (of) => of.joinedKubeconfig],
    ['from a joined machine, over SPDY', false, (of) => of.joinedKubeconfig],
  ];
  for (const [way, isWebSocket, kubeconfig] of ways)
    it(`holds back the command, ${way}, which goes on when it reads again`, async () => {
      const client = cluster!.start(kubectls[0]!, ['exec', 'web', '--', 'cat', '/dev/zero'], {
        environment: {
          KUBECONFIG: kubeconfig(cluster!),
          KUBECTL_REMOTE_COMMAND_WEBSOCKETS: String(isWebSocket),
        },
      });
      started.push(client);
      client.stdout!.resume();
      const pid = await until('the command runs', () => [...sandbox.live][0]);
      await until('it writes', async () => (await writtenBy(pid)) > mebibyte);
      client.kill('SIGSTOP');
      const from = await writtenBy(pid);
      const held = await until('it is held back', async () => {
        const before = await writtenBy(pid);
        await sleep(stillMs);
        return (await writtenBy(pid)) === before && before;
      });
      assert.ok(held - from < onTheWayMax, `${held - from} bytes were taken for a client that has stopped`);
      // The control: it was the client that held it back.
      client.kill('SIGCONT');
      await until('it goes on', async () => (await writtenBy(pid)) > held + onTheWayMax, 40_000);
    });
});
