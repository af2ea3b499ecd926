import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { conflict, notFound } from '../../api/errors.ts';
import { describeError } from '../../cli/describe-error.ts';
import { CliError } from '../../cli/errors.ts';
import { apiErrorWords, inviteErrorWords, swarmErrorWords } from '../../cli/foreign-errors.ts';
import { BlobError } from '../../agent/blobs/errors.ts';
import { StoreFull } from '../../controller/store/errors.ts';
import { withFile } from '../../process/folder.ts';
import { InviteError } from '../../swarm/invite.ts';
import { SwarmError } from '../../swarm/errors.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
/** What begins with KITH_ and is read from the environment. */
const isVariable = (source: string, at: number) => /(?:env|environment)\[$/.test(source.slice(0, at));

function codesInSources(): Set<string> {
  const codes = new Set<string>();
  for (const folder of ['process', 'client', 'swarm', 'controller', 'agent', 'gateway', 'cli'])
    for (const file of readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })) {
      if (!/\.tsx?$/.test(file)) continue;
      const source = readFileSync(join(root, folder, file), 'utf8');
      for (const match of source.matchAll(/['"](KITH_[A-Z_]+)['"]/g))
        if (!isVariable(source, match.index)) codes.add(match[1]!);
    }
  return codes;
}

describe('errors', () => {
  it('have codes that docs/reference/errors.md lists, and it lists no others', () => {
    const page = readFileSync(join(root, 'docs/reference/errors.md'), 'utf8');
    const listed = [...page.matchAll(/^\| `(KITH_[A-Z_]+)` +\|/gm)].map(([, code]) => code!);
    assert.deepEqual(listed.toSorted(), [...codesInSources()].toSorted());
    assert.equal(new Set(listed).size, listed.length, 'a code is listed twice');
  });

  it('say what happened, with a code, and what to do', () => {
    const told = describeError(
      new CliError('KITH_NO_FILE', 'there is no file x', { next: 'check', exit: 2 }),
    );
    assert.deepEqual(told, { lines: ['Error (KITH_NO_FILE): there is no file x', 'Try: check'], exit: 2 });
  });

  it('keep their lines, and nothing else that would move a cursor or change a colour', () => {
    const told = describeError(
      new CliError('KITH_NO_FILE', 'no \u001b[2Jfile\r\n  and\u0007 more', {
        next: 'check \u001b]0;title\u0007it',
      }),
    );
    assert.deepEqual(told.lines, ['Error (KITH_NO_FILE): no file·\n  and· more', 'Try: check it']);
    process.env['KITH_DEBUG'] = '1';
    try {
      const { lines } = describeError(new TypeError('\u001b[31mred'));
      assert.match(lines.at(-1)!, /TypeError: red\n +at /);
    } finally {
      delete process.env['KITH_DEBUG'];
    }
  });

  it('of the API, of invites and of the wire have a code and a next step each', () => {
    for (const words of [apiErrorWords, inviteErrorWords, swarmErrorWords])
      for (const [reason, { code, next }] of Object.entries(words)) {
        assert.match(code, /^KITH_[A-Z_]+$/, reason);
        assert.ok(next, reason);
      }
    const lines = (error: Error) => describeError(error).lines;
    assert.deepEqual(lines(notFound('Pod', 'x')), [
      'Error (KITH_NOT_FOUND): pods "x" not found',
      'Try: kith get pods -A',
    ]);
    assert.match(lines(conflict('Pod', 'x')).join('\n'), /KITH_CONFLICT/);
    assert.match(lines(new InviteError('used', 'it was used')).join('\n'), /KITH_INVITE_USED.*\nTry: /);
    assert.match(lines(new SwarmError('dht-unreachable', 'no DHT')).join('\n'), /KITH_SWARM_DHT_UNREACHABLE/);
  });

  it('of the machine are told by its own word for them', () => {
    const busy = Object.assign(new Error('listen EADDRINUSE'), { code: 'EADDRINUSE' });
    assert.match(describeError(busy).lines.join('\n'), /KITH_PORT_BUSY.*\nTry: stop what listens there/);
  });

  it('of a full disk name the file, the folder and what is free, whoever ran into it', () => {
    const folder = tmpdir();
    const path = join(folder, 'a');
    const full = () => Object.assign(new Error('ENOSPC: no space left on device, write'), { code: 'ENOSPC' });
    const errors = [
      withFile(full(), path) as Error,
      new StoreFull(path, { cause: full() }),
      new BlobError('disk-full', `sha256:${'0'.repeat(64)}`, 'The disk is full', {
        cause: withFile(full(), path),
      }),
    ];
    for (const error of errors) {
      const { lines, exit } = describeError(error);
      assert.equal(exit, 75);
      assert.match(
        lines.join('\n'),
        /^Error \(KITH_DISK_FULL\): the disk is full: (.*)\/a could not be written.* [\d.]+ [KM]B of [\d.]+ MB are free in \1\nTry: free some space, then the same command again$/,
      );
    }
    assert.match(describeError(full()).lines.join('\n'), /KITH_DISK_FULL.* a file could not be written/);
    const other = new BlobError('mismatch', `sha256:${'0'.repeat(64)}`, 'not what its digest says');
    assert.doesNotMatch(describeError(other).lines.join('\n'), /DISK_FULL/);
  });

  it('that nobody foresaw say so, and how to find out more', () => {
    assert.match(
      describeError(new TypeError('x is undefined')).lines.join('\n'),
      /KITH_FAULT.*\nTry: KITH_DEBUG=1/,
    );
  });

  it('tell what the connection found out instead of the request that failed of it', () => {
    const away = new CliError('KITH_API_AWAY', 'nothing listens', { next: 'kith up' });
    const error = new Error('the API server does not answer', { cause: away });
    assert.deepEqual(describeError(error).lines, ['Error (KITH_API_AWAY): nothing listens', 'Try: kith up']);
  });
});
