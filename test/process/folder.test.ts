import assert from 'node:assert/strict';
import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { callControl, controlSocketPaths, serveControl } from '../../process/control.ts';
import {
  FolderRefused,
  kithHome,
  makeHomeFolder,
  makePrivateFolder,
  readJsonFile,
  writeFileAtomically,
} from '../../process/folder.ts';
import { logFile } from '../../process/log-file.ts';
import { freePort, isFree } from '../../process/ports.ts';
import { createServer } from 'node:net';
import { once } from 'node:events';

describe('the home folder', () => {
  let folder: string;
  beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'kith-folder-'))));
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  it('is KITH_HOME, else .kith in the user’s own', () => {
    assert.equal(kithHome({ KITH_HOME: '/somewhere' }), '/somewhere');
    assert.match(kithHome({}), /\/\.kith$/);
    assert.equal(kithHome({ HOME: '/home/me' }), '/home/me/.kith');
  });

  it('is none where HOME is empty or no whole path: nothing is put into the current folder', () => {
    assert.throws(() => kithHome({ HOME: '' }), /HOME is empty, so there is no place for \.kith/);
    assert.throws(() => kithHome({ HOME: 'me' }), /HOME is "me", which is no whole path/);
    assert.equal(kithHome({ HOME: '', KITH_HOME: 'here' }), 'here');
  });

  it('and what is made in it can be read by its user alone', async () => {
    const inner = makePrivateFolder(join(folder, 'a', 'b'));
    assert.equal(statSync(inner).mode & 0o777, 0o700);
    await writeFileAtomically(join(inner, 'secret'), 'x');
    assert.equal(statSync(join(inner, 'secret')).mode & 0o777, 0o600);
  });

  describe('where something is there already', () => {
    const modeOf = (path: string) => statSync(path).mode & 0o7777;
    /** A folder that others may look into, with these files in it. */
    const open = (name: string, ...files: string[]) => {
      const path = join(folder, name);
      mkdirSync(path);
      for (const file of files) writeFileSync(join(path, file), 'x');
      chmodSync(path, 0o755);
      return path;
    };
    /** Puts the record of a cluster into it. */
    const record = (path: string, text = '{"name":"oak","clusterKey":"00"}') => {
      writeFileSync(join(path, 'cluster.json'), text);
      return path;
    };
    const refused = (path: string, why: RegExp, user?: number) => {
      const before = modeOf(path);
      const failed = (error: Error) =>
        error instanceof FolderRefused && why.test(error.message) && error.next.includes('another KITH_HOME');
      assert.throws(() => makeHomeFolder(path, user), failed);
      assert.equal(modeOf(path), before, 'and it stays as it was');
    };

    it('closes it to others if it is the user’s own and empty, or a home', () => {
      const inside = open('inside');
      mkdirSync(join(inside, 'run'), { mode: 0o700 });
      writeFileSync(join(inside, 'run', 'home.lock'), '');
      writeFileSync(join(inside, 'notes.txt'), 'x');
      // As kith image build leaves it where there is no cluster yet.
      const begun = open('begun');
      mkdirSync(join(begun, 'images', 'blobs'), { recursive: true, mode: 0o700 });
      const homes = [
        open('empty'),
        record(open('home', 'notes.txt')),
        record(open('halfway'), '{"name":"oak","clusterKey":"00"'),
        begun,
        open('disk', 'lost+found'),
        inside,
      ];
      for (const home of homes) assert.equal(modeOf(makeHomeFolder(home)), 0o700, home);
    });

    it('refuses a file, a folder of other things, a shared one and another user’s, and changes none', () => {
      const file = join(folder, 'afile');
      writeFileSync(file, 'x', { mode: 0o644 });
      refused(file, /afile is no folder$/);
      refused(open('letters', 'to-ada.txt'), /letters is no home of kith's and holds other things/);
      const system = open('system', 'etc');
      mkdirSync(join(system, 'run'), { mode: 0o755 });
      refused(system, /holds other things/);
      const shared = open('shared');
      chmodSync(shared, 0o1777);
      refused(shared, /shared is a folder that is shared by all users/);
      refused(open('theirs'), /theirs belongs to another user/, process.getuid!() + 1);
      const closed = open('closed', 'to-ada.txt');
      chmodSync(closed, 0o700);
      refused(closed, /holds other things/);
    });

    it('refuses folders of the same names as in a home, which are not kith’s', () => {
      const site = open('site');
      for (const name of ['images', 'logs', 'run', 'keys', 'agent', 'controller']) {
        mkdirSync(join(site, name), { mode: 0o755 });
        refused(site, /site is no home of kith's and holds other things/);
      }
      writeFileSync(join(site, 'images', 'cat.jpg'), 'x');
      writeFileSync(join(site, 'keys', 'server.key'), 'x');
      for (const name of ['images', 'keys']) chmodSync(join(site, name), 0o700);
      chmodSync(join(site, 'run'), 0o755);
      refused(site, /holds other things/);
      refused(record(site, '{"nodes":3}'), /holds other things/);
      // The control: with kith's record it is a home.
      assert.equal(modeOf(makeHomeFolder(record(site))), 0o700);
    });

    it('takes a link to a private folder of one’s own, and refuses one to nothing or to what others may see', () => {
      const link = (name: string, to: string) => {
        symlinkSync(to, join(folder, name));
        return join(folder, name);
      };
      const mine = record(open('mine'));
      chmodSync(mine, 0o700);
      const linked = link('linked', mine);
      assert.equal(makeHomeFolder(linked), linked);
      assert.throws(
        () => makeHomeFolder(link('lost', join(folder, 'nowhere'))),
        /lost is a link that leads to nothing/,
      );
      const disk = open('disk', 'films');
      assert.throws(
        () => makePrivateFolder(link('images', disk)),
        /images leads to a folder that is open to others/,
      );
      assert.equal(modeOf(disk), 0o755);
      assert.throws(
        () => makeHomeFolder(join(folder, 'mine', 'cluster.json', 'home')),
        /a part of its path is a file/,
      );
    });
  });

  it('keeps a file whole: a write that fails leaves the old content and nothing beside it', async () => {
    const file = join(folder, 'state');
    await writeFileAtomically(file, 'old');
    await assert.rejects(writeFileAtomically(file, { toString: () => 'no' } as unknown as string));
    assert.equal(readFileSync(file, 'utf8'), 'old');
    assert.deepEqual(readdirSync(folder), ['state']);
  });

  it('has JSON files that say which one is broken', () => {
    assert.equal(readJsonFile(join(folder, 'none')), undefined);
    writeFileSync(join(folder, 'bad'), '{');
    assert.throws(
      () => readJsonFile(join(folder, 'bad')),
      /bad is not what kith wrote: it is not JSON .* Restore it/s,
    );
  });
});

