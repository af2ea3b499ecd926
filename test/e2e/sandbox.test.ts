import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Event, Pod } from '../../api/types.ts';
import { tree } from '../../scripts/demo/processes.ts';
import { until } from '../support/wait.ts';
import { Program, root } from './support/program.ts';
import { appsOf, idsOf, interfacesOf, namespacesOf, walls } from './support/sandboxes.ts';
import { helloManifest, TestSwarm } from './support/swarm.ts';

interface Listed {
  digest: string;
  annotations: Record<string, string>;
}

describe('apps on hosts with bubblewrap', function () {
  this.timeout(60_000);
  let swarm: TestSwarm | undefined;
  let pods: Pod[];
  before(async function () {
    if (spawnSync('bwrap', ['--unshare-all', '--ro-bind', '/', '/', 'true']).status !== 0) {
      const missing = 'install bubblewrap, and allow its user namespaces, to run these';
      if (process.env['CI'] === 'true') throw new Error(missing);
      console.log(`      skipped: ${missing}`);
      return this.skip();
    }
    swarm = new TestSwarm();
    await swarm.hub();
    await swarm.up();
    await Promise.all(['barn', 'cellar'].map((name) => swarm!.join(name)));
    await swarm.buildHello();
    assert.deepEqual(imagesOf('barn'), [], 'a host that has run nothing yet holds no image');
    await swarm.founder.run(['apply', '-f', helloManifest]);
    pods = await swarm.readyPods(3);
  });
  after(() => swarm?.stop());

  const imagesOf = (host: string): Listed[] => {
    try {
      const text = readFileSync(join(swarm!.folder, host, 'images', 'index.json'), 'utf8');
      return (JSON.parse(text) as { manifests: Listed[] }).manifests;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
      throw error;
    }
  };
  const agentOf = (host: string) => swarm!.pid(host === 'attic' ? 'agent' : 'join', host);
  const hosts = () => [...new Set(pods.map(({ spec }) => spec!.nodeName!))];

  it('run each in network, mount, user and PID namespaces of their own, as /proc shows', () => {
    assert.ok(hosts().length > 1, `pods on several hosts: ${hosts().join(', ')}`);
    const seen: string[] = [];
    for (const host of hosts()) {
      const agent = agentOf(host);
      const own = namespacesOf(agent);
      assert.deepEqual(
        own,
        namespacesOf(process.pid),
        'the agent itself is an ordinary program: what follows can fail',
      );
      const apps = appsOf(agent);
      assert.equal(apps.length, pods.filter(({ spec }) => spec!.nodeName === host).length, `apps on ${host}`);
      for (const app of apps) {
        const inside = namespacesOf(app);
        for (const wall of walls) assert.notEqual(inside[wall], own[wall], `${host}: ${wall}`);
        assert.equal(idsOf(app).at(-1), 1, 'in its own count it is the first process, and sees no other');
        assert.deepEqual(interfacesOf(app), ['lo'], 'no way into a network');
        seen.push(...Object.values(inside));
      }
    }
    assert.equal(new Set(seen).size, 3 * walls.length, 'no two of them share a namespace');
  });

  it('came to hosts that never built their image from a peer, under the digest that was built', async () => {
    const [built] = imagesOf('attic');
    assert.equal(built!.annotations['home.arpa.kith.origin'], 'built');
    const { items } = JSON.parse(await swarm!.founder.run(['get', 'events', '-o', 'json'])) as {
      items: Event[];
    };
    const joined = pods.filter(({ spec }) => spec!.nodeName !== 'attic');
    assert.ok(joined.length > 0);
    for (const { metadata, spec, status } of joined) {
      const [container] = spec!.containers;
      assert.equal(container!.image, `hello:v1@${built!.digest}`, 'kith apply pinned what was built');
      assert.equal(status!.containerStatuses![0]!.imageID, built!.digest);
      const image = imagesOf(spec!.nodeName!).find(({ digest }) => digest === built!.digest);
      assert.ok(['attic', 'barn', 'cellar'].includes(image!.annotations['home.arpa.kith.origin']!));
      assert.notEqual(image!.annotations['home.arpa.kith.origin'], spec!.nodeName);
      const said = items
        .filter(({ involvedObject, reason }) => involvedObject.name === metadata!.name && reason === 'Pulled')
        .map(({ message }) => message!);
      assert.match(
        said.join('\n'),
        /^(Successfully pulled image "hello:v1@sha256:[0-9a-f]{64}"|Container image .* already present)/,
      );
    }
    const firsts = joined.map(({ spec }) => spec!.nodeName!);
    for (const host of new Set(firsts)) {
      const names = joined
        .filter(({ spec }) => spec!.nodeName === host)
        .map(({ metadata }) => metadata!.name!);
      const bytes = items
        .filter(({ involvedObject, reason }) => names.includes(involvedObject.name!) && reason === 'Pulled')
        .map(({ message }) => Number(/Image size: (\d+) bytes/.exec(message!)?.[1] ?? 0));
      assert.ok(Math.max(...bytes) > 1_000_000, `bytes came to ${host}: ${bytes.join(', ')}`);
    }
  });
});

describe('npm start -- --check without bubblewrap', function () {
  this.timeout(120_000);
  /** A whole run takes 20 s alone; beside other tests its steps wait for the processor. */
  const stepMsMax = 60_000;
  let folder: string;
  let check: Program | undefined;
  before(() => (folder = mkdtempSync(join(tmpdir(), 'kith-bare-'))));
  after(async () => {
    if (check) {
      for (const { pid } of tree(check.child.pid!)) if (pid !== check.child.pid) process.kill(pid, 'SIGKILL');
      await check.kill();
    }
    rmSync(folder, { recursive: true, force: true });
  });

  it('passes all the same, since its hosts are the user’s own, and says so', async () => {
    const nothing = join(folder, 'empty');
    mkdirSync(nothing);
    const main = join(root, 'scripts', 'demo', 'main.ts');
    check = new Program(
      process.execPath,
      ['--disable-warning=ExperimentalWarning', main, '--check', '--folder', join(folder, 'demo')],
      // Every program of ours is started by its full path; the one that is looked for by its name is bubblewrap.
      { env: { ...process.env, PATH: nothing } },
    );
    await check.line(
      /the hosts run apps without an OS sandbox, hence its owner's own only: install bubblewrap/,
      stepMsMax,
    );
    await check.line(/answered so far: /, stepMsMax);
    const agent = await until('the agent', () =>
      tree(check!.child.pid!).find(({ command }) => /main\.js agent\b/.test(command)),
    );
    // No walls: this is what the test above would see if there were none.
    const [app] = await until('an app on this host', () => appsOf(agent.pid).length > 0 && appsOf(agent.pid));
    assert.deepEqual(namespacesOf(app!), namespacesOf(agent.pid));

    const kith = (args: string[]) =>
      spawnSync(process.execPath, [join(root, 'dist', 'cli', 'main.js'), ...args], {
        env: {
          ...process.env,
          KITH_HOME: join(folder, 'demo', 'attic'),
          KUBECONFIG: join(folder, 'demo', 'attic', 'kubeconfig'),
        },
        encoding: 'utf8',
      }).stdout;
    assert.match(kith(['describe', 'node', 'attic']), /kith\.home\.arpa\/isolation.*wasm=none/);
    const log = readFileSync(join(folder, 'demo', 'attic', 'logs', 'agent.log'), 'utf8');
    assert.match(
      log,
      /no operating-system sandbox: only the owner’s own apps will run here .*bubblewrap is not installed/,
    );

    assert.equal(await check.ended, 0, check.text);
    assert.match(check.text, /check passed/);
  });
});
