import assert from 'node:assert/strict';
import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { processes, tree } from '../../scripts/demo/processes.ts';
import { until } from '../support/wait.ts';
import { Program, root } from './support/program.ts';

/** `npm start -- --check` after its set-up: what CI runs. */
class Check extends Program {
  constructor(folder: string, args: string[] = []) {
    const main = join(root, 'scripts', 'demo', 'main.ts');
    super(process.execPath, [
      '--disable-warning=ExperimentalWarning',
      main,
      '--check',
      '--folder',
      folder,
      ...args,
    ]);
  }

  /** The running `kith <verb>` of this check. */
  pid(verb: string): number {
    const found = tree(this.child.pid!).find(({ command }) =>
      new RegExp(`main\\.js ${verb}\\b`).test(command),
    );
    assert.ok(found, `no kith ${verb} runs`);
    return found.pid;
  }

  marker(): string {
    const environment = readFileSync(`/proc/${this.pid('hub')}/environ`, 'utf8').split('\0');
    return environment.find((line) => line.startsWith('KITH_DEMO='))!;
  }

  gatewayPort(): number {
    const record = JSON.parse(readFileSync(join(this.folder, 'attic', 'cluster.json'), 'utf8')) as {
      ports: { gateway: number };
    };
    return record.ports.gateway;
  }

  get folder(): string {
    return this.child.spawnargs[this.child.spawnargs.indexOf('--folder') + 1]!;
  }
}

/** The hello app with one more condition on where its pods may run. */
function manifestWith(folder: string, affinity: object): string {
  const text = readFileSync(join(root, 'manifests', 'hello.yaml'), 'utf8');
  const place = '    spec:\n      containers:';
  assert.ok(text.includes(place));
  const file = join(folder, 'app.yaml');
  writeFileSync(
    file,
    text.replace(place, `    spec:\n      affinity: ${JSON.stringify(affinity)}\n      containers:`),
  );
  return file;
}

const oneOnEachHost = {
  podAntiAffinity: {
    requiredDuringSchedulingIgnoredDuringExecution: [
      {
        topologyKey: 'kubernetes.io/hostname',
        labelSelector: { matchLabels: { 'app.kubernetes.io/name': 'hello' } },
      },
    ],
  },
};
const noneOn = (host: string) => ({
  nodeAffinity: {
    requiredDuringSchedulingIgnoredDuringExecution: {
      nodeSelectorTerms: [
        { matchExpressions: [{ key: 'kubernetes.io/hostname', operator: 'NotIn', values: [host] }] },
      ],
    },
  },
});

describe('npm start -- --check', function () {
  this.timeout(90_000);
  let folder: string;
  let check: Check | undefined;
  let planted: ChildProcess | undefined;
  let taken: Server | undefined;

  beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'kith-check-test-'))));
  afterEach(async () => {
    planted?.kill('SIGKILL');
    taken?.close();
    planted = taken = undefined;
    if (check) {
      const left = tree(check.child.pid!);
      await check.kill();
      assert.deepEqual(
        left
          .filter(({ pid }) => processes().some((entry) => entry.pid === pid))
          .map(({ command }) => command),
        [],
      );
    }
    check = undefined;
    rmSync(folder, { recursive: true, force: true });
  });

  async function expectFailure(running: Check, why: RegExp): Promise<void> {
    const code = await running.ended;
    const failures = running.lines.filter((line) => line.startsWith('FAILED: '));
    assert.equal(code, 1, running.text);
    assert.ok(failures.length > 0 && failures.every((line) => why.test(line)), running.text);
  }

  it('ends with 0 and a table of steps in milliseconds when all holds', async () => {
    check = new Check(folder);
    assert.equal(await check.ended, 0, check.text);
    for (const step of [
      'set-up',
      'controller ready',
      'agents joined',
      'apply → first answer',
      'host lost → replaced',
    ])
      assert.match(check.text, new RegExp(`^ *${step} +\\d+ ms$`, 'm'));
    assert.match(check.text, /^ *failed requests meanwhile +\d+$/m);
    assert.match(check.text, /check passed/);
  });

  it('ends with 1 when a replica never answers', async () => {
    const manifest = manifestWith(folder, { ...oneOnEachHost, ...noneOn('cellar') });
    check = new Check(folder, ['--manifest', manifest, '--replies-within', '20']);
    await expectFailure(check, /only 2 of 3 replicas answered within 20 s/);
  });

  it('ends with 1 when no replacement answers within 10 s, for want of a fourth host', async () => {
    check = new Check(folder, ['--manifest', manifestWith(folder, oneOnEachHost)]);
    await expectFailure(check, /no replacement under a new name answered within 10 s/);
  });

  it('ends with 1 when a request fails that was sent later than 3 s after the kill', async () => {
    check = new Check(folder);
    await check.line(/killed host/);
    const killedAt = performance.now();
    await until('3.5 s after the kill', () => performance.now() - killedAt > 3_500);
    process.kill(check.pid('gateway'), 'SIGKILL');
    await expectFailure(check, /a request sent \d+ ms after the kill failed/);
  });

  it('ends with 1 when a process of the swarm is left behind', async () => {
    check = new Check(folder);
    await check.line(/killed host/);
    const [name, marker] = check.marker().split('=');
    planted = spawn('sleep', ['1000'], {
      env: { [name!]: marker, PATH: process.env['PATH'] },
      stdio: 'ignore',
    });
    await expectFailure(check, /a process was left behind: \d+ sleep 1000/);
  });

  it('ends with 1 when a port of the swarm still listens', async () => {
    check = new Check(folder);
    await check.line(/killed host/);
    const port = check.gatewayPort();
    await check.line(/answers in its place/);
    // Somebody else takes the port the moment it is free: to the check that is a port left behind.
    taken = await until(
      'the port is ours',
      () =>
        new Promise<Server | false>((resolve) => {
          const server = createServer();
          server.once('error', () => resolve(false));
          server.listen(port, '127.0.0.1', () => resolve(server));
        }),
      60_000,
    );
    await expectFailure(check, new RegExp(`a listening port was left behind: ${port}`));
  });
});
