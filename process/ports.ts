import { createServer } from 'node:net';
import type { Clock } from './clock.ts';
import { FolderBusy, lockFolder } from './lock.ts';
import { makeUserFolder, userFolders } from './user-folder.ts';

/** K-I-T-H on a keypad: where the programs listen on loopback unless told otherwise. */
export const defaultPorts = { api: 5484, gateway: 5485, registry: 5486 } as const;

/** How many ports above the wished one are tried before giving up. */
const portTriesMax = 50;
/** Several kiths on one machine derive their ports in steps, so that their trios do not interleave. */
const portStep = 10;
/** How often a busy port is looked at again. */
const pollMs = 100;

/**
 * The first free loopback port of `wished`, `wished + 10`, …; so a second kith on the machine gets ports of its own. The port is
 * claimed among this user's kiths until this process ends: between this look and the moment when a child listens, a second
 * `kith up` must not choose the same.
 */
export async function freePort(wished: number): Promise<number> {
  const claims = claimsFolder();
  for (let attempt = 0; attempt < portTriesMax; attempt++) {
    const port = wished + attempt * portStep;
    if ((await isFree(port)) && claim(claims, port)) return port;
  }
  throw new Error(
    `No free port among ${wished}, ${wished + portStep}, … (${portTriesMax} tried). Stop what listens there, or name a port.`,
  );
}

/**
 * Claims this very port, which the user named or an earlier run chose. Waits for up to `waitMs` while somebody listens there: an
 * earlier run that ends may still hold it. Resolves with whether it is ours.
 */
export async function claimPort(port: number, clock: Clock, waitMs: number): Promise<boolean> {
  const deadline = clock.now() + waitMs;
  for (;;) {
    if ((await isFree(port)) && claim(claimsFolder(), port)) return true;
    if (clock.now() >= deadline) return false;
    await clock.sleep(pollMs);
  }
}

/** Undefined where this user has no place for claims: then two that begin at once may choose one port, and the second says so. */
function claimsFolder(): string | undefined {
  for (const folder of userFolders()) {
    const claims = makeUserFolder(folder, 'ports');
    if (claims) return claims;
  }
  return undefined;
}

function claim(folder: string | undefined, port: number): boolean {
  if (folder === undefined) return true;
  try {
    lockFolder(folder, String(port));
    return true;
  } catch (error) {
    if (error instanceof FolderBusy) return false;
    throw error;
  }
}

/** Whether this process could listen on 127.0.0.1:`port` now. */
export function isFree(port: number): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'EADDRINUSE' || error.code === 'EACCES') resolve(false);
      else reject(error);
    });
    server.listen({ host: '127.0.0.1', port, exclusive: true }, () => server.close(() => resolve(true)));
  });
}
