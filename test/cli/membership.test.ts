import assert from 'node:assert/strict';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { Home } from '../../cli/home.ts';
import { removeMembership } from '../../cli/membership.ts';

const kiths = [
  'agent/node.json',
  'agent/agent.lock',
  'agent/pods/1/assignment',
  'keys/node.key',
  'keys/node.cert.0123456789ab.tmp',
  'images/oci-layout',
  'images/blobs/sha256/00',
  'logs/agent.log.1',
  'lend.json',
  'cluster.json',
];

describe('a membership that is removed', () => {
  let folder: string;
  let home: Home;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'kith-membership-'));
    home = new Home(join(folder, 'home'));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  function write(...files: string[]): void {
    for (const file of files) {
      mkdirSync(dirname(home.file(file)), { recursive: true });
      writeFileSync(home.file(file), 'x');
    }
  }

  it('takes all that kith made along, and nothing else of the home', () => {
    write(...kiths, 'run/home.lock', 'kubeconfig', 'notes.txt');
    assert.deepEqual(removeMembership(home), {
      removed: ['agent', 'keys', 'images', 'logs', 'lend.json', 'cluster.json'],
      kept: [],
    });
    assert.deepEqual(readdirSync(home.path).toSorted(), ['kubeconfig', 'notes.txt', 'run']);
  });

  it('leaves what others put into its folders, and names it', () => {
    const others = ['images/cat.jpg', 'images/holiday/dog.jpg', 'logs/access.log', 'keys/server.key'];
    write(...kiths, ...others);
    const { removed, kept } = removeMembership(home);
    assert.deepEqual(kept.toSorted(), [
      'images/cat.jpg',
      'images/holiday',
      'keys/server.key',
      'logs/access.log',
    ]);
    assert.ok(removed.includes('agent') && removed.includes("what was kith's in images"));
    for (const file of others) assert.ok(existsSync(home.file(file)), file);
    for (const file of kiths) assert.ok(!existsSync(home.file(file)), file);
  });

  it('leaves what lies behind a link to another disk', () => {
    write('cluster.json');
    const disk = join(folder, 'disk');
    mkdirSync(disk);
    writeFileSync(join(disk, 'cat.jpg'), 'x');
    symlinkSync(disk, home.file('images'));
    assert.deepEqual(removeMembership(home), { removed: ['images', 'cluster.json'], kept: [] });
    assert.deepEqual(readdirSync(disk), ['cat.jpg']);
  });
});
