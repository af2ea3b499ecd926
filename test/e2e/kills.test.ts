import assert from 'node:assert/strict';
import { createSocket } from 'node:dgram';
import type { Pod } from '../../api/types.ts';
import type { Running } from '../../scripts/demo/kith.ts';
import { killHost, processes, stillAlive, tree } from '../../scripts/demo/processes.ts';
import { until } from '../support/wait.ts';
import { askOnce, failures, Flow, type Asked } from './support/flow.ts';
import { helloManifest, TestSwarm } from './support/swarm.ts';

/** Requests sent later than this after a kill must not fail. */
const silenceMs = 3_000;
const kill = (pid: number) => process.kill(pid, 'SIGKILL');

const isReady = ({ status }: Pod) =>
  status?.conditions?.some(({ type, status: is }) => type === 'Ready' && is === 'True') === true;
/** Name, container and number of restarts of each pod: what stays the same when nothing was started anew. */
const livesOf = (pods: Pod[]) =>
  pods
    .map(({ metadata, status }) => {
      const [container] = status?.containerStatuses ?? [];
      return `${metadata!.name} ${container?.containerID} ${container?.restartCount}`;
    })
    .sort();
const namesOf = (pods: Pod[]) => pods.map(({ metadata }) => metadata!.name!).sort();

/** UDP ports in a row that are free now, so that the DHT can come back where it was. */
async function freeUdpPorts(count: number): Promise<number> {
  for (let first = 20_000 + Math.floor(Math.random() * 20_000); ; first = first + count + 1) {
    const sockets = Array.from({ length: count }, () => createSocket('udp4'));
    const free = await Promise.all(
      sockets.map(
        (socket, at) =>
          new Promise<boolean>((resolve) => {
            socket.once('error', () => resolve(false));
            socket.bind(first + at, '127.0.0.1', () => resolve(true));
          }),
      ),
    );
    for (const [at, socket] of sockets.entries()) if (free[at]) socket.close();
    if (free.every(Boolean)) return first;
  }
}

