import assert from 'node:assert/strict';
import { createHash, randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import type { Container, Deployment, Pod, PodSpec } from '../../../api/types.ts';
import { boxImage } from '../../support/podman.ts';
import { until } from '../../support/wait.ts';
import { row, type Row, type RowOptions } from '../support/row.ts';
import { Terminal } from '../support/terminal.ts';
import type { Trial } from '../support/trial.ts';
import { pod, webService } from './things.ts';

const inPodman: RowOptions = { needs: 'podman' };
const copiedBytes = 100 * 1024 * 1024;
/** Seconds on a quiet machine; on one that does much else, its seven programs take turns for each piece. */
const copyMsMax = 5 * 60_000;

/** Serves a page on 8080, counts on 9090 the bytes that come until its reader half-closes, and ticks. */
const serving = `
mkdir -p /tmp/www; echo hello from the pod > /tmp/www/index.html
httpd -p 127.0.0.1:8080 -h /tmp/www
nc -ll -p 9090 -e wc -c &
while true; do echo tick; sleep 0.2; done
`;

const box = (command: string, more: Partial<Container> = {}): Container => ({
  name: 'app',
  image: boxImage,
  command: ['sh', '-c', command],
  ...more,
});

/** A pod of one container that runs. */
async function runs(trial: Trial, command: string, spec: Partial<PodSpec> = {}, name = 'web'): Promise<Pod> {
  const containers = [box(command)];
  const short = { runtimeClassName: 'podman', terminationGracePeriodSeconds: 1 };
  await trial.create(pod(name, { ...short, containers, ...spec }, { app: name }));
  return trial.becomes<Pod>('Pod', name, 'it is ready', isReady, { boundMs: 60_000 });
}

const isReady = ({ status }: Pod) =>
  status?.conditions?.some(({ type, status: is }) => type === 'Ready' && is === 'True');

/** The two protocols that kubectl speaks, and the second way in: of a machine that joined, as the person who owns it. */
const ways: readonly [string, (trial: Trial) => Promise<NodeJS.ProcessEnv>][] = [
  ['over WebSocket', async () => transport(true)],
  ['over SPDY', async () => transport(false)],
  [
    'from a joined machine, over WebSocket',
    async (trial) => ({ ...transport(true), ...(await trial.joined()) }),
  ],
  ['from a joined machine, over SPDY', async (trial) => ({ ...transport(false), ...(await trial.joined()) })],
];
const transport = (isWebSocket: boolean) => ({
  KUBECTL_REMOTE_COMMAND_WEBSOCKETS: String(isWebSocket),
  KUBECTL_PORT_FORWARD_WEBSOCKETS: String(isWebSocket),
});

/** A row for each way to the pod. */
const eachWay = (
  command: string,
  what: string,
  test: (trial: Trial, environment: NodeJS.ProcessEnv) => Promise<void>,
): Row[] =>
  ways.map(([way, environment]) =>
    row(
      command,
      `${what}${what && ', '}${way}`,
      async (trial) => test(trial, await environment(trial)),
      inPodman,
    ),
  );

const terminal = (trial: Trial, words: string, environment: NodeJS.ProcessEnv = {}) => {
  const opened = new Terminal(`${trial.version.path} ${words}`, {
    environment: { ...trial.environment, ...environment },
    rows: 31,
    columns: 97,
  });
  trial.afterwards(() => opened.kill());
  return opened;
};

const portOf = (said: string, inner: number) =>
  Number(new RegExp(`127\\.0\\.0\\.1:(\\d+) -> ${inner}`).exec(said)?.[1]);

const exec: Row[] = [
  ...eachWay('exec', '-i, output, errors, exit code 37, half-closed input', async (trial, environment) => {
    await runs(trial, serving);
    const inside = (command: string, input?: string) =>
      trial.run(['exec', '-i', 'web', '--', 'sh', '-c', command], { environment, input: input ?? '' });
    const ended = await inside('echo out; echo err >&2; exit 37');
    assert.equal(ended.code, 37, ended.err);
    assert.equal(ended.out, 'out\n');
    assert.equal(ended.err, 'err\ncommand terminated with exit code 37\n');
    const counted = await inside('wc -c; echo after', 'x'.repeat(70_000));
    assert.equal(counted.out.trim(), '70000\nafter', counted.err);
    const missing = await trial.fails('exec web -- no-such-program', { environment });
    assert.match(missing, /no-such-program.*not found/);
  }),
  ...eachWay('exec', '-it, a terminal that is resized', async (trial, environment) => {
    await runs(trial, serving);
    const shell = terminal(trial, 'exec -it web -- sh', environment);
    await shell.shows(/\/ # /);
    await shell.shows(/31 97/, 'stty size\n');
    shell.resize(44, 97);
    await shell.shows(/44 97/, 'stty size\n');
    shell.type('exit 37\n');
    assert.equal(await shell.ended, 37);
  }),
  row(
    'exec',
    '-c, of a deployment’s pod',
    async (trial) => {
      await runs(trial, serving, { containers: [box(serving), box('sleep 1000', { name: 'side' })] });
      assert.equal(await trial.kubectl('exec web -c side -- ls /tmp'), '');
      assert.equal(await trial.kubectl('exec pod/web -c app -- ls /tmp'), 'www\n');
    },
    inPodman,
  ),
  row(
    'exec',
    'killed: nothing is left in the container',
    async (trial) => {
      await runs(trial, serving);
      const held = trial.start('exec -i web -- sleep 4321', { input: true });
      const isThere = async () => (await trial.kubectl('exec web -- ps')).includes('sleep 4321');
      await until('it runs', isThere);
      await held.kill();
      await until('it is gone', async () => !(await isThere()));
    },
    inPodman,
  ),
  row(
    'exec',
    'into a component',
    async (trial) => {
      await trial.create(pod('hello', {}));
      await trial.becomes<Pod>('Pod', 'hello', 'it is ready', isReady);
      const said = await trial.fails('exec hello -- sh');
      assert.match(
        said,
        /sandbox wasm .*runs one program and no further commands: .*runtimeClassName: podman/,
      );
    },
    {
      refused: {
        because: 'sandbox',
        why: 'a component runs no further commands',
        worksAs: '-i, output, errors, exit code 37, half-closed input, over WebSocket',
      },
    },
  ),
];

const attach: Row[] = [
  ...eachWay('attach', '', async (trial, environment) => {
    await runs(trial, serving);
    const attached = trial.start('attach web', { environment });
    await until('it ticks', () => attached.lines.filter((line) => line === 'tick').length > 1);
  }),
  row(
    'attach',
    '-it, to a shell',
    async (trial) => {
      await runs(trial, '', {
        containers: [{ name: 'app', image: boxImage, command: ['sh'], stdin: true, tty: true }],
      });
      const shell = terminal(trial, 'attach -it web');
      await shell.shows(/\n42\r/, 'echo $((40 + 2))\n');
      await shell.shows(/31 97/, 'stty size\n');
    },
    inPodman,
  ),
  row(
    'attach',
    '-i',
    async (trial) => {
      const echo = 'while read line; do echo "<$line>"; done';
      await runs(trial, '', { containers: [box(echo, { stdin: true })] });
      const attached = trial.start('attach -i web', { input: true });
      await until('it reads what is typed', () => {
        attached.child.stdin!.write('hello\n');
        return attached.text.includes('<hello>');
      });
    },
    inPodman,
  ),
];

const cp = eachWay('cp', 'into a pod, out of a pod', async (trial, environment) => {
  await runs(trial, serving);
  // Byte for byte, and so much once: it takes its time.
  const isFirst = trial.row.what.endsWith('pod, over WebSocket');
  const bytes = randomBytes(isFirst ? copiedBytes : copiedBytes / 10);
  await trial.file('big', bytes);
  await trial.kubectl('cp big web:/tmp/big', { environment, boundMs: copyMsMax });
  const digest = createHash('sha256').update(bytes).digest('hex');
  assert.equal((await trial.kubectl('exec web -- sha256sum /tmp/big')).split(' ')[0], digest);
  await trial.kubectl('cp web:/tmp/big back', { environment, boundMs: copyMsMax });
  assert.ok(bytes.equals(await readFile(join(trial.folder, 'back'))));
});

const portForward: Row[] = [
  ...eachWay('port-forward', 'to a pod, many connections, each half-closed', async (trial, environment) => {
    await runs(trial, serving);
    const forwarding = trial.start('port-forward web :8080 :9090', { environment });
    await until('it forwards', () => portOf(forwarding.text, 8080) > 0 && portOf(forwarding.text, 9090) > 0);
    const pages = await Promise.all(
      Array.from({ length: 24 }, async () =>
        (await fetch(`http://127.0.0.1:${portOf(forwarding.text, 8080)}/`)).text(),
      ),
    );
    assert.deepEqual(new Set(pages), new Set(['hello from the pod\n']));
    const counts = await Promise.all(
      Array.from({ length: 8 }, (_, index) => {
        const at = { port: portOf(forwarding.text, 9090), host: '127.0.0.1', allowHalfOpen: true };
        return text(connect(at).end('x'.repeat(index * 10_000)));
      }),
    );
    assert.deepEqual(
      counts.map(Number),
      [0, 1, 2, 3, 4, 5, 6, 7].map((index) => index * 10_000),
    );
  }),
  row('port-forward', 'to a Service, to a Deployment', async (trial) => {
    const spec = { replicas: 1, selector: { matchLabels: { app: 'web' } } };
    const template = { metadata: { labels: { app: 'web' } }, spec: pod('web', {}).spec! };
    await trial.create({
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: { name: 'web' },
      spec: { ...spec, template },
    });
    await trial.create(webService());
    await trial.becomes<Deployment>(
      'Deployment',
      'web',
      'it is ready',
      ({ status }) => status?.readyReplicas === 1,
    );
    for (const [to, port, inner] of [
      ['service/web', 80, 8080],
      ['deployment/web', 8080, 8080],
    ] as const) {
      const forwarding = trial.start(`port-forward ${to} :${port}`);
      await until(`it forwards to ${to}`, () => portOf(forwarding.text, inner) > 0);
      assert.equal((await fetch(`http://127.0.0.1:${portOf(forwarding.text, inner)}/`)).status, 200);
    }
  }),
  row('port-forward', 'to a component', async (trial) => {
    await trial.create(pod('hello', {}));
    await trial.becomes<Pod>('Pod', 'hello', 'it is ready', isReady);
    const forwarding = trial.start('port-forward pod/hello :8080');
    await until('it forwards', () => portOf(forwarding.text, 8080) > 0);
    const answer = await fetch(`http://127.0.0.1:${portOf(forwarding.text, 8080)}/`);
    assert.equal(answer.status, 200);
  }),
];

const logs: Row[] = [
  ...eachWay('logs', '-f, --tail', async (trial, environment) => {
    await runs(trial, serving);
    const following = trial.start('logs -f --tail=1 web', { environment });
    await until('it ticks', () => following.lines.filter((line) => line === 'tick').length > 2);
  }),
  row(
    'logs',
    '-f, to the end',
    async (trial) => {
      await runs(trial, 'for i in 1 2 3 4 5; do echo line $i; sleep 0.5; done', { restartPolicy: 'Never' });
      assert.equal(await trial.kubectl('logs -f web'), 'line 1\nline 2\nline 3\nline 4\nline 5\n');
    },
    inPodman,
  ),
  row(
    'logs',
    '--previous',
    async (trial) => {
      const once = box('echo run; sleep 1; exit 3');
      await trial.create(pod('web', { runtimeClassName: 'podman', containers: [once] }));
      assert.match(
        await trial.fails('logs --previous web'),
        /previous terminated container "app" in pod "web" not found|not found|waiting to start/,
      );
      await trial.becomes<Pod>(
        'Pod',
        'web',
        'it has run twice',
        ({ status }) => (status?.containerStatuses?.[0]?.restartCount ?? 0) > 0,
      );
      assert.equal(await trial.kubectl('logs --previous web'), 'run\n');
    },
    inPodman,
  ),
  row(
    'logs',
    '-l, -f: of all that it selects, until they end',
    async (trial) => {
      const said = 'for i in 1 2 3; do echo $(hostname) $i; sleep 0.5; done';
      for (const name of ['one', 'two']) {
        const containers = [box(said)];
        const short = { runtimeClassName: 'podman', restartPolicy: 'Never' } as const;
        await trial.create(pod(name, { ...short, containers }, { app: 'said' }));
        await trial.becomes<Pod>('Pod', name, 'it has begun', ({ status }) =>
          status?.containerStatuses?.some(({ state }) => state?.running ?? state?.terminated),
        );
      }
      const lines = (await trial.kubectl('logs -l app=said -f')).trim().split('\n').toSorted();
      assert.deepEqual(lines, ['one 1', 'one 2', 'one 3', 'two 1', 'two 2', 'two 3']);
    },
    inPodman,
  ),
  row(
    'logs',
    '-c, --all-containers, --prefix, -l',
    async (trial) => {
      const two = {
        containers: [box('echo one; sleep 1000'), box('echo two; sleep 1000', { name: 'side' })],
      };
      await runs(trial, '', two);
      await until('both have printed', async () =>
        (await trial.kubectl('logs web --all-containers')).includes('two'),
      );
      assert.equal(await trial.kubectl('logs web -c side'), 'two\n');
      assert.equal(await trial.kubectl('logs web'), 'one\n', 'the first, where none is named');
      assert.deepEqual(
        (await trial.kubectl('logs -l app=web --all-containers --prefix')).trim().split('\n').toSorted(),
        ['[pod/web/app] one', '[pod/web/side] two'],
      );
      assert.match(await trial.fails('logs web -c none'), /container none is not valid for pod web/);
    },
    inPodman,
  ),
  row(
    'logs',
    '--since, --since-time, --timestamps, --limit-bytes',
    async (trial) => {
      await runs(trial, 'echo old; sleep 8; echo new; sleep 1000');
      await until('it has printed', async () => (await trial.kubectl('logs web')) === 'old\nnew\n', 30_000);
      const lines = (await trial.kubectl('logs web --timestamps')).trim().split('\n');
      const [first, second] = lines.map((line) => /^(\S+Z) (\w+)$/.exec(line)!);
      assert.deepEqual([first![2], second![2]], ['old', 'new']);
      const apartMs = Date.parse(second![1]!) - Date.parse(first![1]!);
      assert.ok(apartMs > 7_000 && apartMs < 20_000, `${apartMs} ms lie between them`);
      assert.equal(await trial.kubectl(`logs web --since-time=${second![1]!}`), 'new\n');
      // Counted from when the host reads it, which on a busy machine is some seconds later.
      await until('it prints the last seconds alone', async () => {
        const ageSeconds = Math.ceil((Date.now() - Date.parse(second![1]!)) / 1000);
        return (await trial.kubectl(`logs web --since=${ageSeconds + 4}s`)) === 'new\n';
      });
      assert.equal(await trial.kubectl('logs web --limit-bytes=4'), 'old\n');
    },
    inPodman,
  ),
];

const debug: Row[] = [
  ...eachWay('debug', 'an ephemeral container, -i, --image, --target', async (trial, environment) => {
    await runs(trial, serving);
    const look = 'ps; wget -qO- http://127.0.0.1:8080/; cat';
    const words = [
      'debug',
      'web',
      '-i',
      `--image=${boxImage}`,
      '--target=app',
      '--container=look',
      '--',
      'sh',
      '-c',
      look,
    ];
    const said = await trial.run(words, { environment, input: 'typed\n' });
    assert.equal(said.code, 0, said.err);
    await trial.becomes<Pod>(
      'Pod',
      'web',
      'it has ended and is not started again',
      ({ status }) => status?.ephemeralContainerStatuses?.[0]?.state?.terminated?.exitCode === 0,
    );
    const printed = await trial.kubectl('logs web -c look');
    assert.match(printed, /httpd -p 127\.0\.0\.1:8080/, 'it sees the processes');
    assert.match(printed, /hello from the pod\ntyped\n/, 'and reaches the port, and what is typed');
    assert.ok(isReady(await trial.get<Pod>('Pod', 'web')), 'the app goes on');
  }),
  row(
    'debug',
    '-it',
    async (trial) => {
      await runs(trial, serving);
      const shell = terminal(trial, `debug web -it --image=${boxImage} --profile=restricted -- sh`);
      await shell.shows(/31 97/, 'stty size\n');
      shell.type('exit\n');
      await shell.ended;
    },
    inPodman,
  ),
  row(
    'debug',
    '--copy-to, --share-processes=false',
    async (trial) => {
      await runs(trial, 'exit 3; sleep 1', { containers: [box('sleep 1000')] });
      await trial.kubectl(
        `debug web --image=${boxImage} --copy-to=copy --share-processes=false --container=look -- sleep 1000`,
      );
      const copy = await trial.becomes<Pod>('Pod', 'copy', 'it is ready', isReady);
      assert.deepEqual(
        copy.spec!.containers.map(({ name }) => name),
        ['app', 'look'],
      );
      assert.match(await trial.kubectl('exec copy -c look -- ps'), /sleep 1000/);
    },
    inPodman,
  ),
  row(
    'debug',
    '--copy-to, --share-processes',
    async (trial) => {
      await runs(trial, serving);
      await trial.kubectl(
        `debug web --image=${boxImage} --copy-to=copy --share-processes --container=look -- sleep 4321`,
      );
      const copy = await trial.becomes<Pod>('Pod', 'copy', 'it is ready', isReady);
      assert.equal(copy.spec!.shareProcessNamespace, true);
      for (const container of ['app', 'look']) {
        const seen = await trial.kubectl(`exec copy -c ${container} -- ps`);
        assert.match(seen, /httpd -p 127\.0\.0\.1:8080/);
        assert.match(seen, /sleep 4321/);
      }
      assert.doesNotMatch(await trial.kubectl('exec web -- ps'), /sleep 4321/, 'the pod itself is as it was');
    },
    inPodman,
  ),
  row(
    'debug',
    '--copy-to, --share-processes, of a component',
    async (trial) => {
      await trial.create(pod('hello', {}));
      const said = await trial.fails(
        `debug hello --image=${boxImage} --copy-to=copy --share-processes -- true`,
      );
      assert.match(
        said,
        /spec\.shareProcessNamespace: Forbidden: the wasm sandbox .*give the pod runtimeClassName: podman/,
      );
      assert.ok(await trial.isGone('Pod', 'copy'));
    },
    {
      refused: {
        because: 'sandbox',
        why: 'components have no processes in common',
        worksAs: '--copy-to, --share-processes',
      },
    },
  ),
  row(
    'debug',
    'a node',
    async (trial) => {
      const said = await trial.fails(`debug node/attic --image=${boxImage} --profile=general -- true`);
      assert.match(said, /spec\.host(Network|PID|IPC): Forbidden: a home host never grants this/);
    },
    {
      refused: {
        because: 'host namespace',
        why: 'a node’s shell shares its host’s processes, network and files',
      },
    },
  ),
  row(
    'debug',
    '--profile=general',
    async (trial) => {
      await runs(trial, serving);
      const said = await trial.fails(`debug web --image=${boxImage} --profile=general -- true`);
      assert.match(said, /capabilities\.add: Forbidden: a home host never grants this/);
    },
    {
      ...inPodman,
      refused: {
        because: 'privileged pod',
        why: 'it adds the capability SYS_PTRACE; --profile=restricted works',
      },
    },
  ),
  row(
    'debug',
    'a component',
    async (trial) => {
      await trial.create(pod('hello', {}));
      await trial.becomes<Pod>('Pod', 'hello', 'it is ready', isReady);
      const said = await trial.fails(`debug hello --image=${boxImage} -- true`);
      assert.match(said, /spec\.ephemeralContainers: Forbidden: this pod runs in the wasm sandbox/);
    },
    {
      refused: {
        because: 'sandbox',
        why: 'nothing can look into a component',
        worksAs: 'an ephemeral container, -i, --image, --target, over WebSocket',
      },
    },
  ),
];

const overrides = '--overrides={"spec":{"runtimeClassName":"podman"}}';
const run: Row[] = [
  row(
    'run',
    '-i, --rm: its input ends, its exit code comes back',
    async (trial) => {
      const words = [
        'run',
        'one',
        '-i',
        '--rm',
        '--quiet',
        '--restart=Never',
        `--image=${boxImage}`,
        overrides,
      ];
      const counted = await trial.run([...words, '--command', '--', 'sh', '-c', 'wc -c; exit 37'], {
        input: 'x'.repeat(5_000),
      });
      assert.match(counted.out, /^5000$/m, counted.err);
      assert.equal(counted.code, 37, counted.err);
      await until('it is removed', () => trial.isGone('Pod', 'one'));
    },
    inPodman,
  ),
  row(
    'run',
    '-it, --rm',
    async (trial) => {
      const shell = terminal(
        trial,
        `run one -it --rm --restart=Never --image=${boxImage} '${overrides}' --command -- sh`,
      );
      await shell.shows(/31 97/, 'stty size\n');
      shell.type('exit\n');
      assert.equal(await shell.ended, 0);
      await until('it is removed', () => trial.isGone('Pod', 'one'));
    },
    inPodman,
  ),
];

export const streamRows: readonly Row[] = [
  ...exec,
  ...attach,
  ...cp,
  ...portForward,
  ...logs,
  ...debug,
  ...run,
];
