import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { callNumber, deniedCalls, seccompFilter } from '../../../../agent/sandbox/jail/seccomp.ts';
import { requireBubblewrap } from '../wasm-drivers.ts';

const notPermitted = 1;
const noSuchCall = 38;

describe('the system-call filter', () => {
  it('answers as written, call by call, for both architectures', () => {
    for (const [architecture, audit] of [
      ['x64', 0xc000003e],
      ['arm64', 0xc00000b7],
    ] as const) {
      const run = (number: number, args: number[] = [], of: number = audit) =>
        interpret(seccompFilter(architecture), { number, architecture: of, args });
      for (const name of deniedCalls) {
        const number = callNumber(name, architecture);
        if (number === undefined) continue;
        assert.equal(run(number), name === 'clone3' ? `errno ${noSuchCall}` : `errno ${notPermitted}`, name);
      }
      const clone = architecture === 'x64' ? 56 : 220;
      const thread = 0x3d0f00;
      assert.equal(run(clone, [thread]), 'allow', 'a thread');
      assert.equal(run(clone, [0x11]), `errno ${notPermitted}`, 'a process');
      assert.equal(run(clone, [thread | 0x10000000]), `errno ${notPermitted}`, 'a user namespace');
      const ioctl = architecture === 'x64' ? 16 : 29;
      assert.equal(run(ioctl, [0, 0x5421]), 'allow', 'FIONBIO');
      assert.equal(run(ioctl, [0, 0x5412]), `errno ${notPermitted}`, 'TIOCSTI');
      const read = architecture === 'x64' ? 0 : 63;
      assert.equal(run(read), 'allow', 'read');
      assert.equal(run(read, [], 0x40000003), 'kill', 'another architecture');
      if (architecture === 'x64') assert.equal(run(0x40000000 + 57), `errno ${noSuchCall}`, 'x32');
    }
  });

  it('has the kernel’s own numbers', function () {
    const headers: [architecture: 'x64' | 'arm64', path: string][] = [
      ['x64', '/usr/include/x86_64-linux-gnu/asm/unistd_64.h'],
      ['arm64', '/usr/include/asm-generic/unistd.h'],
    ];
    let checked = 0;
    for (const [architecture, path] of headers) {
      const text = readOptional(path);
      for (const name of deniedCalls) {
        const listed = new RegExp(`^#define __NR(?:3264)?_${name}\\s+(\\d+)`, 'm').exec(text)?.[1];
        if (listed === undefined) continue;
        checked++;
        assert.equal(callNumber(name, architecture), Number(listed), `${name} on ${architecture}`);
      }
    }
    if (checked === 0) {
      if (process.env['CI'] === 'true') throw new Error('no kernel headers; apt-get install libc6-dev');
      console.log('      skipped: no kernel headers; apt-get install libc6-dev');
      this.skip();
    }
  });

  it('makes the kernel refuse each of them; without it many are allowed', async function () {
    requireBubblewrap(this);
    if (spawnSync('perl', ['-v']).error) {
      if (process.env['CI'] === 'true') throw new Error('perl is missing; apt-get install perl-base');
      console.log('      skipped: perl is missing; apt-get install perl-base');
      return this.skip();
    }
    const architecture = process.arch === 'arm64' ? 'arm64' : 'x64';
    const folder = mkdtempSync(join(tmpdir(), 'kith-seccomp-'));
    const file = join(folder, 'filter');
    writeFileSync(file, seccompFilter(architecture));
    // Not without the filter: these would make processes.
    const processes = ['fork', 'vfork'];
    const names = deniedCalls.filter((name) => callNumber(name, architecture) !== undefined);
    const harmless = names.filter((name) => !processes.includes(name));
    try {
      const held = await errnosOf(
        names.map((name) => callNumber(name, architecture)!),
        file,
      );
      names.forEach((name, index) =>
        assert.equal(held[index], name === 'clone3' ? noSuchCall : notPermitted, name),
      );
      const free = await errnosOf(
        harmless.map((name) => callNumber(name, architecture)!),
        undefined,
      );
      const allowed = harmless.filter(
        (_name, index) => free[index] !== notPermitted && free[index] !== noSuchCall,
      );
      for (const name of ['socket', 'personality', 'unshare', 'keyctl', 'open_by_handle_at'])
        assert.ok(allowed.includes(name) || name === 'open_by_handle_at', `${name} is refused anyway`);
      assert.ok(allowed.length >= 20, `only ${allowed.join(', ')}`);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });
});

/** Makes each call without arguments in a bubblewrap of its own namespaces; what it said, 0 for success. */
async function errnosOf(numbers: number[], filter: string | undefined): Promise<number[]> {
  const script =
    'for (@ARGV) { $! = 0; my $r = syscall($_ + 0, 0, 0, 0, 0, 0, 0); print(($r == -1 ? $! + 0 : 0), "\\n"); }';
  const descriptor = filter === undefined ? undefined : openSync(filter, 'r');
  const child = spawn(
    'bwrap',
    [
      '--ro-bind',
      '/',
      '/',
      '--dev',
      '/dev',
      '--unshare-all',
      '--die-with-parent',
      ...(descriptor === undefined ? [] : ['--seccomp', '3']),
      'perl',
      '-e',
      `$| = 1; ${script}`,
      ...numbers.map(String),
    ],
    { stdio: ['ignore', 'pipe', 'inherit', ...(descriptor === undefined ? [] : [descriptor])] },
  );
  if (descriptor !== undefined) closeSync(descriptor);
  let text = '';
  child.stdout!.on('data', (chunk: Buffer) => (text += chunk.toString()));
  await once(child, 'close');
  return text.trim().split('\n').map(Number);
}

/** The kernel's classic BPF machine, as far as the filter uses it. */
function interpret(
  program: Buffer,
  call: { number: number; architecture: number; args: number[] },
): 'allow' | 'kill' | `errno ${number}` {
  const data = new Map([
    [0, call.number],
    [4, call.architecture],
    [16, call.args[0] ?? 0],
    [24, call.args[1] ?? 0],
  ]);
  let loaded = 0;
  for (let at = 0; ; at++) {
    const [code, ifTrue, ifFalse, constant] = [
      program.readUInt16LE(at * 8),
      program.readUInt8(at * 8 + 2),
      program.readUInt8(at * 8 + 3),
      program.readUInt32LE(at * 8 + 4),
    ];
    const jump = (holds: boolean) => (at += holds ? ifTrue : ifFalse);
    if (code === 0x20) loaded = data.get(constant)! >>> 0;
    else if (code === 0x15) jump(loaded === constant);
    else if (code === 0x35) jump(loaded >= constant);
    else if (code === 0x45) jump((loaded & constant) !== 0);
    else if (code === 0x05) at += constant;
    else if (code === 0x06) {
      if (constant === 0x7fff0000) return 'allow';
      if (constant === 0x80000000) return 'kill';
      assert.equal(constant & 0xffff0000, 0x00050000);
      return `errno ${constant & 0xffff}`;
    } else assert.fail(`instruction ${code}`);
  }
}

function readOptional(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}
