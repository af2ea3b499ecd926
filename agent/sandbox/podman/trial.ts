import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { PodmanCommand } from './service.ts';

/** What podman can do on this machine, or why it cannot. */
export type PodmanTrial = { enforces: { memory: boolean; cpu: boolean } } | { why: string };

/** Its first run after a reboot sets up its storage. */
const trialMsMax = 30_000;
/** podman's exit code where the container came up, and the command in it is not there: we have no image to try with. */
const noSuchCommand = 127;

/**
 * Tries podman out with an empty root, since its presence says little: namespaces and cgroups are what distributions block. The
 * container comes to the point of starting a program, which is not there.
 */
export async function tryPodman(command: PodmanCommand): Promise<PodmanTrial> {
  const info = await run(command, ['info', '--format', 'json']);
  if (info.code !== 0) return { why: firstLine(info.err) };
  const folder = await mkdtemp(join(tmpdir(), 'kith-podman-trial-'));
  try {
    const walls = '--rm --network none --read-only --cap-drop all --security-opt no-new-privileges';
    const trial = await run(command, ['run', ...walls.split(' '), '--rootfs', folder, '/nothing']);
    if (trial.code !== noSuchCommand) return { why: firstLine(trial.err) };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
  const { host } = JSON.parse(info.out) as {
    host: { cgroupVersion?: string; cgroupControllers?: string[]; security?: { rootless?: boolean } };
  };
  const controllers = host.cgroupControllers ?? [];
  // Rootless on cgroup v1 takes limits and ignores them.
  const holds = (name: string) =>
    controllers.includes(name) && !(host.security?.rootless === true && host.cgroupVersion === 'v1');
  return { enforces: { memory: holds('memory') && holds('pids'), cpu: holds('cpu') } };
}

function run(
  { program, options, env }: PodmanCommand,
  words: string[],
): Promise<{ code: number; out: string; err: string }> {
  return new Promise((resolve) => {
    const settings = { timeout: trialMsMax, env: { ...process.env, ...env }, maxBuffer: 4 * 1024 * 1024 };
    execFile(program, [...options, ...words], settings, (error, out, err) => {
      const code = error ? (typeof error.code === 'number' ? error.code : -1) : 0;
      resolve({ code, out, err: err || (error?.message ?? '') });
    });
  });
}

const firstLine = (text: string) => text.trim().split('\n').at(-1) ?? 'it says nothing';
