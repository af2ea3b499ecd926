import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { Agent, request as httpRequest, type IncomingMessage } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Duplex } from 'node:stream';
import { buildComponent } from '../../../../agent/images/build/component.ts';
import { createSandboxes } from '../../../../agent/sandbox/create.ts';
import { systemClock } from '../../../../process/clock.ts';
import { silentLog } from '../../../../process/log.ts';

const port = 8080;

export interface Answer {
  status: number;
  headers: IncomingMessage['headers'];
  text: string;
}

export interface Served {
  /** What the app wrote to its standard output and error. */
  log(): string;
  get(
    path: string,
    options?: { method?: string; headers?: Record<string, string>; body?: string | Buffer },
  ): Promise<Answer>;
  /** A request whose body and answer are streams. */
  open(
    path: string,
    options: { method: string },
  ): { send: NodeJS.WritableStream; answer: Promise<IncomingMessage> };
  close(): Promise<void>;
}

/** Builds a handler and serves it from the sandbox that agents use. */
export async function served(source: string, env: Record<string, string> = {}): Promise<Served> {
  const folder = await mkdtemp(join(tmpdir(), 'kith-served-'));
  const path = join(folder, 'component.wasm');
  await writeFile(path, await buildComponent(source));
  const [sandbox] = await createSandboxes({
    dataFolder: join(folder, 'data'),
    clock: systemClock,
    log: silentLog,
  });
  const pod = await sandbox!.create({ uid: 'uid', namespace: 'default', name: 'pod', directory: folder });
  let log = '';
  await pod.start({
    name: 'app',
    image: { reference: 'app:v1', digest: 'sha256:0', kind: 'wasm', path },
    env,
    ports: [port],
    output: (_stream, chunk) => (log += chunk.toString()),
  });
  const agent = new Agent({ keepAlive: true, maxSockets: 16 });
  agent.createConnection = (_options, done) => {
    pod.connect(port).then(
      (socket) => done?.(null, socket),
      (error: Error) => done?.(error, undefined as unknown as Duplex),
    );
    return undefined;
  };
  const start = (target: string, options: { method?: string; headers?: Record<string, string> }) => {
    const sent = httpRequest({ agent, host: 'app.test', path: target, ...options });
    const answer = new Promise<IncomingMessage>((resolve, reject) =>
      sent.on('response', resolve).on('error', reject),
    );
    answer.catch(() => {});
    return { sent, answer };
  };
  return {
    log: () => log,
    async get(target, { body, ...options } = {}) {
      const { sent, answer } = start(target, options);
      sent.end(body);
      const message = await answer;
      const chunks = (await message.toArray()) as Buffer[];
      return {
        status: message.statusCode!,
        headers: message.headers,
        text: Buffer.concat(chunks).toString(),
      };
    },
    open(target, options) {
      const { sent, answer } = start(target, options);
      sent.flushHeaders();
      return { send: sent, answer };
    },
    async close() {
      agent.destroy();
      await pod.remove();
      await sandbox!.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
