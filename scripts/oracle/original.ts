import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { generateKeyPairSync } from 'node:crypto';
import { mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { Agent, request } from 'node:https';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Server } from '../../test/oracle/answer.ts';

const token = 'oracle';
const startWithinMs = 120_000;
/** A watch that is still open then has no more to say. */
const watchWithinMs = 3_000;

/** What authorization and admission of the original go by as an informer tells them of it, a moment after it was written. */
const seenLate =
  /\/(?:\w*roles|\w*rolebindings|resourcequotas|limitranges|\w+classes|customresourcedefinitions|namespaces|serviceaccounts)(?:\/[^/]*)?(?:\?|$)/;
const seenWithinMs = 150;

/** kube-apiserver and etcd of `scripts/peers`, on free ports of loopback. */
export interface Original extends Server {
  stop(): Promise<void>;
}

/** @throws Error that says what to install, or how a program ended */
export async function startOriginal(): Promise<Original> {
  const apiserver = built('kube-apiserver');
  const etcdProgram = built('etcd');
  const [etcdPort, peerPort, port] = [await freePort(), await freePort(), await freePort()];
  const folder = mkdtempSync(join(tmpdir(), 'kith-oracle-'));
  const [etcdAt, peerAt] = [`http://127.0.0.1:${etcdPort}`, `http://127.0.0.1:${peerPort}`];
  writeAccountKeys(folder);
  writeFileSync(join(folder, 'tokens.csv'), `${token},admin,admin,"system:masters"\n`);

  const etcd = start(folder, etcdProgram, {
    'data-dir': 'etcd',
    'unsafe-no-fsync': true,
    'listen-client-urls': etcdAt,
    'advertise-client-urls': etcdAt,
    'listen-peer-urls': peerAt,
    'initial-advertise-peer-urls': peerAt,
    'initial-cluster': `default=${peerAt}`,
  });
  const server = start(folder, apiserver, {
    'etcd-servers': etcdAt,
    'secure-port': port,
    'bind-address': '127.0.0.1',
    'cert-dir': 'certificates',
    'token-auth-file': 'tokens.csv',
    'authorization-mode': 'RBAC',
    'service-account-key-file': 'sa.pub',
    'service-account-signing-key-file': 'sa.key',
    'service-account-issuer': 'https://kubernetes.default.svc.cluster.local',
    'allow-privileged': true,
    'service-cluster-ip-range': '10.96.0.0/12',
    'feature-gates': 'WatchList=true',
  });
  const agent = new Agent({ keepAlive: true, rejectUnauthorized: false });
  const stop = async () => {
    agent.destroy();
    // The API server first: without its store it takes minutes to end.
    await end(server);
    await end(etcd);
    rmSync(folder, { recursive: true, force: true });
  };
  // Whoever interrupts us leaves no server behind.
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
    process.once(signal, () => void stop().then(() => process.exit(1)));
  const exchange: Server['exchange'] = async (asked) => {
    const answer = await send(agent, port, asked);
    if (asked.method !== 'GET' && seenLate.test(asked.path))
      await new Promise((resolve) => setTimeout(resolve, seenWithinMs));
    return answer;
  };
  try {
    await untilReady(exchange, server, folder);
  } catch (error) {
    await stop();
    throw error;
  }
  return { exchange, stop };
}

function built(name: string): string {
  const program = fileURLToPath(new URL('../peers.mjs', import.meta.url));
  const { status, stdout } = spawnSync(process.execPath, [program, name], {
    stdio: ['ignore', 'pipe', 'inherit'],
    encoding: 'utf8',
  });
  if (status !== 0) throw new Error(`${name} is not there.`);
  return stdout.trim();
}

function writeAccountKeys(folder: string): void {
  const { publicKey, privateKey } = generateKeyPairSync('rsa', {
    modulusLength: 2048,
    publicKeyEncoding: { type: 'spki', format: 'pem' },
    privateKeyEncoding: { type: 'pkcs1', format: 'pem' },
  });
  writeFileSync(join(folder, 'sa.key'), privateKey, { mode: 0o600 });
  writeFileSync(join(folder, 'sa.pub'), publicKey);
}

function start(
  folder: string,
  program: string,
  flags: Record<string, string | number | boolean>,
): ChildProcess {
  const args = Object.entries(flags).map(([name, value]) => `--${name}=${value}`);
  const log = openSync(join(folder, `${program.split('/').at(-1)}.log`), 'w');
  return spawn(program, args, { cwd: folder, stdio: ['ignore', log, log] });
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  child.kill('SIGTERM');
  const timer = setTimeout(() => child.kill('SIGKILL'), 10_000);
  await ended;
  clearTimeout(timer);
}

async function untilReady(exchange: Server['exchange'], server: ChildProcess, folder: string): Promise<void> {
  const until = Date.now() + startWithinMs;
  while (Date.now() < until) {
    if (server.exitCode !== null) break;
    const answer = await exchange({ method: 'GET', path: '/readyz', headers: {} }).catch(() => undefined);
    if (answer?.code === 200) return;
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
  const log = readFileSync(join(folder, 'kube-apiserver.log'), 'utf8').slice(-2000);
  throw new Error(`kube-apiserver did not become ready; the end of its log:\n${log}`);
}

function send(
  agent: Agent,
  port: number,
  { method, path, headers, body, lines }: Parameters<Server['exchange']>[0],
): ReturnType<Server['exchange']> {
  return new Promise((resolve, reject) => {
    const asked = request(
      {
        agent,
        port,
        host: '127.0.0.1',
        method,
        path,
        headers: {
          authorization: `Bearer ${token}`,
          ...headers,
          ...(body && { 'content-length': body.length }),
        },
      },
      (response) => {
        const chunks: Buffer[] = [];
        let seen = 0;
        const done = () => {
          clearTimeout(timer);
          resolve({
            code: response.statusCode!,
            headers: { ...response.headers, warning: response.headersDistinct['warning'] },
            body: Buffer.concat(chunks),
          });
        };
        const leave = () => {
          done();
          asked.destroy();
        };
        const timer = lines === undefined ? undefined : setTimeout(leave, watchWithinMs);
        response.on('data', (chunk: Buffer) => {
          chunks.push(chunk);
          seen += chunk.filter((byte) => byte === 10).length;
          if (lines !== undefined && response.statusCode === 200 && seen >= lines) leave();
        });
        response.once('end', done);
      },
    );
    asked.once('error', reject);
    asked.end(body);
  });
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address() as { port: number };
      server.close(() => resolve(port));
    });
  });
}
