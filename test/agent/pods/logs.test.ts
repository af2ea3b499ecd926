import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { ContainerLog, segmentsIn } from '../../../agent/pods/logs/container-log.ts';
import { lineBytesMax } from '../../../agent/pods/logs/line.ts';
import { readLog, type ReadOptions } from '../../../agent/pods/logs/read.ts';
import { silentLog } from '../../../process/log.ts';
import { VirtualClock } from '../../../process/virtual-clock.ts';

describe('a container log', () => {
  let folder: string;
  const clock = new VirtualClock();
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'kith-log-'));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  const open = (run: number, limits: Record<string, number> = {}) =>
    new ContainerLog({ folder, run, clock, log: silentLog, limits });
  async function read(run: number, options: ReadOptions = {}, live?: ContainerLog): Promise<string> {
    const parts: Buffer[] = [];
    for await (const part of readLog(folder, run, live, options)) parts.push(part);
    return Buffer.concat(parts).toString();
  }

  it('keeps a bounded number of bounded segments, the newest', async () => {
    const log = open(1, { segmentBytesMax: 1000, segmentsMax: 3 });
    for (let line = 0; line < 200; line++) {
      log.write('stdout', Buffer.from(`line ${line}\n`));
      // Each append is one write: without this they would be one batch.
      await new Promise<void>((resolve) => log.once('grown', resolve));
    }
    await log.end();
    assert.equal(segmentsIn(folder).length, 3);
    const kept = (await read(1)).trimEnd().split('\n');
    assert.equal(kept.at(-1), 'line 199');
    assert.ok(kept.length < 100);
    assert.equal(kept[0], `line ${200 - kept.length}`);
  });

  it('keeps the previous run and no older one', async () => {
    for (const run of [1, 2, 3]) {
      const log = open(run);
      log.write('stdout', Buffer.from(`run ${run}\n`));
      await log.end();
    }
    assert.deepEqual(readdirSync(folder), ['2-000000.log', '3-000000.log']);
    assert.equal(await read(2), 'run 2\n');
  });

  it('gives back what was written, however it was cut into chunks and whatever its lines', () =>
    fc.assert(
      fc.asyncProperty(
        fc.array(
          fc.string({ maxLength: 40 }).map((text) => text.replace(/[\r\n]/g, '')),
          { maxLength: 30 },
        ),
        fc.integer({ min: 1, max: 50 }),
        fc.integer({ min: 0, max: 40 }),
        async (lines, chunk, tail) => {
          rmSync(folder, { recursive: true, force: true });
          const log = open(1, { segmentBytesMax: 300, segmentsMax: 100 });
          const whole = Buffer.from(lines.map((line) => `${line}\n`).join(''));
          for (let at = 0; at < whole.length; at += chunk)
            log.write('stdout', whole.subarray(at, at + chunk));
          await log.end();
          assert.equal(await read(1), whole.toString());
          const last = tail === 0 ? [] : lines.slice(-tail);
          assert.equal(await read(1, { tailLines: tail }), last.map((line) => `${line}\n`).join(''));
        },
      ),
      { numRuns: 30 },
    ));

  it('stores an overlong line in parts and shows it whole', async () => {
    const log = open(1);
    const long = 'x'.repeat(lineBytesMax * 2 + 5);
    log.write('stdout', Buffer.from(`${long}\nshort\n`));
    await log.end();
    assert.equal(await read(1), `${long}\nshort\n`);
  });

  it('leaves out what is older than the time asked for', async () => {
    const log = open(1);
    log.write('stdout', Buffer.from('old\n'));
    await clock.advance(60_000);
    const since = clock.date().toISOString();
    log.write('stdout', Buffer.from('new\n'));
    await log.end();
    assert.equal(await read(1, { sinceTime: since }), 'new\n');
  });

  it('drops output that comes faster than the disk, and says how much', async () => {
    const log = open(1, { pendingBytesMax: 1000 });
    for (let line = 0; line < 100; line++) log.write('stdout', Buffer.from(`line ${line}\n`));
    await new Promise<void>((resolve) => log.once('grown', resolve));
    log.write('stdout', Buffer.from('after\n'));
    await log.end();
    const text = await read(1);
    assert.match(text, /\d+ bytes of output came faster than the disk and were dropped/);
    assert.match(text, /after\n$/);
  });

  it('is followed to its very last line', async () => {
    const log = open(1);
    const following = read(1, { follow: true }, log);
    for (let line = 0; line < 50; line++) log.write('stdout', Buffer.from(`${line}\n`));
    log.write('stdout', Buffer.from('no newline'));
    void log.end();
    assert.match(await following, /^0\n1\n[^]*49\nno newline\n$/);
  });
});
