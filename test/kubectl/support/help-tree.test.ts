import assert from 'node:assert/strict';
import { faults, missing, strays } from './completeness.ts';
import { readPage } from './help-tree.ts';
import { row } from './row.ts';

const works = () => Promise.resolve();

describe('the help tree of kubectl', () => {
  it('tells subcommands, and whether a command is one by itself', () => {
    const apply = `Apply a configuration.

Examples:
  # Apply the configuration
  kubectl apply -f ./pod.json

Available Commands:
  edit-last-applied   Edit
  view-last-applied   View

Usage:
  kubectl apply (-f FILENAME | -k DIRECTORY) [options]

Use "kubectl apply <command> --help" for more information about a given command.
Use "kubectl options" for a list of global command-line options (applies to all commands).
`;
    assert.deepEqual(readPage('apply', apply), {
      below: ['edit-last-applied', 'view-last-applied'],
      isCommand: true,
      mentioned: ['options'],
    });
    const rollout = apply.replaceAll('kubectl apply -f', 'kubectl apply edit-last-applied');
    assert.equal(readPage('apply', rollout).isCommand, false);
    assert.equal(readPage('cordon', 'Usage:\n  kubectl cordon NODE [options]\n').isCommand, true);
  });

  it('is held against the rows', () => {
    const rows = [row('get', '', works), row('get', '--force, -o wide', works), row('fly', '', works)];
    assert.deepEqual(strays(rows, new Set(['get', 'apply'])), ['fly']);
    const named = { get: ['-f', '-o wide', '--force', '-w'], apply: ['-k'] };
    assert.deepEqual(missing(['get', 'apply'], named, rows), ['apply', 'get: -f', 'get: -w']);
  });

  it('finds rows that stand twice, and refusals that no other sandbox makes good', () => {
    const refused = { because: 'sandbox', why: 'no shell', worksAs: 'in podman' } as const;
    const exec = row('exec', 'in wasm', works, { refused });
    assert.deepEqual(faults([exec, exec]).length, 3);
    assert.deepEqual(faults([exec, row('exec', 'in podman', works)]), []);
  });
});
