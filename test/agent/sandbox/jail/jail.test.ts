import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type AddressInfo, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { openJail, type Jail } from '../../../../agent/sandbox/jail/jail.ts';
import { findJail } from '../../../../agent/sandbox/jail/trial.ts';
import { systemClock } from '../../../../process/clock.ts';
import { requireBubblewrap } from '../wasm-drivers.ts';

const attacksFolder = fileURLToPath(new URL('../attacks', import.meta.url));
/** Opens Node's own seat belt, so that only the walls of the operating system are left to hold. */
const beltOpen = ['--allow-fs-read=*', '--allow-fs-write=*', '--allow-child-process', '--allow-worker'];

interface Outcome {
  done?: unknown;
  refused?: string;
  /** How it ended, if it did not say a word. */
  ended?: string;
}

async function attack(jail: Jail, name: string, target: string, flags: string[]): Promise<Outcome> {
  const { child } = jail.run({
    reads: { attacks: attacksFolder },
    nodeFlags: flags,
    arguments: (at) => [`${at('attacks')}/attack.js`, name, target],
    stdio: ['ignore', 'pipe', 'ignore'],
    dieWithParent: true,
  });
  let text = '';
  child.stdout!.on('data', (chunk: Buffer) => (text += chunk.toString()));
  const [code, by] = (await once(child, 'close')) as [number | null, string | null];
  return text === '' ? { ended: String(by ?? code) } : (JSON.parse(text) as Outcome);
}

describe('the jail', () => {
  let folder: string;
  let jail: Jail;
  let server: Server;

  before(async function () {
    requireBubblewrap(this);
    folder = mkdtempSync(join(tmpdir(), 'kith-jail-'));
    ({ jail } = await findJail({ folder, clock: systemClock }));
    server = createServer((socket) => socket.end());
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  });
  after(() => {
    server?.close();
    if (folder) rmSync(folder, { recursive: true, force: true });
  });

  describe('holds, by the operating system alone (Node’s own permissions all granted),', () => {
    /** Each: what is tried, at what, and that it succeeds without walls. */
    const walls: [title: string, name: string, target: () => string, refused: RegExp][] = [
      ['a program from a host’s file', 'read', () => hostFile('secret'), /ENOENT/],
      ['from the list of processes', 'list', () => '/proc', /ENOENT/],
      ['from writing beside the host’s files', 'write', () => join(folder, 'written'), /ENOENT|EROFS/],
      ['from connecting to a port of the host', 'connect', () => String(portOf(server)), /EPERM|ENETUNREACH/],
      ['from listening', 'listen', () => '', /EPERM/],
      ['from starting a process', 'spawn', () => '', /EPERM|EAGAIN/],
      ['from a signal to a process of the host', 'signal', () => String(process.pid), /ESRCH|EPERM/],
    ];
    for (const [title, name, target, refused] of walls)
      it(title, async () => {
        const inside = await attack(jail, name, target(), beltOpen);
        assert.match(inside.refused ?? JSON.stringify(inside), refused);
        // The control: the same program, the same grants, no walls.
        const outside = await attack(openJail, name, target(), beltOpen);
        assert.ok('done' in outside, `without walls: ${JSON.stringify(outside)}`);
      });

    it('from writing anywhere inside', async () => {
      for (const place of ['/written', '/kith/written', '/kith/attacks/written', '/tmp/written'])
        assert.match((await attack(jail, 'write', place, beltOpen)).refused!, /EROFS|ENOENT/, place);
      assert.ok(!existsSync(join(attacksFolder, 'written')));
    });
  });

  describe('holds, by Node’s seat belt alone (no walls),', () => {
    it('a program from a file that it was not given', async () => {
      const target = hostFile('belt');
      assert.equal((await attack(openJail, 'read', target, [])).refused, 'ERR_ACCESS_DENIED');
      assert.equal((await attack(openJail, 'read', target, beltOpen)).done, 'secret words');
    });

    it('from writing', async () => {
      const target = join(folder, 'belt-written');
      assert.equal((await attack(openJail, 'write', target, [])).refused, 'ERR_ACCESS_DENIED');
      assert.ok(!existsSync(target));
      assert.equal((await attack(openJail, 'write', target, beltOpen)).done, 'done');
    });

    it('from starting a process', async () => {
      assert.equal((await attack(openJail, 'spawn', '', [])).refused, 'ERR_ACCESS_DENIED');
      assert.equal((await attack(openJail, 'spawn', '', beltOpen)).done, 0);
    });
  });

  it('gives a program nothing of the host’s environment', async () => {
    process.env['KITH_TEST_MARK'] = 'seen';
    try {
      for (const each of [jail, openJail])
        assert.equal((await attack(each, 'environment', 'KITH_TEST_MARK', [])).refused, 'not there');
      const plain = spawn(process.execPath, [
        join(attacksFolder, 'attack.js'),
        'environment',
        'KITH_TEST_MARK',
      ]);
      const [line] = (await once(plain.stdout, 'data')) as [Buffer];
      assert.deepEqual(JSON.parse(line.toString()), { done: 'seen' });
    } finally {
      delete process.env['KITH_TEST_MARK'];
    }
  });

  it('ends a program whose heap outgrows its cap; with a larger cap it lives', async () => {
    const small = await attack(jail, 'heap', '80', ['--max-old-space-size=32']);
    assert.ok(small.ended, JSON.stringify(small));
    assert.deepEqual(await attack(jail, 'heap', '80', ['--max-old-space-size=512']), { done: 80 });
  });

  it('is chosen by a trial run: a bubblewrap that is missing, or that fails, is not believed', async () => {
    const missing = await findJail({ folder, clock: systemClock, command: '/nonexistent/bwrap' });
    assert.equal(missing.jail.isolation, 'none');
    assert.match(missing.why!, /not installed/);

    const broken = join(folder, 'broken-bwrap');
    writeFileSync(broken, '#!/bin/sh\necho "setting up uid map: Permission denied" >&2\nexit 1\n', {
      mode: 0o755,
    });
    const failing = await findJail({ folder, clock: systemClock, command: broken });
    assert.equal(failing.jail.isolation, 'none');
    assert.match(failing.why!, /uid map/);

    assert.equal((await findJail({ folder, clock: systemClock })).jail.isolation, 'os');
  });

  const hostFile = (name: string) => {
    const path = join(folder, name);
    writeFileSync(path, 'secret words');
    return path;
  };
});

const portOf = (server: Server) => (server.address() as AddressInfo).port;
