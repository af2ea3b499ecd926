import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isListening, listeningPorts, stillAlive, tree } from '../../scripts/demo/processes.ts';
import { Terminal, tmuxIsInstalled } from '../cli/terminal.ts';
import { until } from '../support/wait.ts';
import { askOnce } from './support/flow.ts';
import { Program, root } from './support/program.ts';

/** Everything ends within the pods' grace; the demonstration's pods need little of it. */
const stopMsMax = 15_000;
const secondStartMsMax = 15_000;

/** What `npm start` runs, in a folder of the test's. */
class Launcher extends Program {
  readonly startedAt = performance.now();

  constructor(folder: string) {
    super(process.execPath, [join(root, 'scripts', 'start.mjs'), '--folder', folder]);
  }

  get pid(): number {
    return this.child.pid!;
  }

  /** Resolves with the gateway's port once the app has answered. */
  async served(): Promise<number> {
    const [, port] = await this.line(/the app +http:\/\/hello\.default\.kith\.localhost:(\d+)\//);
    return Number(port);
  }
}

/** The same as a person types it, in a terminal of the usual size. */
class InTerminal {
  readonly terminal: Terminal;

  constructor(folder: string) {
    // Ctrl-C reaches the shell too, which is to live on.
    const command = `trap : INT; cd '${root}' && npm start -- --folder '${folder}'`;
    this.terminal = new Terminal(command, { columns: 80, rows: 24 }, { npm_config_update_notifier: 'false' });
  }

  /** The terminal's own shell stays; what it runs is to end. */
  get pid(): number {
    return tree(this.terminal.shell).find(({ parent }) => parent === this.terminal.shell)!.pid;
  }

  get ended(): Promise<unknown> {
    return this.shows(/EXIT=\d+/);
  }

