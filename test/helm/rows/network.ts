import assert from 'node:assert/strict';
import type { Node, Pod, Service } from '../../../api/types.ts';
import type { KubeObject } from '../../../client/client.ts';
import { until } from '../../support/wait.ts';
import { webImage } from '../support/ground.ts';
import type { Helm } from '../support/release.ts';
import { row } from './row.ts';

/** A pod on this host, of the web image or of busybox. */
const podOn = (host: string, name: string, namespace: string, isServer: boolean): Pod & KubeObject => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name, namespace, labels: { app: name } },
  spec: {
    nodeSelector: { 'kubernetes.io/hostname': host },
    containers: [
      isServer
        ? { name: 'a', image: `${webImage.repository}:1`, ports: [{ name: 'http', containerPort: 80 }] }
        : { name: 'a', image: 'busybox', command: ['sleep', '1000'] },
    ],
  },
});

const serviceOf = (name: string, namespace: string): Service & KubeObject => ({
  apiVersion: 'v1',
  kind: 'Service',
  metadata: { name, namespace },
  spec: { selector: { app: name }, ports: [{ port: 80, targetPort: 80 as never }] },
});

async function running(helm: Helm, name: string, namespace = helm.namespace): Promise<Pod> {
  return until(
    `${name} is ready`,
    async () => {
      const pod = await helm.client.get<Pod>({ kind: 'Pod', namespace, name });
      const isReady = pod.status?.conditions?.some(
        ({ type, status }) => type === 'Ready' && status === 'True',
      );
      return isReady && pod;
    },
    30_000,
  );
}

/** What charts count on in a container: Services of its namespace, from any host to any host, and nothing else. */
export const network = [
  row(
    'a container reaches Services of its namespace by name and address, on its own host and on others',
    async (helm, ground) => {
      const { items: hosts } = await helm.client.list<Node>('Node');
      const [here, there] = hosts.map(({ metadata }) => metadata!.name!).toSorted() as [string, string];
      for (const [name, host] of [
        ['near', here],
        ['far', there],
      ] as const) {
        await helm.client.create(podOn(host, name, helm.namespace, true));
        await helm.client.create(serviceOf(name, helm.namespace));
      }
      await helm.client.create(podOn(here, 'client', helm.namespace, false));
      await Promise.all(['near', 'far', 'client'].map((name) => running(helm, name)));
      const ask = (url: string) =>
        ground.kubectl(['exec', '-n', helm.namespace, 'client', '--', 'wget', '-q', '-O', '-', url]);
      for (const name of ['near', 'far']) {
        const { spec } = await helm.get<Service>('Service', name);
        for (const host of [
          name,
          `${name}.${helm.namespace}`,
          `${name}.${helm.namespace}.svc.cluster.local`,
          spec!.clusterIP!,
        ])
          assert.equal(await until(`${host} answers`, () => ask(`http://${host}/`)), 'edition 1\n', host);
      }
      // A server's own port is the Service's: both listen on 80.
      const own = ['exec', '-n', helm.namespace, 'near', '--', 'wget', '-q', '-O', '-', 'http://far/'];
      assert.equal(await ground.kubectl(own), 'edition 1\n');
    },
  ),
  row(
    'and nothing else: no other namespace, no pod by its address, not the host, not the internet',
    async (helm, ground) => {
      const other = `${helm.namespace}-other`;
      await helm.client.create({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: other } });
      try {
        for (const namespace of [helm.namespace, other]) {
          await helm.client.create(podOn('attic', 'server', namespace, true));
          await helm.client.create(serviceOf('server', namespace));
          await running(helm, 'server', namespace);
        }
        await helm.client.create(podOn('attic', 'client', helm.namespace, false));
        await running(helm, 'client');
        const ask = (url: string) =>
          ground.kubectl([
            'exec',
            '-n',
            helm.namespace,
            'client',
            '--',
            'timeout',
            '3',
            'wget',
            '-q',
            '-O',
            '-',
            url,
          ]);
        assert.equal(
          await until('the own one answers', () => ask('http://server/')),
          'edition 1\n',
          'what follows can succeed',
        );
        const address = (
          await helm.client.get<Service>({ kind: 'Service', namespace: other, name: 'server' })
        ).spec!.clusterIP!;
        const pod = await running(helm, 'server');
        const [wire] = /169\.254\.\d+\.\d+/.exec(
          await ground.kubectl(['exec', '-n', helm.namespace, 'server', '--', 'ip', 'addr']),
        )!;
        const refused = [
          `http://server.${other}/`,
          `http://${address}/`,
          `http://${pod.status!.podIP!}/`,
          `http://${wire}/`,
          `http://127.0.0.1:${ground.gatewayPort}/`,
          'http://93.184.216.34/',
        ];
        for (const url of refused) await assert.rejects(ask(url), url);
      } finally {
        await helm.client.delete({ kind: 'Namespace', name: other });
      }
    },
  ),
];