describe('a log file', () => {
  it('is moved aside when it is full, and one older part is kept', () => {
    const folder = mkdtempSync(join(tmpdir(), 'kith-log-'));
    const write = logFile(join(folder, 'a.log'), 100);
    for (let line = 0; line < 20; line++) write(`line ${line} of a program`);
    const parts = readdirSync(folder).sort();
    assert.deepEqual(parts, ['a.log', 'a.log.1']);
    for (const part of parts) assert.ok(statSync(join(folder, part)).size <= 100);
    assert.match(readFileSync(join(folder, 'a.log'), 'utf8'), /line 19/);
    rmSync(folder, { recursive: true });
  });
});

describe('the ear of a running program', () => {
  it('answers its user’s calls, tells what went wrong, and is silent when the program is gone', async () => {
    const home = mkdtempSync(join(tmpdir(), 'kith-ear-'));
    const server = await serveControl(home, 'agent', {
      leave: async () => ({ node: 'attic' }),
      fail: async () => {
        throw new Error('the controller is away');
      },
    });
    assert.deepEqual(await callControl(home, 'agent', 'leave'), { node: 'attic' });
    await assert.rejects(callControl(home, 'agent', 'fail'), /the controller is away/);
    await assert.rejects(callControl(home, 'agent', 'other'), /not known here/);
    await new Promise((resolve) => server.close(resolve));
    assert.equal(await callControl(home, 'agent', 'leave'), undefined);
    rmSync(home, { recursive: true, force: true });
  });

  it('has a short path however deep the home lies', () => {
    const environment = {
      HOME: '/home/me',
      XDG_CACHE_HOME: `/${'far/'.repeat(40)}`,
      XDG_RUNTIME_DIR: '/run/user/1',
    };
    const paths = controlSocketPaths(`/${'deep/'.repeat(40)}`, 'agent', environment);
    assert.match(paths.join(), /^\/run\/user\/1\/kith\/[0-9a-f]{16}\.sock$/);
    assert.deepEqual(controlSocketPaths('/home/me/.kith', 'agent'), ['/home/me/.kith/run/agent.sock']);
  });
});

describe('a free port', () => {
  it('is the wished one, or the next in steps of ten where that is taken', async () => {
    const taken = createServer();
    taken.listen(0, '127.0.0.1');
    await once(taken, 'listening');
    const { port } = taken.address() as { port: number };
    assert.equal(await isFree(port), false);
    const other = await freePort(port);
    assert.equal((other - port) % 10, 0);
    assert.notEqual(other, port);
    taken.close();
    await once(taken, 'close');
    assert.equal(await isFree(port), true);
  });
});
