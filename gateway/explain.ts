import type { Pod, Service } from '../api/types.ts';
import type { Client } from '../client/client.ts';
import type { App } from './directory.ts';

/** Lines on a page that explains; more would not be read. */
const linesMax = 8;

/** Why an app's pods are not ready, one line for each; empty where there are none, or nobody can be asked. */
export async function explainApp(client: Client, app: App): Promise<string[]> {
  try {
    const service = await client.get<Service>({
      kind: 'Service',
      namespace: app.namespace,
      name: app.service,
    });
    const selector = service.spec?.selector;
    if (!selector) return ['The Service has no selector, and nobody has given it endpoints.'];
    const labelSelector = Object.entries(selector)
      .map(([key, value]) => `${key}=${value}`)
      .join(',');
    const pods = await client.list<Pod>('Pod', { namespace: app.namespace, labelSelector, limit: linesMax });
    if (pods.items.length === 0)
      return [`No pod has the labels ${labelSelector}: is there a Deployment, and has it replicas?`];
    return pods.items.map((pod) => `${pod.metadata?.name}: ${whyPodWaits(pod)}`);
  } catch (error) {
    return [`The controller could not be asked: ${(error as Error).message}`];
  }
}

/** The first thing that stands in a pod's way, in its own words. */
export function whyPodWaits(pod: Pod): string {
  if (pod.metadata?.deletionTimestamp) return 'is ending';
  const unscheduled = pod.status?.conditions?.find(
    ({ type, status }) => type === 'PodScheduled' && status === 'False',
  );
  if (unscheduled) return unscheduled.message ?? unscheduled.reason ?? 'waits for a host';
  for (const { name, state } of pod.status?.containerStatuses ?? []) {
    const stopped = state?.waiting ?? state?.terminated;
    if (stopped) return `${name}: ${[stopped.reason, stopped.message].filter(Boolean).join(': ')}`;
  }
  const unready = pod.status?.conditions?.find(({ type, status }) => type === 'Ready' && status !== 'True');
  return unready?.message ?? pod.status?.message ?? `is ${pod.status?.phase ?? 'new'}, not ready yet`;
}
