import { spawn, type ChildProcess } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createServer, type AddressInfo } from 'node:net';
import { builtPeer, load } from './load.ts';

/** etcd as it comes, which syncs before it answers, on the disk that /tmp lies on. */
export interface Etcd {
  /** As flags of `load`. */
  flags: string[];
  pid(): number;
  /** Stops it and starts it again on the same data; says how long until it answered, ms. */
  restart(): Promise<number>;
}

const debian = '/usr/bin/etcd';
/** More than the benches put there: at its default of 2 GiB it would refuse what comes after. */
const quotaBytes = 4 * 2 ** 30;

export async function withEtcd<T>(work: (etcd: Etcd) => Promise<T>): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), 'kith-bench-etcd-'));
  const program = existsSync(debian) ? debian : builtPeer('etcd');
  const [port, peerPort] = [await freePort(), await freePort()];
  const [own, peers] = [`http://127.0.0.1:${port}`, `http://127.0.0.1:${peerPort}`];
  const flags = ['-server', `127.0.0.1:${port}`];
  let child: ChildProcess;
  const start = async () => {
    const begun = performance.now();
    child = spawn(
      program,
      Object.entries({
        'data-dir': join(folder, 'data'),
        'log-level': 'error',
        'quota-backend-bytes': quotaBytes,
        'listen-client-urls': own,
        'advertise-client-urls': own,
        'listen-peer-urls': peers,
        'initial-advertise-peer-urls': peers,
        'initial-cluster': `default=${peers}`,
      }).map(([name, value]) => `--${name}=${value}`),
      { stdio: 'ignore' },
    );
    // It answers when `load` has had its first answer, which it asks for before it creates nothing.
    await load('etcd-create', ...flags, '-count', 0, '-connections', 1);
    return performance.now() - begun;
  };
  const stop = () =>
    new Promise<void>((resolve) => {
      child.once('exit', () => resolve());
      child.kill('SIGTERM');
    });
  try {
    await start();
    return await work({
      flags,
      pid: () => child.pid!,
      async restart() {
        await stop();
        return start();
      },
    });
  } finally {
    await stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address() as AddressInfo;
      server.close(() => resolve(port));
    });
  });
}
