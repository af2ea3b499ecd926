/**
 * A plain node:http server through the gateway, a real link and the agent's tunnel, against the same server behind a plain
 * Node reverse proxy. Gateway, host, server, proxy and load are processes of their own.
 *
 * Not the whole programs: no `kith agent` runs such a server, since its one sandbox is wasm. So the gateway is `startGateway` over
 * objects that never change, and the host is the agent's data handler and its sandbox for plain processes, without the loop that
 * brings pods there (test/gateway/programs/). Every byte of a request passes what it passes in them; what they do beside it
 * (watches, probes, reports) is missing here, and present in bench/app.ts.
 */
import { createServer } from 'node:net';
import { fileURLToPath } from 'node:url';
import type { Role } from '../swarm/certificate.ts';
import { certificateText } from '../swarm/certificate.ts';
import { createKeyPair, keyId } from '../swarm/keys.ts';
import { node, service, slice } from '../test/gateway/objects.ts';
import { startProgram, type Child } from '../test/gateway/programs/child.ts';
import { testnet } from '../test/support/testnet.ts';
import type { LoadResult } from './gateway/load.ts';
import { startLoader } from './gateway/loader.ts';
import type { BenchRow } from './row.ts';

const runs = 7;
const warmUpMs = 1_000;
const throughputMs = 2_000;
const latencyMs = 3_000;
const connections = 64;
const rate = 500;

export async function run(): Promise<BenchRow[]> {
  const throughput: BenchRow & { peer: { name: string; values: number[] } } = {
    name: `gateway: to node:http on a test host, ${connections} connections`,
    unit: 'requests/s',
    values: [],
    peer: { name: 'a plain Node reverse proxy', values: [] },
    goal: { atLeast: 0.25, of: 'ratio' },
  };
  const p50: BenchRow = {
    name: `gateway: the same, added to p50 at ${rate} requests/s`,
    unit: 'ms',
    values: [],
    goal: { atMost: 2, of: 'value' },
  };
  const p99: BenchRow = {
    name: `gateway: the same, added to p99 at ${rate} requests/s`,
    unit: 'ms',
    values: [],
    goal: { atMost: 5, of: 'value' },
  };
  const bench = await setUp();
  try {
    const { ours, theirs, load } = bench;
    for (const way of [ours, theirs]) await load({ ...way, connections, ms: warmUpMs });
    for (let turn = 0; turn < runs; turn++) {
      // Pairs, each time in the other order: a machine that gets slower must not favour one of them.
      const order = turn % 2 === 0 ? [ours, theirs] : [theirs, ours];
      const fast = new Map<unknown, LoadResult>();
      const steady = new Map<unknown, LoadResult>();
      for (const way of order) fast.set(way, await load({ ...way, connections, ms: throughputMs }));
      for (const way of order) steady.set(way, await load({ ...way, connections, ms: latencyMs, rate }));
      throughput.values.push(fast.get(ours)!.perSecond);
      throughput.peer.values.push(fast.get(theirs)!.perSecond);
      p50.values.push(steady.get(ours)!.p50Ms - steady.get(theirs)!.p50Ms);
      p99.values.push(steady.get(ours)!.p99Ms - steady.get(theirs)!.p99Ms);
    }
    return [throughput, p50, p99];
  } finally {
    await bench.close();
  }
}

async function setUp() {
  const net = await testnet();
  const children: Child[] = [];
  const program = async (path: string, args: unknown, nodeArgs: string[] = []) => {
    const child = await startProgram(new URL(path, import.meta.url), args, nodeArgs);
    children.push(child);
    return child;
  };
  const member = (role: Role, name: string) => {
    const seed = Buffer.alloc(32, name);
    const keyPair = createKeyPair(seed);
    const certificate = certificateText(net.certify(keyPair, { role, name }));
    return {
      key: keyId(keyPair.publicKey),
      args: { seed: seed.toString('hex'), certificate, clusterKey: net.clusterKey, bootstrap: net.bootstrap },
    };
  };
  const port = await freePort();
  const attic = member('node', 'attic');
  const server = fileURLToPath(new URL('gateway/server.ts', import.meta.url));
  await program(
    '../test/gateway/programs/host.ts',
    {
      ...attic.args,
      pods: [{ uid: 'app', address: '10.244.0.2', port, command: [process.execPath, server] }],
    },
    profiled('host'),
  );
  const objects = [
    node('attic', attic.key),
    service('app'),
    slice('app', port, [{ uid: 'app', node: 'attic' }]),
  ];
  const gateway = await program(
    '../test/gateway/programs/gateway.ts',
    { ...member('gateway', 'gateway').args, objects },
    profiled('gateway'),
  );
  const proxy = await program('gateway/proxy.ts', port);
  const loader = await startLoader();
  const gatewayPort = Number(gateway.words[0]);
  const proxyPort = Number(proxy.words[0]);
  return {
    ours: { port: gatewayPort, host: `app.default.kith.localhost:${gatewayPort}` },
    theirs: { port: proxyPort, host: `127.0.0.1:${proxyPort}` },
    load: loader.load,
    async close() {
      await Promise.all([loader, ...children].map((child) => child.end()));
      await net.close();
    },
  };
}

/** `KITH_BENCH_PROFILE=folder` writes a CPU profile of the gateway and the host there. */
function profiled(name: string): string[] {
  const folder = process.env['KITH_BENCH_PROFILE'];
  return folder ? ['--cpu-prof', `--cpu-prof-dir=${folder}`, `--cpu-prof-name=${name}.cpuprofile`] : [];
}

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const probe = createServer().listen(0, '127.0.0.1', () => {
      const { port } = probe.address() as { port: number };
      probe.close(() => resolve(port));
    });
  });
}
