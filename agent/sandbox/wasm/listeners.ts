import { closeSync, linkSync, openSync, rmSync } from 'node:fs';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { basename, dirname, join } from 'node:path';

/** The kernel's sun_path holds 108 bytes with the closing zero (104 on macOS). */
const socketPathBytesMax = process.platform === 'darwin' ? 103 : 107;

/** A unix socket that listens but is accepted from by nobody here: its descriptor is for a program that may not make one. */
export interface HandedListener {
  descriptor: number;
  /** Closes our end. The program's own goes on, and so does the path. */
  release(): Promise<void>;
}

/**
 * Makes a listening socket at `path` for another process. Closing a Node server removes the path that it was bound to, so it
 * is bound to a passing name, and the lasting one is a second link to the same socket.
 */
export async function handedListener(path: string): Promise<HandedListener> {
  const passing = `${path}.new`;
  rmSync(path, { force: true });
  rmSync(passing, { force: true });
  const server = createServer((socket) => socket.destroy());
  await withShortPath(passing, (short) => listening(server, short));
  linkSync(passing, path);
  // oxlint-disable-next-line no-underscore-dangle -- Node documents no other way to the descriptor of a listening socket.
  const { fd } = (server as unknown as { _handle: { fd: number } })._handle;
  if (!(fd >= 0)) throw new Error('This Node does not tell the descriptor of a listening socket.');
  return {
    descriptor: fd,
    release: () =>
      new Promise((resolve) =>
        server.close(() => {
          rmSync(passing, { force: true });
          resolve();
        }),
      ),
  };
}

/** Connects to the unix socket at `path`, however long that is. */
export async function connectTo(path: string): Promise<Socket> {
  return withShortPath(
    path,
    (short) =>
      new Promise((resolve, reject) => {
        const socket = connect({ path: short, allowHalfOpen: true });
        socket.once('error', reject);
        socket.once('connect', () => {
          socket.off('error', reject);
          resolve(socket);
        });
      }),
  );
}

function listening(server: Server, path: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(path, () => resolve());
  });
}

/** Data folders lie deep; the kernel also takes the path through an open folder's descriptor, which is short. */
async function withShortPath<T>(path: string, act: (short: string) => Promise<T>): Promise<T> {
  if (Buffer.byteLength(path) <= socketPathBytesMax) return act(path);
  if (process.platform !== 'linux')
    throw new Error(
      `The path ${path} is longer than the ${socketPathBytesMax} bytes that a socket may have. Choose a shorter KITH_HOME.`,
    );
  const folder = openSync(dirname(path), 'r');
  try {
    return await act(join(`/proc/self/fd/${folder}`, basename(path)));
  } finally {
    closeSync(folder);
  }
}
