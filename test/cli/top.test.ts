import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { until } from '../support/wait.ts';
import { binary, CliCluster } from './cluster.ts';
import { happened, host, runningPod } from './swarm-objects.ts';
import { Terminal, tmuxIsInstalled } from './terminal.ts';

/** Two signs of life that did not come, and a frame. */
const silenceShownMsMax = 6_500;

describe('kith top in a terminal', function () {
  this.timeout(60_000);
  let cluster: CliCluster;
  let terminal: Terminal | undefined;

  before(async function () {
    if (!tmuxIsInstalled) {
      if (process.env['CI'] === 'true')
        throw new Error('tmux is not on the PATH: install it (apt install tmux)');
      console.log('      skipped: install tmux (apt install tmux) to run these');
      return this.skip();
    }
    cluster = await CliCluster.start();
  });
  after(() => cluster?.stop());

  const fill = async () => {
    await cluster.put(
      host('attic'),
      host('cellar'),
      runningPod('hello-1', 'attic'),
      runningPod('hello-2', 'cellar', { reason: 'CrashLoopBackOff', message: 'back-off 20s' }),
      happened('hello-2', 'BackOff', 'Back-off restarting failed container', 'Warning'),
    );
  };
  beforeEach(fill);
  afterEach(() => {
    terminal?.close();
    terminal = undefined;
  });

  const open = (columns = 80, rows = 24, environment: Record<string, string> = {}) =>
    (terminal = new Terminal(
      `${process.execPath} ${binary} top`,
      { columns, rows },
      { KITH_HOME: cluster.home, ...environment },
    ));
  const shows = (pattern: RegExp, boundMs = 15_000) =>
    until(
      `${pattern} on the screen`,
      () => pattern.test(terminal!.screen()) && terminal!.screen(),
      boundMs,
    ).catch((error: Error) => {
      throw new Error(`${error.message}; it shows\n${terminal!.screen()}`);
    });

  it('shows hosts, pods and events as they come, and quits with q, leaving the terminal as it was', async () => {
    open();
    const screen = await shows(/● live/);
    for (const part of [/attic +● Ready/, /hello-2 +✗ CrashLoopBackOff/, /! BackOff/, /q quit/])
      assert.match(screen, part);
    assert.deepEqual(terminal!.modes(), { alternate: true, cursor: false });
    await cluster.put(runningPod('hello-3', 'attic'));
    await shows(/hello-3 +● Running/);
    await cluster.remove({ kind: 'Pod', metadata: { name: 'hello-3', namespace: 'default' } });
    await until('the pod is gone', () => !terminal!.screen().includes('hello-3'));
    terminal!.type('q');
    const left = await shows(/EXIT=0/);
    assert.doesNotMatch(left, /HOSTS/);
    assert.deepEqual(terminal!.modes(), { alternate: false, cursor: true });
  });

  it('opens the log of the selected pod and filters in it', async () => {
    open();
    await shows(/hello-1/);
    terminal!.type('Enter');
    await shows(/LOG default\/hello-1/);
    await cluster.log('default/hello-1', 'GET /a 200');
    await cluster.log('default/hello-1', 'GET /b 500');
    await shows(/GET \/b 500/);
    terminal!.type('/', '5', '0', '0', 'Enter');
    await shows(/1 of 2 match 500/);
    assert.doesNotMatch(terminal!.screen(), /GET \/a/);
    terminal!.type('Escape');
    await shows(/GET \/a/);
    terminal!.type('q');
    await shows(/2 PODS/);
    terminal!.type('?');
    await shows(/KEYS/);
  });

  it('keeps its screen whole whatever a pod writes', async () => {
    open();
    await shows(/● live/);
    terminal!.type('Enter');
    await shows(/LOG default/);
    await cluster.log('default/hello-1', '\u001b[2J\u001b[H\u001b]0;pwned\u0007日本語のログ'.repeat(20));
    await cluster.log('default/hello-1', `👩‍👩‍👧${'\u202E'}\u001b[31mred\t${'長'.repeat(60)}`);
    await cluster.log('default/hello-1', 'the last line');
    const lines = (await shows(/the last line/)).split('\n');
    assert.match(lines[0]!, /^ kith home .*● live$/);
    assert.match(lines[1]!, /^━ LOG default\/hello-1 ━+$/);
    assert.match(lines[23]!, /q back/);
  });

  it('fits into 44 columns, 120×40 and back as the terminal is resized', async () => {
    open();
    await shows(/3 EVENTS/);
    terminal!.resize(44, 14);
    await until('one pane', () => !terminal!.screen().includes('HOSTS'));
    await shows(/2 PODS.*\n.*\n.*hello-1 +● Running/);
    terminal!.resize(120, 40);
    const large = await shows(/1 HOSTS/);
    await shows(/━{100}/);
    assert.match(large, /^ kith home/);
    terminal!.resize(80, 24);
    // Header and hints on their lines, and no line of another size's frame between them.
    await shows(/^ kith home .*● live\n(.*\n){22} q quit/);
  });

  it('outlives a server that is killed: shows how old its data is and when it asks again, and comes back by itself', async () => {
    open();
    await shows(/● live/);
    await cluster.kill();
    await shows(/✗ controller away · data \d+s old · (next try in \ds|asking again)/);
    const age = () => Number(/data (\d+)s old/.exec(terminal!.screen())?.[1] ?? 0);
    const before = age();
    await until('its data grow older', () => age() > before);
    assert.match(terminal!.screen(), /hello-1 +● Running/);
    await cluster.serve();
    await fill();
    await cluster.put(host('garden'));
    await shows(/garden +● Ready/, 20_000);
    await shows(/● live/, 20_000);
  });

  it('tells within seconds of a server that falls silent, keeps what it knew, and is live again as soon as the server is', async () => {
    open();
    await shows(/● live/);
    cluster.suspend();
    try {
      await shows(/✗ no word from the controller · data \d+s old · asking again/, silenceShownMsMax);
      assert.match(terminal!.screen(), /hello-1 +● Running/);
      await shows(/data (7|8|9)s old/);
    } finally {
      cluster.resume();
    }
    await shows(/● live/, 5_000);
    await cluster.put(host('porch'));
    await shows(/porch +● Ready/);
    await cluster.remove(host('porch'));
  });

  it('leaves a clean terminal when it is told to end', async () => {
    open();
    await shows(/● live/);
    const children = execFileSync('ps', ['-o', 'pid=', '--ppid', String(terminal!.shell)], {
      encoding: 'utf8',
    });
    process.kill(Number(children.trim().split(/\s+/)[0]), 'SIGTERM');
    await shows(/EXIT=(143|0)/);
    assert.deepEqual(terminal!.modes(), { alternate: false, cursor: true });
    terminal!.type('still echoed', 'Enter');
    await shows(/still echoed/);
  });

  it('uses colours, none with NO_COLOR, and needs none to tell states apart', async () => {
    open();
    await shows(/● live/);
    // eslint-disable-next-line no-control-regex
    const colour = /\u001b\[[\d;]*3[0-7]m/;
    assert.match(terminal!.screen({ colours: true }), colour);
    terminal!.close();
    open(80, 24, { NO_COLOR: '1', CI: 'true' });
    const plain = await shows(/✗ CrashLoopBackOff/);
    assert.match(plain, /attic +● Ready/);
    assert.doesNotMatch(terminal!.screen({ colours: true }), colour);
  });
});
