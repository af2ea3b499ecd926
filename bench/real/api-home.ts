import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { randomBytes } from 'node:crypto';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse } from 'yaml';
import type { Client, KubeObject } from '../../client/client.ts';
import { httpClient } from '../../client/http-client.ts';
import { contextIn } from '../../client/kubeconfig.ts';
import { tlsTransport } from '../../client/tls-transport.ts';
import { closeConnections } from '../../scripts/demo/request.ts';
import { Kith, Running } from '../../scripts/demo/kith.ts';
import { until } from './wait.ts';
import { tree } from '../../scripts/demo/processes.ts';

/** A whole cluster on one machine, as `kith up` makes it, with a user whom a role lets do everything. */
export interface ApiHome {
  client: Client;
  /** Flags by which `load` asks the API: the user `bench`, who has a client certificate and a role as any person. */
  flags: string[];
  /** The same for another such user. */
  flagsOf(user: string): Promise<string[]>;
  kith: Kith;
  /** Where more hosts may have their homes. */
  folder: string;
  /** Of the controller's process. */
  controller(): number;
  /** Stops `kith up` and starts it again on the same store, on which `meanwhile` may work; says how long until the API answered, and until `kith up` said that all is there, ms. */
  restart(
    meanwhile?: (storeFolder: string) => Promise<void>,
  ): Promise<{ answeredMs: number; readyMs: number }>;
}

export const namespace = 'bench';
const stopGraceMs = 30_000;

/** Runs `work` beside `kith hub` and `kith up` in processes of their own, on the disk that /tmp lies on. */
export async function withApiHome<T>(work: (home: ApiHome) => Promise<T>): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), 'kith-bench-'));
  const kith = new Kith(join(folder, 'attic'), randomBytes(6).toString('hex'));
  const hub = new Running('kith hub', kith.spawn(['hub', '--host', '127.0.0.1', '--output', 'json']));
  let up: Running | undefined;
  try {
    const bootstrap = (await hub.ready)['bootstrap']!;
    const start = () => {
      up = new Running(
        'kith up',
        kith.spawn(['up', '--name', 'attic', '--bootstrap', bootstrap, '--output', 'json']),
      );
      return up.ready;
    };
    const { kubeconfig } = await start();
    const transport = tlsTransport(contextIn(readFileSync(kubeconfig!, 'utf8'))!);
    const client = httpClient(transport, { userAgent: 'kith-bench' });
    await client.create({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } } as KubeObject);
    const flagsOf = async (user: string) => {
      await client.create({
        apiVersion: 'rbac.authorization.k8s.io/v1',
        kind: 'ClusterRoleBinding',
        metadata: { name: user },
        roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'cluster-admin' },
        subjects: [{ apiGroup: 'rbac.authorization.k8s.io', kind: 'User', name: user }],
      } as KubeObject);
      return filesOf(folder, user, await kith.run(['kubeconfig', '--user', user]));
    };
    const flags = await flagsOf('bench');
    try {
      return await work({
        client,
        flags,
        flagsOf,
        kith,
        folder,
        controller: () =>
          tree(up!.child.pid!).find(({ command }) => command.endsWith('main.js controller'))!.pid,
        async restart(meanwhile) {
          await up!.stop(stopGraceMs);
          await meanwhile?.(join(folder, 'attic', 'controller', 'store'));
          const begun = performance.now();
          const ready = start();
          ready.catch(() => {});
          await until('the API to answer', 10, () =>
            client.get({ kind: 'Namespace', name: namespace }).catch(() => undefined),
          );
          const answeredMs = performance.now() - begun;
          await ready;
          return { answeredMs, readyMs: performance.now() - begun };
        },
      });
    } finally {
      transport.close();
      closeConnections();
    }
  } finally {
    await up?.stop(stopGraceMs);
    await hub.stop(stopGraceMs);
    rmSync(folder, { recursive: true, force: true });
  }
}

/** A kubeconfig's certificates as files, and a Pod of two kilobytes, as flags of `load`. */
function filesOf(folder: string, user: string, kubeconfig: string): string[] {
  const { clusters, users } = parse(kubeconfig) as {
    clusters: { cluster: Record<string, string> }[];
    users: { user: Record<string, string> }[];
  };
  const { cluster } = clusters[0]!;
  const parts = { ...cluster, ...users[0]!.user };
  const file = (name: string, content: string | Buffer) => {
    writeFileSync(join(folder, `${user}-${name}`), content, { mode: 0o600 });
    return join(folder, `${user}-${name}`);
  };
  const decoded = (name: string) => Buffer.from(parts[name]!, 'base64');
  return [
    ['server', cluster['server']!],
    ['ca', file('ca.pem', decoded('certificate-authority-data'))],
    ['cert', file('certificate.pem', decoded('client-certificate-data'))],
    ['key', file('key.pem', decoded('client-key-data'))],
    ['body', file('pod.json', JSON.stringify(podOfTwoKilobytes()))],
  ].flatMap(([name, value]) => [`-${name}`, value!]);
}

export const podBytes = 2_048;

/** As an app's pod looks, and filled up to its size by what somebody has noted on it. Another scheduler's, so that it stays as it is. */
function podOfTwoKilobytes(): object {
  const labels = { app: 'shop', component: 'web', 'app.kubernetes.io/managed-by': 'bench' };
  const probe = (path: string) => ({ httpGet: { path, port: 'http' }, periodSeconds: 10, timeoutSeconds: 2 });
  const pod = {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: '@name', namespace, labels, annotations: { note: '' } },
    spec: {
      schedulerName: 'nobody',
      terminationGracePeriodSeconds: 30,
      containers: [
        {
          name: 'web',
          image: 'registry.example.com/shop/web:1.27.3',
          args: ['--listen', '0.0.0.0:8080', '--log-level', 'info'],
          ports: [{ name: 'http', containerPort: 8080, protocol: 'TCP' }],
          env: [
            { name: 'POD_NAME', valueFrom: { fieldRef: { fieldPath: 'metadata.name' } } },
            { name: 'DATABASE_HOST', value: 'db.shop.svc.cluster.local' },
            { name: 'CACHE_HOST', value: 'cache.shop.svc.cluster.local' },
          ],
          resources: { requests: { cpu: '100m', memory: '128Mi' }, limits: { cpu: '1', memory: '256Mi' } },
          readinessProbe: probe('/ready'),
          livenessProbe: probe('/healthz'),
        },
      ],
    },
  };
  // The name that takes the place of @name is some eight letters longer.
  pod.metadata.annotations.note = 'x'.repeat(podBytes - 8 - JSON.stringify(pod).length);
  return pod;
}
