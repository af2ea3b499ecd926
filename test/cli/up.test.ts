import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ClusterRecord } from '../../cli/home.ts';
import { bootstrapNodes } from '../../cli/bootstrap.ts';
import { memberName } from '../../cli/names.ts';
import { binary } from './cluster.ts';

const founded: ClusterRecord = {
  name: 'oak',
  clusterKey: '00',
  controllers: [],
  bootstrap: ['127.0.0.1:1'],
  host: '127.0.0.1',
  member: 'attic',
  role: 'founder',
  ports: {},
};

describe('kith up', function () {
  this.timeout(20_000);
  let home: string;
  const clusterFile = () => join(home, 'cluster.json');
  beforeEach(() => (home = mkdtempSync(join(tmpdir(), 'kith-up-'))));
  afterEach(() => rmSync(home, { recursive: true }));

  /** Runs a command that must be refused as wrong input; gives back what it said. */
  function refused(...args: string[]): string {
    return refusedWith({}, ...args);
  }

  function refusedWith(environment: NodeJS.ProcessEnv, ...args: string[]): string {
    const { status, stderr } = spawnSync(process.execPath, [binary, ...args], {
      env: { ...process.env, KITH_HOME: home, KUBECONFIG: join(home, 'kubeconfig'), ...environment },
      encoding: 'utf8',
      timeout: 15_000,
    });
    assert.equal(status, 2, stderr);
    return stderr;
  }

  it('refuses a port that is none, by the name of its flag', () => {
    for (const flag of ['--api-port', '--gateway-port'])
      for (const port of ['0', '65536', '-1', 'http', '80.5'])
        assert.match(
          refused('up', `${flag}=${port}`),
          new RegExp(
            new RegExp(
              `^Error \\(KITH_USAGE\\): ${flag}: Expected an integer.*: ${port}\nTry: kith up --help\n`,
            ),
          ),
        );
    assert.ok(!existsSync(clusterFile()), 'nothing was founded');
  });

  it('says once that KITH_LOG names no level, and which there are', () => {
    const told = (level: string) => refusedWith({ KITH_LOG: level }, 'up', '--bootstrap', 'attic');
    const lines = told('bogus').split('\n');
    assert.equal(
      lines[0],
      'KITH_LOG=bogus is no level of the log, which stays at info. The levels: debug, info, warn, error.',
    );
    assert.equal(lines.filter((line) => line.includes('KITH_LOG')).length, 1);
    for (const level of ['debug', '']) assert.doesNotMatch(told(level), /KITH_LOG/);
  });

  it('refuses DHT nodes that are none, by the part that is wrong', () => {
    for (const [text, part] of [
      ['127.0.0.1:49737,attic', 'attic'],
      ['attic:0', 'attic:0'],
      ['127.0.0.1:49737,', ''],
      ['http://attic:80', 'http://attic:80'],
      ['', ''],
    ] as const)
      assert.match(
        refused('up', '--bootstrap', text),
        new RegExp(
          `^Error \\(KITH_BAD_ARGUMENT\\): --bootstrap "${text}": "${part}" is not host:port\nTry: `,
        ),
      );
    assert.ok(!existsSync(clusterFile()), 'nothing was founded');
    assert.deepEqual(bootstrapNodes('127.0.0.1:1, dht.example.org:65535'), [
      '127.0.0.1:1',
      'dht.example.org:65535',
    ]);
    assert.deepEqual(bootstrapNodes(undefined), []);
  });

  it('refuses a name that is none, says what it would be the name of, and proposes one', () => {
    for (const [flag, what] of [
      ['--name', 'machine'],
      ['--cluster', 'cluster'],
    ] as const)
      assert.match(
        refused('up', flag, 'Bad Name'),
        new RegExp(
          `^Error \\(KITH_BAD_NAME\\): ${flag} "Bad Name" is no name for a ${what}: .*\nTry: ${flag} bad-name\n`,
        ),
      );
    assert.throws(() => memberName('Ada L', '--for'), /--for "Ada L" is no name for a person: /);
    assert.equal(memberName('ada', '--for'), 'ada');
    assert.ok(!existsSync(clusterFile()), 'nothing was founded');
  });

  it('refuses other names than those that the cluster was founded with, and takes the same', () => {
    const text = JSON.stringify(founded);
    writeFileSync(clusterFile(), text);
    assert.match(
      refused('up', '--cluster', 'elm'),
      /^Error \(KITH_OTHER_CLUSTER\): this home is the cluster "oak", not "elm"\nTry: .*KITH_HOME=~\/\.kith-elm kith up --cluster elm/,
    );
    assert.match(
      refused('up', '--name', 'barn'),
      /^Error \(KITH_BAD_ARGUMENT\): this machine is "attic" in the cluster "oak" and cannot become "barn"\nTry: /,
    );
    assert.equal(readFileSync(clusterFile(), 'utf8'), text);
    // With the same names, or none, it comes as far as the next mistake.
    for (const names of [['--cluster', 'oak', '--name', 'attic'], []])
      assert.match(refused('up', ...names, '--bootstrap', 'attic'), /--bootstrap "attic"/);
  });
});
