import { constants } from 'node:fs';
import { access, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import type { Clock } from '../../../process/clock.ts';
import { isDiskFull, writeFileAtomically } from '../../../process/folder.ts';
import { bubblewrapJail } from './bubblewrap.ts';
import { openJail, type Jail } from './jail.ts';
import { nodeBinary } from './node-binary.ts';
import { seccompFilter } from './seccomp.ts';

/** The best jail of this machine, and, where that is none, why. */
export interface FoundJail {
  jail: Jail;
  why?: string;
}

/** A trial takes 50 ms; a machine that needs longer than this is not one to trust with it. */
const trialMsMax = 10_000;

/**
 * Tries bubblewrap out with a program that does nothing, because its presence says little: distributions block the user
 * namespaces that it needs. `folder` is where the system-call filter is put.
 */
export async function findJail(options: {
  folder: string;
  clock: Clock;
  command?: string;
}): Promise<FoundJail> {
  const { folder, clock, command = 'bwrap' } = options;
  if (process.platform !== 'linux')
    return { jail: openJail, why: `there is no sandbox of the operating system on ${process.platform} yet` };
  if (process.arch !== 'x64' && process.arch !== 'arm64')
    return { jail: openJail, why: `there is no system-call filter for ${process.arch} yet` };
  try {
    await mkdir(folder, { recursive: true, mode: 0o700 });
    const seccompFile = join(folder, `seccomp-${process.arch}.bpf`);
    await keep(seccompFile, seccompFilter(process.arch));
    const jail = bubblewrapJail({ command: await pathTo(command), node: await nodeBinary(), seccompFile });
    const why = await trial(jail, folder, clock);
    return why === undefined ? { jail } : { jail: openJail, why };
  } catch (error) {
    // A full disk is no property of this machine: apps must not lose their walls by it.
    if (isDiskFull(error)) throw error;
    return { jail: openJail, why: wordsOf(error) };
  }
}

/** Where the user's PATH has it. The jail starts it with an empty environment, in which the system would search its own folders only. */
async function pathTo(command: string): Promise<string> {
  if (command.includes('/')) return command;
  for (const folder of (process.env['PATH'] ?? '').split(delimiter).filter(Boolean)) {
    const path = join(folder, command);
    const isThere = await access(path, constants.X_OK).then(
      () => true,
      () => false,
    );
    if (isThere) return path;
  }
  throw Object.assign(new Error(`${command} is not on the PATH`), { code: 'ENOENT' });
}

/** Writes only what is not there yet: a start on a full disk then needs no room for it. */
async function keep(path: string, bytes: Uint8Array): Promise<void> {
  const there = await readFile(path).catch(() => undefined);
  if (!there?.equals(bytes)) await writeFileAtomically(path, bytes);
}

async function trial(jail: Jail, folder: string, clock: Clock): Promise<string | undefined> {
  const place = await mkdtemp(join(folder, 'trial-'));
  try {
    await writeFile(join(place, 'nothing.mjs'), '');
    const { child } = jail.run({
      reads: { trial: place },
      nodeFlags: [],
      arguments: (at) => [`${at('trial')}/nothing.mjs`],
      stdio: ['ignore', 'ignore', 'pipe'],
      dieWithParent: true,
    });
    let words = '';
    child.stderr!.on('data', (chunk: Buffer) => (words = (words + chunk.toString()).slice(-1000)));
    const late = clock.after(trialMsMax, () => child.kill('SIGKILL'));
    try {
      return await new Promise((resolve) => {
        child.once('error', (error) => resolve(wordsOf(error)));
        child.once('close', (code, by) =>
          resolve(code === 0 ? undefined : words.trim() || `bubblewrap ended with ${by ?? code}`),
        );
      });
    } finally {
      late.cancel();
    }
  } finally {
    await rm(place, { recursive: true, force: true });
  }
}

function wordsOf(error: unknown): string {
  const { code, message } = error as NodeJS.ErrnoException;
  return code === 'ENOENT' ? 'bubblewrap is not installed (the package is called bubblewrap)' : message;
}
