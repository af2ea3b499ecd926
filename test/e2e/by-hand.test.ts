import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import type { Pod } from '../../api/types.ts';
import type { Kith, Running } from '../../scripts/demo/kith.ts';
import { killHost, tree } from '../../scripts/demo/processes.ts';
import { until } from '../support/wait.ts';
import { askOnce, failures, Flow } from './support/flow.ts';
import { helloManifest, helloSource, TestSwarm } from './support/swarm.ts';

const usersConfig = `# mine, not kith's
apiVersion: v1
kind: Config
current-context: work
clusters:
  - name: work
    cluster: {server: "https://10.0.0.1:6443"} # the office
users:
  - name: me
    user: {token: abc}
contexts:
  - name: work
    context: {cluster: work, user: me}
`;

const namesOf = (pods: Pod[]) => pods.map(({ metadata }) => metadata!.name!).sort();

/** Runs a command with text on its standard input. */
function runWith(kith: Kith, args: string[], input: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const program = kith.spawn(['version']).spawnargs[1]!;
    const child = spawn(process.execPath, [program, ...args], { env: kith.environment });
    let text = '';
    child.stdout.on('data', (chunk) => (text += chunk));
    child.stderr.on('data', (chunk) => (text += chunk));
    child.once('close', (code) => (code === 0 ? resolve(text) : reject(new Error(text))));
    child.stdin.end(input);
  });
}

