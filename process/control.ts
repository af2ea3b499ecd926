import { createHash } from 'node:crypto';
import { existsSync, rmSync } from 'node:fs';
import type { Server } from 'node:http';
import { tmpdir, userInfo } from 'node:os';
import { dirname, join } from 'node:path';
import { makePrivateFolder } from './folder.ts';
import { createServer, request } from './http.ts';

/**
 * A running program's ear for its own user: small JSON calls over a unix socket in the home folder, which only that user can
 * reach. `kith leave` and `kith down` use it; nothing of it is reachable from a network or a browser.
 */
export type ControlRoutes = Record<string, () => Promise<unknown>>;

/** Unix socket paths end at 104 (macOS) or 108 (Linux) bytes; a home folder may lie deeper. */
const socketPathBytesMax = 100;

/** Where the socket of program `name` under `home` lies; in the temporary folder where the home's path is too long. */
export function controlSocketPath(home: string, name: string): string {
  const path = join(home, 'run', `${name}.sock`);
  if (Buffer.byteLength(path) <= socketPathBytesMax) return path;
  const short = createHash('sha256').update(path).digest('hex').slice(0, 16);
  return join(tmpdir(), `kith-${userInfo().uid}`, `${short}.sock`);
}

/** Serves `routes` (`POST /leave` → `routes.leave`). Call only while holding the folder's lock: it replaces a stale socket. */
export async function serveControl(home: string, program: string, routes: ControlRoutes): Promise<Server> {
  const path = controlSocketPath(home, program);
  // In the temporary folder somebody else may have made it first: then it is no place for an ear, and this throws.
  makePrivateFolder(dirname(path));
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
  const socketPath = controlSocketPath(home, name);
  if (!existsSync(socketPath)) return Promise.resolve(undefined);
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