  shows(pattern: RegExp, boundMs = 45_000): Promise<string> {
    return until(
      String(pattern),
      () => {
        const screen = this.terminal.screen();
        if (pattern.test(screen)) return screen;
        throw new Error(`it shows\n${screen}`);
      },
      boundMs,
    );
  }
}

describe('npm start', function () {
  this.timeout(90_000);
  let folder: string;
  const launchers: Launcher[] = [];
  const launch = (where = folder) => {
    const launcher = new Launcher(where);
    launchers.push(launcher);
    return launcher;
  };

  before(() => (folder = mkdtempSync(join(tmpdir(), 'kith-launcher-'))));
  after(async () => {
    for (const launcher of launchers) {
      for (const { pid } of tree(launcher.pid)) if (pid !== launcher.pid) process.kill(pid, 'SIGKILL');
      await launcher.kill();
    }
    rmSync(folder, { recursive: true, force: true });
  });

  /** Does `end` and holds that within the bound no process and no port of the launcher's is left. */
  async function endsWholly(launcher: Launcher | InTerminal, end: (pid: number) => void): Promise<void> {
    const { pid } = launcher;
    const ours = tree(pid);
    const ports = listeningPorts(ours.map((entry) => entry.pid));
    assert.ok(
      ours.length >= 10,
      `launcher, hub, up with three programs, two hosts, sandboxes: ${ours.length}`,
    );
    assert.ok(ports.length >= 2);
    end(pid);
    await launcher.ended;
    await until(
      'no process and no port is left',
      () => {
        const left = [...stillAlive(ours).map(({ command }) => command), ...ports.filter(isListening)];
        if (left.length > 0) throw new Error(left.join(', '));
        return true;
      },
      stopMsMax,
    );
  }

  it('serves the app, says how to reach it without a terminal, and ends wholly on Ctrl-C', async () => {
    const launcher = launch();
    const port = await launcher.served();
    assert.equal((await askOnce(port)).failure, undefined);
    await launcher.line(/kubeconfig +\S+/);
    await launcher.line(/hosts: .*attic .* · 3\/3 pods ready/);
    // A terminal sends ^C to the whole foreground group.
    await endsWholly(launcher, (pid) => process.kill(-pid, 'SIGINT'));
    assert.equal(await launcher.ended, 0, launcher.text);
    assert.match(launcher.text, /everything is stopped/);
  });

  it('reaches its first answer within 15 s in the same folder, with the same URL and pods, and ends on SIGTERM', async () => {
    const clusterFile = join(folder, 'attic', 'cluster.json');
    const before = readFileSync(clusterFile, 'utf8');
    const launcher = launch();
    await launcher.served();
    const tookMs = performance.now() - launcher.startedAt;
    assert.ok(tookMs < secondStartMsMax, `it took ${Math.round(tookMs)} ms`);
    const identity = (text: string) => {
      const { clusterKey, ports } = JSON.parse(text) as { clusterKey: string; ports: object };
      return { clusterKey, ports };
    };
    assert.deepEqual(identity(readFileSync(clusterFile, 'utf8')), identity(before));
    await endsWholly(launcher, (pid) => process.kill(pid, 'SIGTERM'));
    assert.equal(await launcher.ended, 0, launcher.text);
  });

  it('takes everything with it on kill -9; another that started at the same time has ports of its own', async () => {
    const folders = ['one', 'two'].map((name) => join(folder, name));
    const [first, second] = folders.map((path) => launch(path)) as [Launcher, Launcher];
    const ports = await Promise.all([first.served(), second.served()] as const);
    assert.notEqual(ports[0], ports[1]);
    for (const port of ports) assert.equal((await askOnce(port)).failure, undefined);
    await endsWholly(first, (pid) => process.kill(pid, 'SIGKILL'));
    assert.equal((await askOnce(ports[1])).failure, undefined, 'the other goes on');
    // The launcher and the program under it at the same moment.
    await endsWholly(second, (pid) => process.kill(-pid, 'SIGKILL'));
  });

  describe('in a terminal', () => {
    let demo: InTerminal | undefined;

    before(function () {
      if (tmuxIsInstalled) return;
      if (process.env['CI'] === 'true')
        throw new Error('tmux is not on the PATH: install it (apt install tmux)');
      console.log('      skipped: install tmux (apt install tmux) to run these');
      this.skip();
    });
    afterEach(() => {
      // What `npm start` runs under ends with its terminal, whose hang-up it takes as a wish to stop.
      demo?.terminal.close();
      demo = undefined;
    });

    it('opens kith top with its hosts and URL, tells the other addresses with ?, and ends wholly with q', async () => {
      demo = new InTerminal(folder);
      const { terminal } = demo;
      const screen = await demo.shows(
        /3\/3 hosts ready · 3\/3 pods ready +http:\/\/localhost:\d+\/ .*● live/,
      );
      for (const host of ['attic', 'barn', 'cellar'])
        assert.match(screen, new RegExp(`^ +${host} +● Ready`, 'm'));
      assert.match(screen, /q quit .*\? keys, URLs/);
      const port = Number(/localhost:(\d+)/.exec(screen)![1]);
      assert.equal((await askOnce(port)).failure, undefined);
      terminal.type('?');
      const help = (await demo.shows(/THIS CLUSTER/)).replaceAll('\n', '');
      assert.ok(help.includes(`http://localhost:${port}/`), help);
      for (const [name, path] of [
        ['KITH_HOME', join(folder, 'attic')],
        ['KUBECONFIG', join(folder, 'attic', 'kubeconfig')],
      ])
        assert.ok(help.includes(`export ${name}=${path}`), help);
      terminal.type('?');
      await demo.shows(/1 HOSTS/);
      await endsWholly(demo, () => terminal.type('q'));
      const after = await demo.shows(/EXIT=0/);
      assert.match(after, /stopping \(kith top was closed\)[^]*everything is stopped/);
      assert.deepEqual(terminal.modes(), { alternate: false, cursor: true });
    });

    it('ends wholly on Ctrl-C, while it starts and in kith top', async () => {
      demo = new InTerminal(folder);
      await demo.shows(/starting a DHT/);
      demo.terminal.type('C-c');
      await demo.shows(/everything is stopped[^]*EXIT=\d/);
      demo.terminal.close();
      demo = new InTerminal(folder);
      const { terminal } = demo;
      await demo.shows(/3\/3 pods ready/);
      await endsWholly(demo, () => terminal.type('C-c'));
      await demo.shows(/everything is stopped[^]*EXIT=0/);
    });
  });

  describe('however it ended', () => {
    it('wrote nothing of a fault that nobody handled', () => {
      const logs = readdirSync(folder, { withFileTypes: true })
        .map(({ name }) => join(folder, name, 'logs'))
        .filter((path) => existsSync(path))
        .flatMap((path) => readdirSync(path).map((file) => readFileSync(join(path, file), 'utf8')));
      assert.ok(logs.length >= 3);
      for (const text of [...logs, ...launchers.map((launcher) => launcher.text)])
        assert.doesNotMatch(text, /unhandled|uncaught|TypeError|ReferenceError|\n\s+at .+:\d+:\d+/i);
    });
  });
});