/** One after the other, as a person would type it; each step begins where the one before ended. */
describe('kith by hand', function () {
  this.timeout(90_000);
  this.bail(true);
  const swarm = new TestSwarm();
  let attic: Kith;
  let up: Running;
  let barn: Running;
  let userConfig: string;
  const kith = (...args: string[]) => attic.run(args);

  before(async () => {
    userConfig = join(swarm.folder, 'kubeconfig');
    writeFileSync(userConfig, usersConfig);
    attic = swarm.kith('attic', { KUBECONFIG: userConfig });
    const image = swarm.buildHello(attic);
    image.catch(() => {});
    await swarm.hub();
    up = await swarm.start('up', attic, ['up', '--name', 'attic', '--bootstrap', swarm.bootstrap]);
    swarm.gatewayPort = Number((await up.ready)['gatewayPort']);
    await image;
  });
  after(() => swarm.stop());

  it('kith up adds its context to the user’s kubeconfig and leaves all else as it was', () => {
    const text = readFileSync(userConfig, 'utf8');
    for (const line of usersConfig.split('\n'))
      assert.ok(text.includes(line.trim()), `lost: ${line}\n${text}`);
    assert.match(text, /^current-context: work$/m);
    assert.match(text, /name: kith-home/);
  });

  it('kith invite prints one line with which kith join brings a host', async () => {
    const line = (await kith('invite', '--tier', 'own')).trim();
    assert.match(line, /^kith join kith1[\w-]+$/);
    barn = await swarm.start('join-barn', swarm.kith('barn'), [
      ...line.split(' ').slice(1),
      '--name',
      'barn',
    ]);
    assert.equal((await barn.ready)['node'], 'barn');
    assert.match(await kith('get', 'nodes', '-o', 'wide'), /attic +Ready.*\n.*barn +Ready/);
  });

  it('kith apply takes a file, a folder and standard input', async () => {
    assert.match(await kith('apply', '-f', helloManifest), /deployment\.apps\/hello created/);
    const folder = join(swarm.folder, 'more');
    mkdirSync(folder);
    writeFileSync(
      join(folder, 'a.yaml'),
      'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: from-folder}\ndata: {a: b}\n',
    );
    assert.match(await kith('apply', '-f', folder), /configmap\/from-folder created/);
    const text = 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: from-stdin}\n';
    assert.match(await runWith(attic, ['apply', '-f', '-'], text), /configmap\/from-stdin created/);
    await swarm.readyPods(3);
  });

  it('kith get, describe, open, kubeconfig and version tell what is there', async () => {
    const [pod] = await swarm.pods();
    assert.match(await kith('get', 'deploy,svc'), /hello[^]*hello/);
    assert.match(await kith('describe', 'pod', pod!.metadata!.name!), /Image:? +hello:v1[^]*Started/);
    const url = (await kith('open', 'hello', '--print')).trim();
    assert.equal(url, `http://hello.default.kith.localhost:${swarm.gatewayPort}/`);
    assert.match(await kith('kubeconfig'), /current-context: kith-home/);
    assert.match(await kith('version'), /0\.1\.0/);
  });

  it('serves from hosts that never built the image: they pulled it by digest from a peer', async () => {
    const pods = await swarm.readyPods(3);
    const elsewhere = pods.filter(({ spec }) => spec?.nodeName === 'barn');
    assert.ok(elsewhere.length > 0, 'no replica runs on barn');
    const [status] = elsewhere[0]!.status!.containerStatuses!;
    const digest = /sha256:([0-9a-f]{64})/.exec(status!.imageID!)![1]!;
    const held = readdirSync(join(swarm.folder, 'barn', 'images'), { recursive: true }).map(String);
    assert.ok(
      held.some((name) => name.endsWith(digest)),
      held.join('\n'),
    );
    const nodes = new Set<unknown>();
    await until('both hosts answer', async () => {
      nodes.add((await askOnce(swarm.gatewayPort)).body?.['node']);
      return nodes.has('barn') && nodes.has('attic');
    });
    const events = await kith('describe', 'pod', elsewhere[0]!.metadata!.name!);
    assert.match(events, /Pull/);
  });

  it('runs each app’s process in network, mount, user and process namespaces of its own', () => {
    const kinds = ['net', 'mnt', 'user', 'pid'] as const;
    const sandboxes = tree(barn.child.pid!).filter(({ command }) =>
      /^\/kith\/node .*kith-pod=/.test(command),
    );
    assert.ok(sandboxes.length > 0, 'no sandbox under barn');
    for (const { pid } of sandboxes)
      for (const kind of kinds) {
        const [own, ours] = [pid, process.pid].map((each) => readlinkSync(`/proc/${each}/ns/${kind}`));
        assert.notEqual(own, ours, `the app shares its ${kind} namespace with us`);
      }
    // The control: a process of ours that is in no sandbox shares all four.
    for (const kind of kinds)
      assert.equal(
        readlinkSync(`/proc/${barn.child.pid}/ns/${kind}`),
        readlinkSync(`/proc/${process.pid}/ns/${kind}`),
      );
  });

  it('brings an edited app by a rolling update without a failed request', async () => {
    const source = join(swarm.folder, 'edited');
    cpSync(helloSource, source, { recursive: true });
    const index = join(source, 'index.js');
    const text = readFileSync(index, 'utf8');
    const changed = text
      .replace(
        'const facts = {',
        "console.log('asked for the new page');\n    const facts = {\n      edition: 2,",
      )
      .replace("env.GREETING ?? 'Hello'", "'A new page'");
    assert.notEqual(changed, text);
    writeFileSync(index, changed);
    await kith('image', 'build', source, '--tag', 'hello:v2');
    const manifest = join(swarm.folder, 'v2.yaml');
    writeFileSync(manifest, readFileSync(helloManifest, 'utf8').replace('hello:v1', 'hello:v2'));
    const before = namesOf(await swarm.pods());

    const flow = new Flow(() => swarm.gatewayPort);
    try {
      await until('requests flow', () => flow.answered.length > 20);
      assert.match(await kith('apply', '-f', manifest), /deployment\.apps\/hello configured/);
      await until(
        'only new pods are there',
        async () => (await swarm.pods()).every(({ metadata }) => !before.includes(metadata!.name!)),
        60_000,
      );
      await swarm.readyPods(3);
      const from = flow.answered.length;
      await until('the new page is asked for', () => flow.answered.length > from + 50);
    } finally {
      const asked = await flow.stop();
      assert.deepEqual(failures(asked), []);
      assert.equal(asked[0]!.body?.['edition'], undefined);
      for (const { body } of asked.slice(-20)) assert.equal(body?.['greeting'], 'A new page');
    }
  });

  it('kith logs -f goes on with what the app writes', async () => {
    const logs = attic.spawn(['logs', '-f', 'deployment/hello']);
    try {
      let text = '';
      logs.stdout!.on('data', (chunk) => (text += chunk));
      const count = () => text.split('asked for the new page').length - 1;
      await until('what it wrote before', () => count() > 0);
      const before = count();
      await until('what it writes now', async () => {
        await askOnce(swarm.gatewayPort);
        return count() > before + 3;
      });
    } finally {
      logs.kill('SIGKILL');
    }
  });

  for (const [how, end] of [
    ['Ctrl-C', (pid: number) => process.kill(pid, 'SIGINT')],
    ['kill -9', (pid: number) => process.kill(pid, 'SIGKILL')],
    ['a cut of the power', (pid: number) => void killHost(pid)],
  ] as const)
    it(`kith up after ${how} resumes the same cluster, apps and URL`, async () => {
      const before = await swarm.pods();
      const cluster = readFileSync(join(swarm.folder, 'attic', 'cluster.json'), 'utf8');
      const port = swarm.gatewayPort;
      end(up.child.pid!);
      await up.ended;
      up = await swarm.start('up', attic, ['up']);
      assert.equal(readFileSync(join(swarm.folder, 'attic', 'cluster.json'), 'utf8'), cluster);
      assert.equal(Number((await up.ready)['gatewayPort']), port);
      await until('the app answers', async () => (await askOnce(port)).failure === undefined, 15_000);
      const after = await swarm.readyPods(3);
      // Down for longer than a host may be silent, attic's pods may have moved; those of barn never had a reason to.
      const onBarn = (pods: Pod[]) => namesOf(pods.filter(({ spec }) => spec?.nodeName === 'barn'));
      for (const name of onBarn(before)) assert.ok(onBarn(after).includes(name), `${name} was replaced`);
    });

  it('kith leave takes a host out for good, its pods go on elsewhere, and nothing of the membership stays', async () => {
    const home = join(swarm.folder, 'barn');
    const flow = new Flow(() => swarm.gatewayPort, 50);
    try {
      const text = await swarm.kith('barn').run(['leave']);
      assert.match(text, /Left\. Removed from/);
      assert.equal(await barn.ended, 'exit code 0');
      const pods = await swarm.readyPods(3);
      assert.deepEqual([...new Set(pods.map(({ spec }) => spec?.nodeName))], ['attic']);
      assert.deepEqual(
        (await swarm.nodes()).map(({ metadata }) => metadata!.name),
        ['attic'],
      );
      for (const file of ['keys', 'agent', 'images', 'cluster.json'])
        assert.ok(!existsSync(join(home, file)), file);
    } finally {
      assert.deepEqual(failures(await flow.stop()), []);
    }
    await assert.rejects(swarm.kith('barn').run(['join']), /no cluster/);
    assert.match(await attic.run(['leave']).catch((error: Error) => error.message), /KITH_FOUNDER/);
  });

  it('kith delete -f takes the app away, kith down stops what runs, and both say so', async () => {
    assert.match(
      await kith('delete', '-f', helloManifest),
      /deployment\.apps "hello" deleted|deployment\.apps\/hello deleted/,
    );
    await until('no pod is left', async () => (await swarm.pods()).length === 0, 15_000);
    assert.match(await kith('down'), /stopped/);
    assert.equal(await up.ended, 'exit code 0');
    assert.match(await kith('down'), /nothing runs here/);
  });
});
