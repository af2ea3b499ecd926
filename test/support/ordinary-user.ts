import { spawn, spawnSync } from 'node:child_process';
import { chmod, chown, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Of nobody on a machine that we know; the ids of its namespaces lie beyond those of people. */
const user = { name: 'kith-test', id: 47_123, namespacesFrom: 1_000_000, namespaces: 65_536 };
const boundMs = 150_000;

/** Why root cannot run a program as an ordinary user with user namespaces here; undefined where it can. */
export function noOrdinaryUser(): string | undefined {
  if (process.getuid?.() !== 0) return 'who runs this is an ordinary user already';
  const missing = ['unshare', 'setpriv', 'newuidmap'].filter(
    (each) => spawnSync('sh', ['-c', `command -v ${each}`]).status !== 0,
  );
  return missing.length > 0 ? `install uidmap and util-linux (no ${missing.join(', ')} here)` : undefined;
}

/**
 * Runs a program as an ordinary user who may have namespaces of many ids, as `useradd` makes one. That user is known only where the
 * program is: in mounts and processes of its own, of which nothing is left in the end.
 */
export async function asOrdinaryUser(
  command: readonly string[],
  environment: NodeJS.ProcessEnv,
): Promise<{ code: number | null; said: string }> {
  const folder = await mkdtemp(join(tmpdir(), 'kith-user-'));
  const range = `${user.name}:${user.namespacesFrom}:${user.namespaces}\n`;
  const files = {
    passwd: `${await readFile('/etc/passwd', 'utf8')}${user.name}:x:${user.id}:${user.id}::${folder}/home:/bin/sh\n`,
    group: `${await readFile('/etc/group', 'utf8')}${user.name}:x:${user.id}:\n`,
    subuid: range,
    subgid: range,
  };
  try {
    await chmod(folder, 0o755);
    for (const [name, content] of Object.entries(files))
      await writeFile(join(folder, name), content, { mode: 0o644 });
    for (const each of ['home', 'run', 'tmp']) {
      await mkdir(join(folder, each), { mode: 0o700 });
      await chown(join(folder, each), user.id, user.id);
    }
    const mounts = Object.keys(files).map((name) => `mount --bind ${join(folder, name)} /etc/${name}`);
    const own = {
      HOME: join(folder, 'home'),
      XDG_RUNTIME_DIR: join(folder, 'run'),
      TMPDIR: join(folder, 'tmp'),
    };
    const script = [
      'set -e',
      ...mounts,
      // crun refuses cgroups that are mounted in both versions.
      'umount /sys/fs/cgroup/unified 2>/dev/null || true',
      `exec setpriv --reuid ${user.id} --regid ${user.id} --clear-groups "$@"`,
    ].join('\n');
    const walls = ['--mount', '--pid', '--fork', '--kill-child', '--mount-proc'];
    const child = spawn('unshare', [...walls, 'sh', '-c', script, 'sh', ...command], {
      env: { PATH: process.env['PATH'], ...own, ...environment },
      stdio: ['ignore', 'pipe', 'pipe'],
      timeout: boundMs,
      killSignal: 'SIGKILL',
    });
    let said = '';
    for (const stream of [child.stdout, child.stderr])
      stream.on('data', (chunk: Buffer) => (said += chunk.toString()));
    const code = await new Promise<number | null>((resolve, reject) => {
      child.once('error', reject);
      child.once('close', resolve);
    });
    return { code, said };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
