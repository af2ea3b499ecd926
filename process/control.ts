import { createHash } from 'node:crypto';
import { existsSync, rmSync } from 'node:fs';
import type { Server } from 'node:http';
import { dirname, join, resolve as absolute } from 'node:path';
import { FolderRefused, makePrivateFolder } from './folder.ts';
import { createServer, request } from './http.ts';
import { isUserFolder, makeUserFolder, userFolders } from './user-folder.ts';

/**
 * A running program's ear for its own user: small JSON calls over a unix socket in the home folder, which only that user can
 * reach. `kith leave` and `kith down` use it; nothing of it is reachable from a network or a browser.
 */
export type ControlRoutes = Record<string, () => Promise<unknown>>;

/** Unix socket paths end at 104 (macOS) or 108 (Linux) bytes; a home folder may lie deeper. */
const socketPathBytesMax = 100;

/**
 * Where the socket of program `name` under `home` may lie, best first: in the home; where that path is too long, in a folder of this
 * user's outside it. None of the paths is too long.
 */
export function controlSocketPaths(
  home: string,
  name: string,
  environment: NodeJS.ProcessEnv = process.env,
): string[] {
  // However the caller spells it: who starts a program and who calls it may stand in different folders.
  const path = join(absolute(home), 'run', `${name}.sock`);
  const fits = (each: string) => Buffer.byteLength(each) <= socketPathBytesMax;
  if (fits(path)) return [path];
  const short = createHash('sha256').update(path).digest('hex').slice(0, 16);
  return userFolders(environment)
    .map((folder) => join(folder, `${short}.sock`))
    .filter(fits);
}

const isInHome = (home: string, path: string) => dirname(path) === join(absolute(home), 'run');

/** The first of these whose folder can be ours alone, and now is. */
function placeForSocket(home: string, name: string): string {
  for (const path of controlSocketPaths(home, name)) {
    const folder = dirname(path);
    if (isInHome(home, path)) makePrivateFolder(folder);
    else if (!makeUserFolder(folder)) continue;
    return path;
  }
  throw new FolderRefused(
    `the path of ${home} is too long for a socket in it, and this user has no folder of their own for it`,
    'a shorter KITH_HOME, or XDG_RUNTIME_DIR with a short path that is yours alone',
  );
}

/**
 * Serves `routes` (`POST /leave` → `routes.leave`). Call only while holding the folder's lock: it replaces a stale socket.
 *
 * @throws FolderRefused where there is no place for it that is this user's alone
 */
export async function serveControl(home: string, program: string, routes: ControlRoutes): Promise<Server> {
  const path = placeForSocket(home, program);
  rmSync(path, { force: true });
  const server = createServer((req, res) => {
    const name = (req.url ?? '/').slice(1);
    const route = Object.hasOwn(routes, name) ? routes[name] : undefined;
    const answer = (status: number, body: unknown) => {
      res.writeHead(status, { 'content-type': 'application/json' });
      res.end(JSON.stringify(body ?? {}));
    };
    if (!route || req.method !== 'POST')
      return answer(404, { error: `${req.method} ${req.url} is not known here` });
    route().then(
      (result) => answer(200, result),
      (error: unknown) => answer(500, { error: (error as Error).message }),
    );
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(path, resolve);
  });
  server.unref();
  return server;
}

/** Calls a running program. Resolves undefined if none listens; rejects with what it answered if it refused. */
export function callControl(home: string, name: string, route: string): Promise<unknown> {
  const socketPath = controlSocketPaths(home, name).find(
    (path) => (isInHome(home, path) || isUserFolder(dirname(path))) && existsSync(path),
  );
  if (socketPath === undefined) return Promise.resolve(undefined);
  return new Promise((resolve, reject) => {
    const req = request({ socketPath, path: `/${route}`, method: 'POST' }, (res) => {
      let text = '';
      res.setEncoding('utf8');
      res.on('data', (chunk: string) => (text += chunk));
      res.on('error', reject);
      res.on('end', () => {
        const body = JSON.parse(text) as { error?: string };
        if (res.statusCode === 200) resolve(body);
        else reject(new Error(body.error ?? `status ${res.statusCode}`));
      });
    });
    req.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'ECONNREFUSED' || error.code === 'ENOENT') resolve(undefined);
      else reject(error);
    });
    req.end();
  });
}
