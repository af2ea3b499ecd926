import assert from 'node:assert/strict';
import {
  appendFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { bothLogs, lineLog } from '../../process/log.ts';
import { logFile } from '../../process/log-file.ts';
import { VirtualClock } from '../../process/virtual-clock.ts';

describe('two logs in one', () => {
  it('each take what their own level lets through, under longer names too', () => {
    const clock = new VirtualClock();
    const all: string[] = [];
    const bad: string[] = [];
    const log = bothLogs(
      lineLog({ name: 'agent', clock, write: (line) => all.push(line) }),
      lineLog({ name: 'agent', clock, level: 'warn', write: (line) => bad.push(line) }),
    );
    log.info('connected', { peer: 'attic' });
    log.child('pods').warn('not started');
    assert.deepEqual(
      all.map((line) => line.slice(25)),
      ['info agent: connected peer=attic\n', 'warn agent/pods: not started\n'],
    );
    assert.deepEqual(
      bad.map((line) => line.slice(25)),
      ['warn agent/pods: not started\n'],
    );
  });
});

describe('the log of a program', () => {
  let folder: string;
  beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'kith-log-'))));
  afterEach(() => rmSync(folder, { recursive: true }));

  it('takes a line that is longer than a whole file', () => {
    const path = join(folder, 'agent.log');
    logFile(path, 4)('twelve bytes');
    assert.equal(readFileSync(path, 'utf8'), 'twelve bytes\n');
  });

  it('on a full disk ends nobody either', () => {
    const path = join(folder, 'agent.log');
    symlinkSync('/dev/full', path);
    const write = logFile(path);
    write('lost');
    // The control: without the log's care that is an error.
    assert.throws(() => appendFileSync(path, 'lost'), { code: 'ENOSPC' });
    rmSync(path);
    write('kept');
    assert.equal(readFileSync(path, 'utf8'), '(1 lines could not be written here)\nkept\n');
  });

  it('that cannot be written ends nobody, and tells later how much is missing', () => {
    const path = join(folder, 'logs', 'agent.log');
    const write = logFile(path);
    write('lost');
    write('lost too');
    assert.ok(!existsSync(path));
    mkdirSync(join(folder, 'logs'));
    write('kept');
    write('and on');
    assert.equal(readFileSync(path, 'utf8'), '(2 lines could not be written here)\nkept\nand on\n');
  });
});
