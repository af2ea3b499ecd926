import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { callControl, controlSocketPath, serveControl } from '../../process/control.ts';
import { kithHome, makePrivateFolder, readJsonFile, writeFileAtomically } from '../../process/folder.ts';
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
  });

  it('and what is made in it can be read by its user alone', async () => {
    const inner = makePrivateFolder(join(folder, 'a', 'b'));
    assert.equal(statSync(inner).mode & 0o777, 0o700);
    await writeFileAtomically(join(inner, 'secret'), 'x');
    assert.equal(statSync(join(inner, 'secret')).mode & 0o777, 0o600);
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
    assert.throws(() => readJsonFile(join(folder, 'bad')), /bad is not JSON .* Restore it/s);
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
    assert.ok(Buffer.byteLength(controlSocketPath(`/${'deep/'.repeat(40)}`, 'agent')) <= 100);
    assert.equal(controlSocketPath('/home/me/.kith', 'agent'), '/home/me/.kith/run/agent.sock');
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
