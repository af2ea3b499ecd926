import { randomBytes } from 'node:crypto';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import assert from 'node:assert/strict';
import { createInterface } from 'node:readline';
import type { Node, Pod } from '../../../api/types.ts';
import { Kith, Running } from '../../../scripts/demo/kith.ts';
import { marked, stillAlive, tree, type ProcessEntry } from '../../../scripts/demo/processes.ts';
import { until } from '../../support/wait.ts';
import { root } from './program.ts';

/** What no program may write: a fault that nobody handled, or a stack. */
const crash = /unhandled|uncaught|\b(?:Type|Reference|Range|Syntax|Assertion)Error\b|^\s+at .+:\d+:\d+\)?$/i;
/** Pods end within their grace, then the programs do. */
const stopGraceMs = 20_000;

export const helloSource = join(root, 'manifests', 'hello');
export const helloManifest = join(root, 'manifests', 'hello.yaml');
export const appHost = 'hello.default.kith.localhost';

/** A swarm of real processes on loopback, each started by what a user would type, in home folders of its own. */
export class TestSwarm {
  #folder: string | undefined;
  readonly marker = randomBytes(6).toString('hex');
  readonly #running: Running[] = [];
  readonly #said = new Map<string, string[]>();
  bootstrap = '';
  gatewayPort = 0;

