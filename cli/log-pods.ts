import { formatLabelSelector, requirementsOf } from '../api/selectors.ts';
import type { Deployment, Pod } from '../api/types.ts';
import type { Client } from '../client/client.ts';
import { CliError, exitCodes } from './errors.ts';
import { namedResources } from './resources.ts';

/** Pods that one command reads at once. */
export const logPodsMax = 20;

/** What the user named: a pod, what owns pods, or a label selector. */
export interface LogSource {
  from: string | undefined;
  selector: string | undefined;
  namespace: string;
}

/** The names of the pods whose logs are meant, and how many more there are than are read at once. */
export async function logPods(
  client: Client,
  { from, selector, namespace }: LogSource,
): Promise<{ pods: string[]; more: number }> {
  if (from && selector) throw refused('KITH_BAD_ARGUMENT', 'a name and -l exclude each other', 'one of them');
  if (!from && !selector)
    throw refused('KITH_NO_INPUT', 'whose logs?', 'kith logs POD, or kith logs deployment/NAME');
  let labelSelector = selector!;
  if (from) {
    const [{ kind, names }] = namedResources([from.includes('/') ? from : `pod/${from}`]) as [
      ReturnType<typeof namedResources>[number],
    ];
    const name = names[0]!;
    if (kind.kind === 'Pod') return { pods: [name], more: 0 };
    const owner = await client.get<Deployment>({ kind: kind.kind, namespace, name });
    labelSelector = selectorOf(owner);
  }
  const { items } = await client.list<Pod>('Pod', { namespace, labelSelector });
  const started = items.filter(({ status }) =>
    [...(status?.initContainerStatuses ?? []), ...(status?.containerStatuses ?? [])].some(
      ({ containerID }) => containerID,
    ),
  );
  if (started.length === 0)
    throw new CliError(
      'KITH_NO_PODS',
      items.length === 0
        ? `no pod has the labels ${labelSelector}`
        : `none of the ${items.length} pods with the labels ${labelSelector} has started yet`,
      { next: `kith get pods -n ${namespace}` },
    );
  const names = started.map(({ metadata }) => metadata!.name!);
  return { pods: names.slice(0, logPodsMax), more: Math.max(0, names.length - logPodsMax) };
}

/** A Deployment and a ReplicaSet select by expressions, a Service by labels. */
function selectorOf({ kind, spec }: Deployment): string {
  const selector = spec?.selector as unknown;
  if (selector && kind === 'Service')
    return Object.entries(selector as Record<string, string>)
      .map(([label, value]) => `${label}=${value}`)
      .join(',');
  if (!selector) throw refused('KITH_NO_PODS', `a ${kind} has no pods of its own`, 'kith logs POD');
  return formatLabelSelector(requirementsOf(spec!.selector));
}

const refused = (code: string, message: string, next: string) =>
  new CliError(code, message, { next, exit: exitCodes.wrongInput });
