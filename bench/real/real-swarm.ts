import { randomBytes } from 'node:crypto';
import { mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Deployment, Pod, Service } from '../../api/types.ts';
import type { Client } from '../../client/client.ts';
import { httpClient } from '../../client/http-client.ts';
import { contextIn } from '../../client/kubeconfig.ts';
import { tlsTransport } from '../../client/tls-transport.ts';
import { closeConnections } from '../../scripts/demo/request.ts';
import { Steps } from '../../scripts/demo/steps.ts';
import { DemoSwarm } from '../../scripts/demo/swarm.ts';

/** The system as people run it, and the API as their terminal reaches it. */
export interface RealSwarm {
  swarm: DemoSwarm;
  client: Client;
}

/**
 * Runs `work` on a swarm of built programs in processes of their own: `kith hub`, `kith up` (host attic) and two times `kith join` (hosts
 * barn and cellar), with the image hello:v1 built. Stops and removes all of it afterwards.
 */
export async function withRealSwarm<T>(work: (real: RealSwarm) => Promise<T>): Promise<T> {
  const swarm = new DemoSwarm(mkdtempSync(join(tmpdir(), 'kith-bench-')), randomBytes(6).toString('hex'));
  try {
    await swarm.start(new Steps());
    const transport = tlsTransport(contextIn(readFileSync(swarm.kubeconfig, 'utf8'))!);
    try {
      return await work({ swarm, client: httpClient(transport, { userAgent: 'kith-bench' }) });
    } finally {
      transport.close();
      closeConnections();
    }
  } finally {
    await swarm.stop();
    swarm.remove();
  }
}

/** The hello app under a name of its own, on these hosts alone; as in manifests/hello.yaml otherwise. */
export function helloApp(name: string, hosts: string[], replicas = 1): [Deployment, Service] {
  const labels = { app: name };
  const onHosts = { key: 'kubernetes.io/hostname', operator: 'In', values: hosts };
  return [
    {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: { name, namespace: 'default' },
      spec: {
        replicas,
        selector: { matchLabels: labels },
        template: {
          metadata: { labels },
          spec: {
            affinity: {
              nodeAffinity: {
                requiredDuringSchedulingIgnoredDuringExecution: {
                  nodeSelectorTerms: [{ matchExpressions: [onHosts] }],
                },
              },
            },
            containers: [
              {
                name: 'hello',
                image: 'hello:v1',
                ports: [{ name: 'http', containerPort: 8080 }],
                env: [{ name: 'POD_NAME', valueFrom: { fieldRef: { fieldPath: 'metadata.name' } } }],
                readinessProbe: { httpGet: { path: '/healthz', port: 'http' }, periodSeconds: 2 },
                resources: { requests: { cpu: '50m', memory: '64Mi' }, limits: { memory: '256Mi' } },
              },
            ],
          },
        },
      },
    },
    {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name, namespace: 'default' },
      spec: { selector: labels, ports: [{ name: 'http', port: 80, targetPort: 'http' }] },
    },
  ];
}

/** The pods of a `helloApp`. */
export async function podsOf(client: Client, name: string): Promise<Pod[]> {
  const { items } = await client.list<Pod>('Pod', { namespace: 'default', labelSelector: `app=${name}` });
  return items;
}