  /** Made when it is first needed: a swarm whose tests are not run has nobody to remove it. */
  get folder(): string {
    return (this.#folder ??= mkdtempSync(join(tmpdir(), 'kith-e2e-')));
  }

  /** The home called `name`, whose commands run as a user would type them. */
  kith(name: string, environment: NodeJS.ProcessEnv = {}): Kith {
    const kith = new Kith(join(this.folder, name), this.marker);
    Object.assign(kith.environment, environment);
    return kith;
  }

  get founder(): Kith {
    return this.kith('attic');
  }

  /** Starts a program that stays, and resolves once it serves. */
  async start(name: string, kith: Kith, args: string[]): Promise<Running> {
    const running = this.launch(name, kith, args);
    await running.ready;
    return running;
  }

  /** The same without waiting. */
  launch(name: string, kith: Kith, args: string[]): Running {
    const running = new Running(
      name,
      kith.spawn(args[0] === 'gateway' ? args : [...args, '--output', 'json']),
    );
    this.#running.push(running);
    const said = this.#said.get(name) ?? [];
    this.#said.set(name, said);
    createInterface({ input: running.child.stderr! }).on('line', (line) => said.push(line));
    return running;
  }

  /** A DHT of its own; `port` for one that comes back at the same place. */
  async hub(port?: number): Promise<Running> {
    const at = port === undefined ? [] : ['--port', String(port)];
    const hub = await this.start('hub', this.founder, ['hub', '--host', '127.0.0.1', ...at]);
    this.bootstrap = (await hub.ready)['bootstrap']!;
    return hub;
  }

  async up(args: string[] = [], environment: NodeJS.ProcessEnv = {}): Promise<Running> {
    const up = await this.start('up', this.kith('attic', environment), [
      'up',
      '--name',
      'attic',
      '--bootstrap',
      this.bootstrap,
      ...args,
    ]);
    this.gatewayPort = Number((await up.ready)['gatewayPort']);
    return up;
  }

  async invite(...args: string[]): Promise<string> {
    const text = await this.founder.run(['invite', '--tier', 'own', '--output', 'json', ...args]);
    return (JSON.parse(text) as { invite: string }).invite;
  }

  async join(name: string, environment: NodeJS.ProcessEnv = {}): Promise<Running> {
    return this.start(`join-${name}`, this.kith(name, environment), [
      'join',
      await this.invite(),
      '--name',
      name,
    ]);
  }

  /** `kith join` without an invite: the host comes back. */
  rejoin(name: string): Promise<Running> {
    return this.start(`join-${name}`, this.kith(name), ['join']);
  }

  buildHello(kith = this.founder): Promise<string> {
    return kith.run(['image', 'build', helloSource, '--tag', 'hello:v1']);
  }

  async pods(): Promise<Pod[]> {
    return (JSON.parse(await this.founder.run(['get', 'pods', '-o', 'json'])) as { items: Pod[] }).items;
  }

  async nodes(): Promise<Node[]> {
    return (JSON.parse(await this.founder.run(['get', 'nodes', '-o', 'json'])) as { items: Node[] }).items;
  }

  /** Resolves with the app's pods once exactly `count` are there, all ready. */
  readyPods(count: number, boundMs = 30_000): Promise<Pod[]> {
    return until(
      `${count} ready pods`,
      async () => {
        const pods = await this.pods();
        const ready = pods.filter(
          ({ metadata, status }) =>
            !metadata!.deletionTimestamp &&
            status?.conditions?.some(({ type, status: is }) => type === 'Ready' && is === 'True'),
        );
        if (ready.length === count && pods.length === count) return pods;
        throw new Error(
          pods
            .map(({ metadata, status }) => `${metadata!.name} ${status?.phase} ${status?.reason ?? ''}`)
            .join(', '),
        );
      },
      boundMs,
    );
  }

  /** Every live process of this swarm, sandboxes included. */
  processes(): ProcessEntry[] {
    const all = new Map<number, ProcessEntry>();
    for (const { pid } of marked(this.marker)) for (const entry of tree(pid)) all.set(entry.pid, entry);
    return [...all.values()];
  }

  /** The one process that runs `kith <verb>` in the home called `name`. */
  pid(verb: string, name = 'attic'): number {
    const home = `KITH_HOME=${join(this.folder, name)}`;
    const found = marked(this.marker).filter(
      ({ pid, command }) =>
        new RegExp(`main\\.js ${verb}\\b`).test(command) &&
        readFileSync(`/proc/${pid}/environ`, 'utf8').split('\0').includes(home),
    );
    assert.equal(found.length, 1, `one kith ${verb} in ${name}: ${found.map(({ pid }) => pid).join(', ')}`);
    return found[0]!.pid;
  }

  /** What the programs wrote, by file or program. */
  logs(): Map<string, string[]> {
    const logs = new Map(this.#said);
    for (const home of readdirSync(this.folder)) {
      const folder = join(this.folder, home, 'logs');
      if (!existsSync(folder)) continue;
      for (const file of readdirSync(folder))
        logs.set(`${home}/${file}`, readFileSync(join(folder, file), 'utf8').split('\n'));
    }
    return logs;
  }

  /** Stops everything and holds that nothing is left, that nothing had to be killed, and that no program crashed. */
  async stop(): Promise<void> {
    const before = this.processes();
    const killed: string[] = [];
    // Hosts first, and the DHT last, as a person would.
    for (const group of [/^join-|^gateway/, /^up/, /./])
      await Promise.all(
        this.#running
          .filter(
            ({ name, child }) => group.test(name) && child.exitCode === null && child.signalCode === null,
          )
          .map(async (running) => {
            if ((await running.stop(stopGraceMs)).killed) killed.push(running.name);
          }),
      );
    let left: ProcessEntry[] = [];
    try {
      await until(
        'no process is left',
        () => (left = [...stillAlive(before), ...marked(this.marker)]).length === 0,
        3_000,
      ).catch(() => {});
      assert.deepEqual(
        left.map(({ command }) => command),
        [],
        'processes left behind',
      );
      assert.deepEqual(killed, [], 'programs that did not end by themselves');
      this.assertNoCrash();
    } finally {
      for (const { pid } of left) end(pid);
      if (process.env['KITH_TEST_KEEP']) console.log(`      kept: ${this.folder}`);
      else rmSync(this.folder, { recursive: true, force: true });
    }
  }

  /** The end of every log: what a failed test should show. */
  lastWords(): string {
    return [...this.logs()].map(([file, lines]) => `--- ${file}\n${lines.slice(-12).join('\n')}`).join('\n');
  }

  assertNoCrash(): void {
    const crashes = [...this.logs()].flatMap(([file, lines]) =>
      lines.filter((line) => crash.test(line)).map((line) => `${file}: ${line}`),
    );
    assert.deepEqual(crashes.slice(0, 5), [], 'faults that nobody handled');
  }
}

function end(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}
