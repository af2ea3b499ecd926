import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { spawnSync, type ChildProcess } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { connect, type Socket } from 'node:net';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { boxImage, testPodman, type TestPodman } from '../../../support/podman.ts';
import { until } from '../../../support/wait.ts';
import { kubectls, StreamCluster } from './cluster.ts';

const isLong = process.env['KITH_TEST_LONG'] === '1';
const copiedBytes = (isLong ? 100 : 10) * 1024 * 1024;

/** Serves a page on 8080, counts on 9090 the bytes that come until its reader half-closes, and prints. */
const app = `
mkdir -p /tmp/www; echo hello from the pod > /tmp/www/index.html
httpd -p 127.0.0.1:8080 -h /tmp/www
nc -ll -p 9090 -e wc -c &
while true; do echo tick; sleep 0.2; done
`;

/** The stock kubectl, the API over TLS, a real link to the host, and real containers. */
describe('kubectl into a real container', function () {
  this.timeout(isLong ? 180_000 : 60_000);
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

  const start = (program: string, args: string[], environment: NodeJS.ProcessEnv): ChildProcess => {
    const child = cluster!.start(program, args, { environment });
    started.push(child);
    return child;
  };

  for (const program of kubectls)
    for (const transport of ['WebSocket', 'SPDY'] as const)
      describe(`${program} over ${transport}`, () => {
        const environment = {
          KUBECTL_REMOTE_COMMAND_WEBSOCKETS: String(transport === 'WebSocket'),
          KUBECTL_PORT_FORWARD_WEBSOCKETS: String(transport === 'WebSocket'),
        };
        const kubectl = (args: string[], input?: Buffer | string) =>
          cluster!.kubectl(program, args, { environment, ...(input !== undefined && { input }) });

        it('runs a command: its output, its errors, its exit code 37', async () => {
          const ran = await kubectl(['exec', 'web', '--', 'sh', '-c', 'echo out; echo err >&2; exit 37']);
          assert.equal(ran.code, 37);
          assert.equal(ran.out.toString(), 'out\n');
          assert.match(ran.err, /^err\ncommand terminated with exit code 37\n$/);
          const missing = await kubectl(['exec', 'web', '--', 'no-such-program']);
          assert.notEqual(missing.code, 0);
          assert.match(missing.err, /no-such-program.*not found/);
        });

        it('closes the input alone: the command reads its end, and still answers', async () => {
          const ran = await kubectl(
            ['exec', '-i', 'web', '--', 'sh', '-c', 'wc -c; echo after'],
            'x'.repeat(70_000),
          );
          assert.equal(ran.code, 0, ran.err);
          assert.equal(ran.out.toString().trim(), '70000\nafter');
        });

        it(`copies ${copiedBytes / 1024 / 1024} MB in and out, byte for byte`, async () => {
          const bytes = Buffer.alloc(copiedBytes);
          for (let at = 0; at < bytes.length; at += 4) bytes.writeUInt32LE((at * 2_654_435_761) >>> 0, at);
          const [here, back] = [join(cluster!.folder, 'big'), join(cluster!.folder, 'back')];
          await writeFile(here, bytes);
          const into = await kubectl(['cp', here, 'web:/tmp/big']);
          assert.equal(into.code, 0, into.err);
          const sum = await kubectl(['exec', 'web', '--', 'sha256sum', '/tmp/big']);
          const digest = createHash('sha256').update(bytes).digest('hex');
          assert.equal(sum.out.toString().split(' ')[0], digest);
          const out = await kubectl(['cp', 'web:/tmp/big', back]);
          assert.equal(out.code, 0, out.err);
          assert.ok(bytes.equals(await readFile(back)));
          await kubectl(['exec', 'web', '--', 'rm', '/tmp/big']);
        });

        it('gives a terminal that follows the size of the caller’s', async function () {
          if (spawnSync('script', ['--version']).status !== 0) return this.skip();
          const child = start(
            'script',
            ['-qfec', `stty rows 31 cols 97; ${program} exec -it web -- sh`, '/dev/null'],
            environment,
          );
          let shown = '';
          child.stdout!.on('data', (chunk: Buffer) => (shown += chunk.toString()));
          await until('the prompt is there', () => shown.includes('/ # '));
          child.stdin!.write('stty size\n');
          await until('the size is that of the terminal here', () => /31 97/.test(shown));
          // Its own terminal is the one that `script` made: changed from outside, it tells the shell in the pod.
          resizeTerminalOf(child.pid!, 44, 120);
          await until('the new size has come', async () => {
            child.stdin!.write('stty size\n');
            return /44 120/.test(shown);
          });
          child.stdin!.write('exit 37\n');
          const code = await new Promise((resolve) => child.once('exit', resolve));
          assert.equal(code, 37);
        });

        it('attaches to what the app prints from now on', async () => {
          const child = start(program, ['attach', 'web'], environment);
          let shown = '';
          child.stdout!.on('data', (chunk: Buffer) => (shown += chunk.toString()));
          await until('it ticks', () => /tick\ntick\n/.test(shown));
        });

        it('forwards a port: several connections at once, each ended by itself', async () => {
          const child = start(program, ['port-forward', 'web', ':8080', ':9090'], environment);
          let said = '';
          child.stdout!.on('data', (chunk: Buffer) => (said += chunk.toString()));
          const portOf = (inner: number) =>
            Number(new RegExp(`127\\.0\\.0\\.1:(\\d+) -> ${inner}`).exec(said)?.[1]);
          await until('it forwards', () => portOf(8080) > 0 && portOf(9090) > 0);
          const pages = await Promise.all(
            Array.from({ length: 8 }, async () => {
              const answer = await fetch(`http://127.0.0.1:${portOf(8080)}/`);
              return answer.text();
            }),
          );
          assert.deepEqual(new Set(pages), new Set(['hello from the pod\n']));
          const socket: Socket = connect({ port: portOf(9090), host: '127.0.0.1', allowHalfOpen: true });
          socket.end('half-closed here, and the answer still comes');
          assert.equal((await text(socket)).trim(), '44');
        });
      });

  it('attaches to the terminal of an app that has one, and types', async function () {
    if (spawnSync('script', ['--version']).status !== 0) return this.skip();
    await cluster!.run('shell', {
      runtimeClassName: 'podman',
      containers: [{ name: 'app', image: boxImage, command: ['sh'], stdin: true, tty: true }],
    });
    const child = start('script', ['-qfec', `${kubectls[0]!} attach -it shell`, '/dev/null'], {});
    let shown = '';
    child.stdout!.on('data', (chunk: Buffer) => (shown += chunk.toString()));
    await until('the shell answers', () => {
      child.stdin!.write('echo $((40 + 2))\n');
      return /\n42\r/.test(shown);
    });
  });

  it('attaches to the input of an app without a terminal', async () => {
    await cluster!.run('reader', {
      runtimeClassName: 'podman',
      containers: [
        {
          name: 'app',
          image: boxImage,
          command: ['sh', '-c', 'while read line; do echo "<$line>"; done'],
          stdin: true,
        },
      ],
    });
    const child = start(kubectls[0]!, ['attach', '-i', 'reader'], {});
    let shown = '';
    child.stdout!.on('data', (chunk: Buffer) => (shown += chunk.toString()));
    await until('it reads what is typed', () => {
      child.stdin!.write('hello\n');
      return shown.includes('<hello>');
    });
  });

  it('follows a log', async () => {
    const child = start(kubectls[0]!, ['logs', '-f', '--tail=1', 'web'], {});
    let shown = '';
    child.stdout!.on('data', (chunk: Buffer) => (shown += chunk.toString()));
    await until('it ticks', () => /tick\ntick\n/.test(shown));
  });

  it('leaves no process behind when its caller vanishes', async () => {
    const child = start(kubectls[0]!, ['exec', '-i', 'web', '--', 'sleep', '4321'], {});
    const runs = async () =>
      (await cluster!.kubectl(kubectls[0]!, ['exec', 'web', '--', 'ps'])).out
        .toString()
        .includes('sleep 4321');
    await until('it runs', runs);
    child.kill('SIGKILL');
    await until('it is gone', async () => !(await runs()));
  });

  it('holds the container: no capability, a root that cannot be written, no network, its memory', async () => {
    const inside = async (command: string) => {
      const { out, err } = await cluster!.kubectl(kubectls[0]!, ['exec', 'web', '--', 'sh', '-c', command]);
      return out.toString() + err;
    };
    assert.match(await inside('grep CapEff /proc/self/status'), /CapEff:\t0+\n/);
    assert.match(await inside('grep NoNewPrivs /proc/self/status'), /NoNewPrivs:\t1\n/);
    assert.match(await inside('touch /etc/x'), /Read-only file system/);
    assert.deepEqual((await inside('ls /sys/class/net')).trim().split('\n'), ['lo']);
    assert.match(await inside('touch /tmp/x && echo written'), /written/);
  });
});

/** As a window does that its user drags: the size is set on the terminal, and the kernel tells who runs on it. */
function resizeTerminalOf(scriptPid: number, rows: number, columns: number): void {
  const children = spawnSync('ps', ['-o', 'tty=', '--ppid', String(scriptPid)], { encoding: 'utf8' });
  const terminal = children.stdout
    .trim()
    .split('\n')
    .find((each) => each.startsWith('pts/'));
  spawnSync('stty', ['-F', `/dev/${terminal}`, 'rows', String(rows), 'cols', String(columns)]);
}
