import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { chmodSync, mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { binary } from './cluster.ts';

/** What a command that must fail says, run in `folder` with this environment. */
function failed(
  folder: string,
  args: string[],
  environment: NodeJS.ProcessEnv,
  { exit = 2, user = process.getuid!() } = {},
): string {
  const { KITH_HOME: _home, ...inherited } = process.env;
  const { status, stderr } = spawnSync(process.execPath, [binary, ...args], {
    env: { ...inherited, KUBECONFIG: join(folder, 'kubeconfig'), ...environment },
    cwd: folder,
    uid: user,
    encoding: 'utf8',
    timeout: 15_000,
  });
  assert.equal(status, exit, stderr);
  assert.doesNotMatch(stderr, /KITH_FAULT/);
  return stderr;
}

describe('what KITH_HOME names', function () {
  this.timeout(20_000);
  let folder: string;
  beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'kith-home-'))));
  afterEach(() => rmSync(folder, { recursive: true }));
  const modeOf = (name: string) => statSync(join(folder, name)).mode & 0o777;

  it('stays as it was where the command is refused', () => {
    mkdirSync(join(folder, 'd'));
    chmodSync(join(folder, 'd'), 0o755);
    assert.match(failed(folder, ['join', 'kith1abc'], { KITH_HOME: 'd' }), /KITH_INVITE_/);
    assert.equal(modeOf('d'), 0o755);
    assert.deepEqual(readdirSync(join(folder, 'd')), []);
    writeFileSync(join(folder, 'afile'), '', { mode: 0o644 });
    assert.match(
      failed(folder, ['up'], { KITH_HOME: './afile' }),
      /^Error \(KITH_BAD_FOLDER\): \.\/afile is no folder\nTry: another KITH_HOME: an empty folder/,
    );
    assert.equal(modeOf('afile'), 0o644);
    writeFileSync(join(folder, 'd', 'letter'), '');
    assert.match(failed(folder, ['up'], { KITH_HOME: 'd' }), /KITH_BAD_FOLDER\): d is no home of kith's/);
    assert.equal(modeOf('d'), 0o755);
  });

  it('is told from nothing where it may not be looked into', () => {
    // Nobody is kept from what is root's but another user.
    const user = process.getuid!() === 0 ? 65_534 : process.getuid!();
    const environment = { KITH_HOME: join(folder, 'closed', '.kith') };
    mkdirSync(environment.KITH_HOME, { recursive: true });
    chmodSync(folder, 0o755);
    const told = (...args: string[]) => failed(folder, args, environment, { user, exit: 1 });
    chmodSync(join(folder, 'closed'), 0o000);
    try {
      for (const args of [['get', 'pods'], ['down'], ['join']])
        assert.match(
          told(...args),
          /^Error \(KITH_NO_PERMISSION\): EACCES: permission denied, .*\/closed\/\.kith.*\nTry: the owner of that file, or another/,
          args.join(' '),
        );
    } finally {
      chmodSync(join(folder, 'closed'), 0o755);
    }
    const nothing = failed(folder, ['get', 'pods'], environment, { user });
    assert.match(nothing, /KITH_NO_API\): there is no cluster of this machine's own in .*\nTry: kith up/);
  });

  it('is told by its file where that is no record of a cluster', () => {
    const record = {
      name: 'oak',
      clusterKey: '00',
      controllers: ['00'],
      bootstrap: [],
      member: 'attic',
      role: 'host',
      ports: { gateway: 5485 },
    };
    const down = (text: string) => {
      writeFileSync(join(folder, 'cluster.json'), text);
      return spawnSync(process.execPath, [binary, 'down'], {
        env: { ...process.env, KITH_HOME: folder },
        encoding: 'utf8',
      });
    };
    for (const [text, why] of [
      ['{', /it is not JSON/],
      ['[]', /it holds no record of a cluster/],
      ['{}', /its field "name" is missing or not of its kind/],
      [JSON.stringify({ ...record, controllers: '00' }), /its field "controllers"/],
      [JSON.stringify({ ...record, role: 'king' }), /its field "role"/],
      [JSON.stringify({ ...record, ports: { api: 'x' } }), /its field "ports"/],
    ] as const) {
      const { status, stderr } = down(text);
      assert.equal(status, 2, stderr);
      assert.match(stderr, /^Error \(KITH_BAD_FILE\): .*\/cluster\.json is not what kith wrote: /);
      assert.match(stderr, why);
    }
    assert.equal(down(JSON.stringify(record)).stdout, 'nothing runs here.\n');
  });

  it('is not the current folder where neither it nor HOME names one', () => {
    for (const args of [['up'], ['get', 'pods']])
      assert.match(
        failed(folder, args, { HOME: '' }),
        /KITH_BAD_FOLDER\): HOME is empty.*\nTry: HOME or KITH_HOME/,
      );
    assert.deepEqual(readdirSync(folder), []);
  });
});

describe('kith hub', () => {
  it('says that its port is busy', async () => {
    const socket = createSocket('udp4').bind(0, '127.0.0.1');
    await once(socket, 'listening');
    try {
      const { port } = socket.address();
      assert.match(
        failed(tmpdir(), ['hub', '--port', String(port), '--nodes', '3'], {}, { exit: 1 }),
        /^Error \(KITH_PORT_BUSY\): the hub could not open its DHT nodes: UDP port \d+ cannot be had.*\nTry: stop what listens/,
      );
    } finally {
      socket.close();
    }
  });
});