/** One swarm, in which each process in turn dies by kill -9, with nobody told, while requests keep coming. */
describe('kill -9', function () {
  this.timeout(60_000);
  this.bail(true);
  const swarm = new TestSwarm();
  let hubPort: number;
  let hub: Running;
  let up: Running;
  const hosts = new Map<string, Running>();
  let flow: Flow | undefined;

  before(async () => {
    hubPort = await freeUdpPorts(12);
    const image = swarm.buildHello();
    image.catch(() => {});
    hub = await swarm.hub(hubPort);
    up = await swarm.up();
    for (const name of ['barn', 'cellar']) hosts.set(name, await swarm.join(name));
    await image;
    await swarm.founder.run(['apply', '-f', helloManifest]);
    await swarm.readyPods(3);
  });
  beforeEach(() => (flow = new Flow(() => swarm.gatewayPort)));
  afterEach(async function () {
    await flow?.stop();
    if (this.currentTest?.state === 'failed') console.log(swarm.lastWords());
  });
  after(() => swarm.stop());

  /** Waits until `healed` holds and 1.5 s of requests have gone by since, at least until the silence is over. */
  async function heals(what: string, boundMs: number, healed: () => Promise<boolean>): Promise<Asked[]> {
    const killedAt = performance.now();
    await until(what, healed, boundMs);
    const healedAt = performance.now();
    await until(
      'some more requests',
      () => performance.now() > Math.max(healedAt + 1_000, killedAt + silenceMs + 1_000),
    );
    const asked = await flow!.stop();
    return asked.filter(({ sentAt }) => sentAt >= killedAt);
  }
  /** A new process runs the program. */
  const isBack = (verb: string, before: number) => {
    try {
      return swarm.pid(verb) !== before;
    } catch {
      return false;
    }
  };
  /** Ready pods on hosts other than this one: what the lost host's own last said stays in the list until it returns. */
  const readyElsewhere = async (host: string) =>
    (await swarm.pods()).filter((pod) => isReady(pod) && pod.spec?.nodeName !== host).length;
  const apiAnswers = async () => (await swarm.pods()).length > 0;

  it('of the controller fails no request and starts no pod anew', async () => {
    const before = livesOf(await swarm.pods());
    const pid = swarm.pid('controller');
    kill(pid);
    const asked = await heals(
      'the API answers',
      10_000,
      async () => isBack('controller', pid) && apiAnswers(),
    );
    assert.deepEqual(failures(asked), []);
    assert.deepEqual(livesOf(await swarm.readyPods(3)), before);
  });

  it('of the gateway is over in 3 s, at the same port', async () => {
    const pid = swarm.pid('gateway');
    kill(pid);
    const killedAt = performance.now();
    const asked = await heals(
      'the gateway answers',
      silenceMs,
      async () => isBack('gateway', pid) && (await askOnce(swarm.gatewayPort)).failure === undefined,
    );
    assert.ok(failures(asked).length > 0, 'the control: while it is away, requests fail');
    assert.deepEqual(failures(asked, killedAt + silenceMs), []);
  });

  it('of an agent alone: its next start adopts the sandboxes that live on', async () => {
    const before = await swarm.pods();
    const pid = swarm.pid('agent');
    const sandboxes = tree(pid).filter(({ command }) => command.startsWith('/kith/node'));
    assert.ok(sandboxes.length > 0, 'no sandbox runs on attic');
    kill(pid);
    const killedAt = performance.now();
    const asked = await heals('all are ready', 10_000, async () => {
      if (!isBack('agent', pid)) return false;
      const pods = await swarm.pods();
      return pods.length === 3 && pods.every(isReady);
    });
    assert.deepEqual(failures(asked, killedAt + silenceMs), []);
    assert.equal(stillAlive(sandboxes).length, sandboxes.length, 'a sandbox was ended');
    assert.deepEqual(livesOf(await swarm.readyPods(3)), livesOf(before));
  });

  it('of a sandbox: the app is started again in its pod, and the others serve meanwhile', async () => {
    const before = await swarm.pods();
    const victim = tree(hosts.get('barn')!.child.pid!).find(({ command }) =>
      command.startsWith('/kith/node'),
    );
    assert.ok(victim, 'no sandbox runs on barn');
    const uid = /kith-pod=([^/]+)\//.exec(victim.command)![1];
    kill(victim.pid);
    const killedAt = performance.now();
    const asked = await heals('it runs again', 10_000, async () => {
      const pod = (await swarm.pods()).find(({ metadata }) => metadata!.uid === uid)!;
      return isReady(pod) && pod.status!.containerStatuses![0]!.restartCount === 1;
    });
    assert.deepEqual(failures(asked, killedAt + silenceMs), []);
    assert.deepEqual(namesOf(await swarm.readyPods(3)), namesOf(before));
  });

  it('of the DHT ends nothing that runs, and a host joins once it is back', async () => {
    const before = livesOf(await swarm.pods());
    kill(hub.child.pid!);
    await hub.ended;
    const asked = await heals('the API answers', 5_000, apiAnswers);
    assert.deepEqual(failures(asked), []);
    hub = await swarm.hub(hubPort);
    const invite = await swarm.invite();
    const args = ['join', invite, '--name', 'shed'];
    // The members tell the new DHT where they are within seconds; until then nobody is found on it.
    const shed = await until(
      'a new host joins',
      async () => {
        const joining = swarm.launch('join-shed', swarm.kith('shed'), args);
        await joining.ready;
        return joining;
      },
      25_000,
    );
    hosts.set('shed', shed);
    assert.deepEqual(livesOf(await swarm.readyPods(3)), before);
    // It goes as it came: a goodbye, and nothing of ours was on it.
    await hosts.get('shed')!.stop(10_000);
    hosts.delete('shed');
  });

  it('of kith join alone: others take over, and its next start ends what nobody wants any more', async () => {
    const cellar = hosts.get('cellar')!;
    const before = await swarm.pods();
    const sandboxes = tree(cellar.child.pid!).filter(({ command }) => command.includes('kith-pod='));
    assert.ok(sandboxes.length > 0, 'no sandbox runs on cellar');
    const lost = namesOf(before.filter(({ spec }) => spec?.nodeName === 'cellar'));
    kill(cellar.child.pid!);
    const killedAt = performance.now();
    const asked = await heals(
      'others serve in its place',
      10_000,
      async () => (await readyElsewhere('cellar')) === 3,
    );
    assert.deepEqual(failures(asked, killedAt + silenceMs), []);
    assert.ok(stillAlive(sandboxes).length > 0, 'the control: the sandboxes outlived their agent');

    hosts.set('cellar', await swarm.rejoin('cellar'));
    const pods = await swarm.readyPods(3, 20_000);
    // Of the old and the new pod one stays; whichever it is, no process runs that no pod stands for.
    const wanted = new Set(pods.map(({ metadata }) => metadata!.uid));
    await until('no sandbox runs that nobody asked for', () =>
      processes()
        .filter(
          ({ pid }) => swarm.processes().some((entry) => entry.pid === pid) || stillAliveIn(sandboxes, pid),
        )
        .flatMap(({ command }) => /kith-pod=([^/]+)\//.exec(command)?.[1] ?? [])
        .every((uid) => wanted.has(uid)),
    );
    assert.ok(lost.length > 0);
  });

  it('of a whole host: replacements serve', async () => {
    const before = await swarm.pods();
    const name = before
      .map(({ spec }) => spec?.nodeName)
      .find((node) => node === 'barn' || node === 'cellar');
    assert.ok(name, 'no joined host serves');
    killHost(hosts.get(name)!.child.pid!);
    const killedAt = performance.now();
    const asked = await heals(
      'three are ready elsewhere',
      10_000,
      async () => (await readyElsewhere(name)) === 3,
    );
    assert.deepEqual(failures(asked, killedAt + silenceMs), []);
    hosts.set(name, await swarm.rejoin(name));
    await swarm.readyPods(3, 20_000);
  });

  it('of kith up takes its programs along; the other hosts go on, and the next kith up resumes', async () => {
    const before = await swarm.pods();
    const programs = ['controller', 'agent', 'gateway'].map((verb) => swarm.pid(verb));
    const ours = processes().filter(({ pid }) => programs.includes(pid));
    await flow!.stop();
    kill(up.child.pid!);
    await up.ended;
    await until('its programs end', () => stillAlive(ours).length === 0, 12_000);
    const elsewhere = processes().filter(({ command }) => command.startsWith('/kith/node'));
    assert.ok(elsewhere.length > 0);
    up = await swarm.start('up', swarm.founder, ['up']);
    assert.equal(Number((await up.ready)['gatewayPort']), swarm.gatewayPort);
    await until('it serves', async () => (await askOnce(swarm.gatewayPort)).failure === undefined, 5_000);
    const after = await swarm.readyPods(3, 20_000);
    const onOthers = (pods: Pod[]) => namesOf(pods.filter(({ spec }) => spec?.nodeName !== 'attic'));
    for (const name of onOthers(before)) assert.ok(onOthers(after).includes(name), `${name} was replaced`);
  });

  it('of everything but the DHT: hosts that come back with no controller in reach run and serve their pods', async () => {
    const before = await swarm.pods();
    const joined = [...hosts.keys()];
    const expected = before.filter(({ spec }) => joined.includes(spec!.nodeName!));
    assert.ok(expected.length > 0, 'no pod runs on a joined host');
    await flow!.stop();
    for (const running of [up, ...hosts.values()]) killHost(running.child.pid!);
    // A reboot spares none, also not those that were adopted and so are no descendants of their agent.
    const uids = before.map(({ metadata }) => `kith-pod=${metadata!.uid}/`);
    for (const { pid, command } of processes())
      if (command.startsWith('/kith/node') && uids.some((uid) => command.includes(uid))) kill(pid);
    await Promise.all([up, ...hosts.values()].map(({ ended }) => ended));
    const back = joined.map((name) => swarm.launch(`join-${name}`, swarm.kith(name), ['join']));
    // A gateway of the founder's, alone: it knows the way from its last directory.
    swarm.launch('gateway', swarm.founder, ['gateway', '--port', String(swarm.gatewayPort)]);
    const answered = new Set<string | undefined>();
    await until(
      'each of their pods answers under its old name',
      async () => {
        // Several at once: one alone would always go to the nearest.
        const burst = await Promise.all(Array.from({ length: 12 }, () => askOnce(swarm.gatewayPort)));
        for (const { pod } of burst) answered.add(pod);
        const silent = namesOf(expected).filter((name) => !answered.has(name));
        if (silent.length > 0) throw new Error(`${silent.join(', ')} of ${livesOf(expected).join(', ')}`);
        return true;
      },
      20_000,
    );
    for (const running of back) assert.equal(running.child.exitCode, null);
    // The controller returns and finds all as it was.
    kill(swarm.pid('gateway'));
    await until(
      'the port is free again',
      async () => (await askOnce(swarm.gatewayPort)).failure !== undefined,
    );
    up = await swarm.start('up', swarm.founder, ['up']);
    const after = namesOf(await swarm.readyPods(3, 20_000));
    for (const name of namesOf(expected)) assert.ok(after.includes(name), `${name} was replaced`);
  });

  it('leaves no fault behind that nobody handled', () => swarm.assertNoCrash());
});

function stillAliveIn(entries: { pid: number }[], pid: number): boolean {
  return entries.some((entry) => entry.pid === pid);
}
