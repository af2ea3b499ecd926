import assert from 'node:assert/strict';
import type { ChildProcess } from 'node:child_process';
import { boxImage, testPodman, type TestPodman } from '../../../support/podman.ts';
import { until } from '../../../support/wait.ts';
import { kubectls, StreamCluster } from './cluster.ts';

/** Serves a page on 8080, and prints. */
const app = `
mkdir -p /tmp/www; echo hello from the pod > /tmp/www/index.html
httpd -p 127.0.0.1:8080 -h /tmp/www
while true; do echo tick; sleep 0.2; done
`;

/**
 * The stock kubectl, the API over TLS, a real link to the host, and real containers: what holds whoever runs the agent, hence also
 * run as an ordinary user (`test/agent/sandbox/rootless.test.ts`). Every way in stands in the rows of `test/kubectl/rows/streams.ts`.
 */
describe('kubectl into a real container', function () {
  this.timeout(60_000);
  let machine: TestPodman | undefined;
  let cluster: StreamCluster | undefined;
  const started: ChildProcess[] = [];
  before(async function () {
    const found = kubectls.length === 0 ? 'install kubectl to run these' : await testPodman();
    if (typeof found === 'string') {
      if (process.env['CI'] === 'true') throw new Error(found);
      console.log(`      skipped: ${found}`);
      return this.skip();
    }
    machine = found;
    cluster = await StreamCluster.create((folder) => found.driver(folder));
    await cluster.run('web', {
      runtimeClassName: 'podman',
      containers: [{ name: 'app', image: boxImage, command: ['sh', '-c', app] }],
    });
  });
  afterEach(() => {
    for (const child of started.splice(0)) child.kill('SIGKILL');
  });
  after(async () => {
    await cluster?.close();
    await machine?.close();
  });

  const kubectl = (args: string[], input = '') => cluster!.kubectl(kubectls[0]!, args, { input });
  const start = (args: string[]): ChildProcess => {
    const child = cluster!.start(kubectls[0]!, args);
    started.push(child);
    return child;
  };

  it('runs commands, forwards ports, attaches and looks into it', async () => {
    const ran = await kubectl(['exec', '-i', 'web', '--', 'sh', '-c', 'wc -c; exit 37'], 'x'.repeat(70_000));
    assert.equal(ran.code, 37, ran.err);
    assert.equal(ran.out.toString().trim(), '70000');

    let said = '';
    start(['port-forward', 'web', ':8080']).stdout!.on('data', (chunk: Buffer) => (said += chunk.toString()));
    const port = await until('it forwards', () => /127\.0\.0\.1:(\d+) ->/.exec(said)?.[1]);
    assert.equal(await (await fetch(`http://127.0.0.1:${port}/`)).text(), 'hello from the pod\n');

    let shown = '';
    start(['attach', 'web']).stdout!.on('data', (chunk: Buffer) => (shown += chunk.toString()));
    await until('it ticks', () => /tick\ntick\n/.test(shown));

    const look = 'ps; wget -qO- http://127.0.0.1:8080/';
    const words = ['debug', 'web', '-i', `--image=${boxImage}`, '--target=app', '--container=look', '--'];
    const looked = await kubectl([...words, 'sh', '-c', look]);
    assert.equal(looked.code, 0, looked.err);
    const printed = (await kubectl(['logs', 'web', '-c', 'look'])).out.toString();
    assert.match(printed, /httpd -p 127\.0\.0\.1:8080/);
    assert.match(printed, /hello from the pod/);
  });

  it('leaves no process behind when its caller vanishes', async () => {
    const child = start(['exec', '-i', 'web', '--', 'sleep', '4321']);
    const runs = async () =>
      (await kubectl(['exec', 'web', '--', 'ps'])).out.toString().includes('sleep 4321');
    await until('it runs', runs);
    child.kill('SIGKILL');
    await until('it is gone', async () => !(await runs()));
  });

  it('holds the container: no capability, a root that cannot be written, no network, its memory', async () => {
    const inside = async (command: string) => {
      const { out, err } = await kubectl(['exec', 'web', '-c', 'app', '--', 'sh', '-c', command]);
      return out.toString() + err;
    };
    assert.match(await inside('grep CapEff /proc/self/status'), /CapEff:\t0+\n/);
    assert.match(await inside('grep NoNewPrivs /proc/self/status'), /NoNewPrivs:\t1\n/);
    assert.match(await inside('touch /etc/x'), /Read-only file system|Permission denied/);
    assert.deepEqual((await inside('ls /sys/class/net')).trim().split('\n'), ['lo']);
    assert.match(await inside('touch /tmp/x && echo written'), /written/);
  });
});
