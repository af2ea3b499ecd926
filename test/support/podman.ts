import { execFile, spawnSync } from 'node:child_process';
import { chmod, copyFile, mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { createPodman } from '../../agent/sandbox/create.ts';
import type { Sandbox } from '../../agent/sandbox/sandbox.ts';
import { systemClock } from '../../process/clock.ts';
import { silentLog } from '../../process/log.ts';

const run = promisify(execFile);

/** An image of nothing but busybox, as `localhost/box:1`. */
export const boxImage = 'localhost/box:1';

/** podman with a storage of the test's own, and one image in it. */
export interface TestPodman {
  /** A driver as the agent has it; the same `folder` finds the same containers. */
  driver(folder: string): Promise<Sandbox>;
  podman(...words: string[]): Promise<string>;
  /** With these a program finds this podman, and no other storage. */
  environment: NodeJS.ProcessEnv;
  close(): Promise<void>;
}

/**
 * Where podman or busybox is missing, or no container comes up here: why. The settings are those that a test machine needs whose
 * root lacks some rights, or whose cgroups are mounted in both versions: crun refuses these, runc does not.
 */
export async function testPodman(): Promise<TestPodman | string> {
  const busybox = spawnSync('sh', ['-c', 'command -v busybox'], { encoding: 'utf8' }).stdout.trim();
  if (!busybox) return 'install busybox-static (Debian) to run these';
  if (spawnSync('podman', ['--version'], { stdio: 'ignore' }).status !== 0)
    return 'install podman to run these';
  // Not the working folder: overlay storage does not lie on every file system, and sockets have short paths.
  const folder = await mkdtemp(join(tmpdir(), 'kith-podman-test-'));
  const settings = join(folder, 'containers.conf');
  // One that is reset takes what all of a user's podmans have in common with it, hence a tmp_dir and locks of its own.
  const runtime =
    spawnSync('runc', ['--version'], { stdio: 'ignore' }).status === 0 ? 'runtime="runc"\n' : '';
  await writeFile(
    settings,
    `[containers]\ndefault_ulimits=["nofile=4096:4096","nproc=4096:4096"]\n[engine]\ncgroup_manager="cgroupfs"\ntmp_dir="${join(folder, 'tmp')}"\nlock_type="file"\nevents_logger="file"\n${runtime}`,
  );
  const storage = join(folder, 'storage.conf');
  // An ordinary user's podman heeds another setting: without it, it would be their own images that are removed in the end.
  const store = join(folder, 'store');
  await writeFile(
    storage,
    `[storage]\ndriver="overlay"\ngraphroot="${store}"\nrootless_storage_path="${store}"\nrunroot="${join(folder, 'run')}"\n`,
  );
  const environment = { CONTAINERS_CONF: settings, CONTAINERS_STORAGE_CONF: storage };
  const podman = async (...words: string[]) =>
    (await run('podman', words, { env: { ...process.env, ...environment } })).stdout;
  const close = async () => {
    await podman('system', 'reset', '--force').catch(() => {});
    await rm(folder, { recursive: true, force: true });
  };
  try {
    await podman(
      'import',
      '--change',
      'CMD ["/bin/sleep","100000"]',
      await boxArchive(folder, busybox),
      boxImage,
    );
  } catch (error) {
    await close();
    return `podman imports no image here: ${(error as Error).message}`;
  }
  const said: string[] = [];
  const driver = (dataFolder: string) =>
    createPodman({
      dataFolder,
      clock: systemClock,
      log: { ...silentLog, info: (_message, fields) => void said.push(String(fields?.['why'])) },
      podman: { env: environment },
    });
  const first = await driver(folder);
  if (!first) {
    await close();
    return `podman starts no container here: ${said.join(' ')}`;
  }
  await first.close();
  return {
    podman,
    environment,
    close,
    driver: async (dataFolder) => (await driver(dataFolder))!,
  };
}

async function boxArchive(folder: string, busybox: string): Promise<string> {
  const root = join(folder, 'box');
  for (const each of ['bin', 'tmp', 'run', 'var/tmp', 'proc', 'dev', 'sys', 'etc'])
    await mkdir(join(root, each), { recursive: true });
  // As images have it: what is mounted there takes its mode from it (runc 1.1).
  for (const each of ['tmp', 'var/tmp']) await chmod(join(root, each), 0o1777);
  await copyFile(busybox, join(root, 'bin/busybox'));
  const { stdout } = await run(busybox, ['--list']);
  for (const name of stdout.trim().split('\n'))
    if (name !== 'busybox') await symlink('busybox', join(root, 'bin', name));
  const archive = join(folder, 'box.tar');
  await run('tar', ['-C', root, '-cf', archive, '.']);
  return archive;
}
