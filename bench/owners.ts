/** What it costs to tell who owns which fields of a pod of 2 KB: when it is made, and at each report on its status. */
import type { Pod } from '../api/types.ts';
import { applyDefaults } from '../api/defaults/defaults.ts';
import { kindNamed } from '../api/kinds.ts';
import { frozen } from '../controller/apiserver/resources/frozen.ts';
import type { Resource } from '../controller/apiserver/resources/metadata.ts';
import { ownedByCreator, ownedByUpdater } from '../controller/apiserver/resources/ownership.ts';
import type { BenchRow } from './row.ts';

const runs = 5;
const writesPerRun = 3_000;
const kind = kindNamed('Pod');

const pod: Pod = {
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name: 'web', namespace: 'default', labels: { app: 'hello', tier: 'web', hash: 'abcdef' } },
  spec: {
    containers: [
      {
        name: 'web',
        image: 'hello:1',
        ports: [{ containerPort: 8080 }, { containerPort: 9090, name: 'metrics' }],
        env: ['A', 'B', 'C', 'D'].map((name) => ({ name, value: 'x'.repeat(100) })),
        resources: { requests: { cpu: '100m', memory: '64Mi' }, limits: { memory: '128Mi' } },
        readinessProbe: { httpGet: { path: '/', port: 8080 } },
        volumeMounts: [{ name: 'data', mountPath: '/data' }],
      },
    ],
    volumes: [{ name: 'data', emptyDir: {} }],
  },
};

const status = (restarts: number): Pod['status'] => ({
  phase: 'Running',
  podIP: '10.244.0.1',
  podIPs: [{ ip: '10.244.0.1' }],
  conditions: ['PodScheduled', 'Initialized', 'ContainersReady', 'Ready'].map((type) => ({
    type,
    status: restarts % 2 === 0 ? 'True' : 'False',
    lastTransitionTime: '2026-11-20T12:00:00Z',
  })),
  containerStatuses: [
    { name: 'web', ready: restarts % 2 === 0, restartCount: restarts, image: 'hello:1', imageID: 'sha256:a' },
  ],
});

export async function run(): Promise<BenchRow[]> {
  const goal = { atMost: 0.3, of: 'value' } as const;
  const create: BenchRow = { name: 'owners: of a new pod', unit: 'ms of CPU', values: [], goal };
  const report: BenchRow = { name: 'owners: of a report on its status', unit: 'ms of CPU', values: [], goal };
  const draft = applyDefaults(pod) as Resource;
  for (let turn = 0; turn < runs; turn++) {
    let stored = draft;
    create.values.push(
      cpuMs(() => {
        stored = ownedByCreator(kind, draft, pod as Resource, { fieldManager: 'maker', now: new Date() });
      }),
    );
    let restarts = 0;
    report.values.push(
      cpuMs(() => {
        const next: Resource = { ...stored, status: status(restarts++) };
        const author = { fieldManager: 'kith-agent', now: new Date() };
        stored = frozen(ownedByUpdater(kind, 'status', stored, next, next, author));
      }),
    );
  }
  return [create, report];
}

function cpuMs(action: () => void): number {
  const before = process.cpuUsage();
  for (let count = 0; count < writesPerRun; count++) action();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / writesPerRun / 1000;
}
