import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { callControl, controlSocketPaths, serveControl } from '../../process/control.ts';

describe("a program's ear for its own user", () => {
  let home: string;
  beforeEach(() => (home = mkdtempSync(join(tmpdir(), 'kith-ear-'))));
  afterEach(() => rmSync(home, { recursive: true, force: true }));

  it('lies in a folder that nobody else may enter, also where that was open before', async () => {
    const folder = dirname(controlSocketPaths(home, 'agent')[0]!);
    mkdirSync(folder, { mode: 0o777 });
    const ear = await serveControl(home, 'agent', { leave: async () => ({ left: true }) });
    try {
      assert.equal(statSync(folder).mode & 0o777, 0o700);
      assert.deepEqual(await callControl(home, 'agent', 'leave'), { left: true });
    } finally {
      ear.close();
    }
  });

  it('knows the calls that it was given, and not what every object has', async () => {
    const ear = await serveControl(home, 'agent', { leave: async () => ({ left: true }) });
    try {
      for (const name of ['constructor', 'toString', '__proto__', 'hasOwnProperty', 'other'])
        await assert.rejects(callControl(home, 'agent', name), /is not known here/, name);
      assert.deepEqual(await callControl(home, 'agent', 'leave'), { left: true }, 'and it still listens');
    } finally {
      ear.close();
    }
  });
});
