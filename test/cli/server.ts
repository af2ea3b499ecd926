/**
 * A real API server in a process of its own, over TLS, with the memory store, and a host that serves logs: what the commands are
 * tested against. `node test/cli/server.ts HOME PORT`; further lines on standard input are JSON objects to put into the cluster (or
 * `{"logs": {pod: line}}`), each answered by a line. Ends with its parent.
 */
import { connect, createServer } from 'node:http2';
import { once } from 'node:events';
import { mkdirSync, writeFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { join } from 'node:path';
import type { AddressInfo } from 'node:net';
import type { ServerHttp2Stream } from 'node:http2';
import { isAlreadyExists } from '../../api/errors.ts';
import type { KubeObject, ObjectRef } from '../../client/client.ts';
import { writeContext } from '../../client/kubeconfig.ts';
import { Tokens } from '../../controller/apiserver/auth/tokens.ts';
import { createApiServer } from '../../controller/apiserver/create.ts';
import { clientAuthority } from '../../controller/apiserver/tls/client-authority.ts';
import { clientCertificateRoutes } from '../../controller/apiserver/tls/client-certificate-routes.ts';
import { ClientCertificates } from '../../controller/apiserver/tls/client-certificates.ts';
import { tlsListener } from '../../controller/apiserver/tls-listener.ts';
import { servingCertificate } from '../../controller/apiserver/tls/serving-certificate.ts';
import { adminUser } from '../../controller/apiserver/users.ts';
import { memoryLog } from '../../controller/store/memory/memory-log.ts';
import { openStore } from '../../controller/store/open-store.ts';
import { systemClock as clock } from '../../process/clock.ts';
import { silentLog as log } from '../../process/log.ts';
import { systemRandom as random } from '../../process/random.ts';

const [home, port] = [process.argv[2]!, Number(process.argv[3] ?? 0)];

/** Every host's log server: lines by `namespace/pod`, to which more may be added while they are followed. */
const logs = new Map<string, string[]>();
const followers = new Set<{ pod: string; stream: ServerHttp2Stream; timestamps: boolean }>();
const stamp = () => `${clock.date().toISOString().slice(0, -1)}000000Z`;
const nodeServer = createServer();
nodeServer.on('stream', (stream, headers) => {
  const url = new URL(headers[':path']!, 'http://node');
  const [, , namespace, name] = url.pathname.split('/');
  const pod = `${namespace}/${name}`;
  const timestamps = url.searchParams.get('timestamps') === 'true';
  const since = url.searchParams.get('sinceTime');
  stream.on('error', () => {});
  stream.respond({ ':status': 200, 'content-type': 'text/plain' });
  const tail = Number(url.searchParams.get('tailLines') ?? Infinity);
  const lines = (logs.get(pod) ?? []).filter((line) => !since || line.slice(0, since.length) >= since);
  for (const line of tail === 0 ? [] : lines.slice(-Math.min(tail, lines.length)))
    stream.write(`${timestamps ? line : line.slice(line.indexOf(' ') + 1)}\n`);
  if (url.searchParams.get('follow') !== 'true') return stream.end();
  const follower = { pod, stream, timestamps };
  followers.add(follower);
  stream.once('close', () => followers.delete(follower));
});
nodeServer.listen(0, '127.0.0.1');
await once(nodeServer, 'listening');
const session = connect(`http://127.0.0.1:${(nodeServer.address() as AddressInfo).port}`);
session.on('error', () => {});

const store = await openStore({ driver: memoryLog(clock), clock, log, snapshotEveryMs: 0 });
const nodeStreams = (node: string) => (node === 'absent' ? undefined : session);
const authority = await clientAuthority(join(home, 'keys'), clock);
const clientCertificates = new ClientCertificates({ authority, store, clock });
const routes = clientCertificateRoutes(clientCertificates);
const apiServer = await createApiServer({ store, clock, random, log, nodeStreams, routes });
mkdirSync(join(home, 'tls'), { recursive: true });
const certificate = await servingCertificate(join(home, 'tls'), clock);
const listener = await tlsListener({
  apiServer,
  certificate,
  tokens: new Tokens().add('token', adminUser),
  clientCertificates,
  port,
  clock,
});
await writeContext(
  join(home, 'kubeconfig'),
  { name: 'kith-home', server: listener.server, ca: certificate.ca, token: 'token' },
  { makeCurrent: true },
);
writeFileSync(
  join(home, 'cluster.json'),
  JSON.stringify({
    name: 'home',
    clusterKey: '00',
    controllers: [],
    bootstrap: [],
    member: 'attic',
    role: 'founder',
    ports: { api: listener.port },
  }),
);

const client = apiServer.client();

async function put(object: KubeObject & { status?: unknown }): Promise<void> {
  const { status, ...rest } = object;
  const ref = { kind: object.kind!, namespace: object.metadata?.namespace, name: object.metadata!.name! };
  try {
    await client.create(rest);
  } catch (error) {
    if (!isAlreadyExists(error)) throw error;
  }
  if (status) await client.patch(ref, 'merge', { status }, { subresource: 'status' });
}

async function obey(command: {
  put?: KubeObject[];
  delete?: KubeObject;
  patch?: { ref: ObjectRef; patch: object };
  log?: [string, string];
}): Promise<void> {
  for (const object of command.put ?? []) await put(object);
  if (command.delete) {
    const { kind, metadata } = command.delete;
    await client.delete(
      { kind: kind!, namespace: metadata?.namespace, name: metadata!.name! },
      { gracePeriodSeconds: 0 },
    );
  }
  if (command.patch) await client.patch(command.patch.ref, 'merge', command.patch.patch);
  if (command.log) {
    const [pod, text] = command.log;
    const line = `${stamp()} ${text}`;
    logs.set(pod, [...(logs.get(pod) ?? []), line]);
    for (const follower of followers)
      if (follower.pod === pod) follower.stream.write(`${follower.timestamps ? line : text}\n`);
  }
}

console.log(JSON.stringify({ port: listener.port, server: listener.server }));
for await (const line of createInterface({ input: process.stdin })) {
  try {
    await obey(JSON.parse(line) as object);
    console.log('{}');
  } catch (error) {
    console.log(JSON.stringify({ error: (error as Error).message }));
  }
}
process.exit(0);
