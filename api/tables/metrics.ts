import { conditionOf } from '../conditions.ts';
import type { NodeMetrics, PodMetrics } from '../metrics.ts';
import { formatQuantity, parseQuantity } from '../quantity.ts';
import type { ObjectMeta } from '../types.ts';
import { age } from './duration.ts';
import { column, nameColumn, type Columns } from './table.ts';

/** Source: sigs.k8s.io/metrics-server/pkg/api/table.go */
export const nodeMetricsColumns: Columns<NodeMetrics> = [
  nameColumn,
  column('cpu', ({ usage }) => usage.cpu),
  column('memory', ({ usage }) => usage.memory),
  column('Window', ({ window }) => window),
];

export const podMetricsColumns: Columns<PodMetrics> = [
  nameColumn,
  column('cpu', ({ containers }) =>
    nanos(containers.reduce((sum, { usage }) => sum + parseQuantity(usage.cpu), 0)),
  ),
  column('memory', ({ containers }) =>
    formatQuantity(
      containers.reduce((sum, { usage }) => sum + parseQuantity(usage.memory), 0),
      'BinarySI',
    ),
  ),
  column('Window', ({ window }) => window),
];

const nanos = (cores: number) => (cores === 0 ? '0' : `${Math.round(cores * 1e9)}n`);

interface ApiService {
  metadata?: ObjectMeta;
  spec?: { service?: { namespace?: string; name?: string } };
  status?: { conditions?: { type: string; status: string; reason?: string }[] };
}

/** Source: kube-aggregator's own table of APIServices. */
export const apiServiceColumns: Columns<ApiService> = [
  nameColumn,
  column('Service', ({ spec }) =>
    spec?.service ? `${spec.service.namespace}/${spec.service.name}` : 'Local',
  ),
  column('Available', ({ status }) => conditionOf(status?.conditions, 'Available')?.status ?? 'Unknown'),
  column('Age', ({ metadata }, now) => age(metadata?.creationTimestamp, now)),
];
