import { isPodTerminal, isPodTerminating } from '../../api/pods.ts';
import type { Node, Pod, Taint } from '../../api/types.ts';
import { keyOf, splitKey } from '../object-key.ts';
import type { Reconciler } from '../reconciler.ts';
import { toleration } from '../scheduler/tolerations.ts';
import { notReadyTaint, unreachableTaint } from './taints.ts';

/**
 * How long a pod stays on a host that is gone, unless it says otherwise (Kubernetes' default). Its replacement has long been running; this
 * is about when the old one is given up, after which it may not come back with its host.
 */
export const goneTolerationSeconds = 300;

/** Deletes pods from nodes with a `NoExecute` taint that they do not tolerate, or not for so long. */
export const eviction: Reconciler = {
  name: 'eviction',
  watches: ['Node', 'Pod'],
  keysOf: (object, world) =>
    object.kind === 'Node' ? world.podsOn<Pod>(object.metadata?.name ?? '').map(keyOf) : [keyOf(object)],
  decide(world, key, now) {
    const { namespace, name } = splitKey(key);
    const pod = world.get<Pod>('Pod', namespace, name);
    if (!pod?.spec?.nodeName || isPodTerminating(pod) || isPodTerminal(pod)) return [];
    const node = world.get<Node>('Node', undefined, pod.spec.nodeName);
    const until = Math.min(...(node?.spec?.taints ?? []).map((taint) => toleratedUntil(pod, taint, now)));
    if (until === Infinity) return [];
    const leftMs = until - now.getTime();
    if (leftMs > 0) return [{ do: 'again', afterMs: leftMs }];
    const message = `Marking for deletion Pod ${namespace}/${name}`;
    return [
      { do: 'delete', object: pod, onDone: { type: 'Normal', reason: 'TaintManagerEviction', message } },
    ];
  },
};

/** Epoch milliseconds until which the pod may stay despite the taint; Infinity for ever. */
function toleratedUntil(pod: Pod, taint: Taint, now: Date): number {
  if (taint.effect !== 'NoExecute') return Infinity;
  const found = toleration(pod.spec?.tolerations, taint);
  const byDefault = taint.key === unreachableTaint || taint.key === notReadyTaint ? goneTolerationSeconds : 0;
  const seconds = found ? (found.tolerationSeconds ?? Infinity) : byDefault;
  const since = taint.timeAdded ? new Date(taint.timeAdded).getTime() : now.getTime();
  return since + Math.max(0, seconds) * 1_000;
}
