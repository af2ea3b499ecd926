import { timestamp } from '../../api/conditions.ts';
import type { Taint } from '../../api/types.ts';
import type { Verdict } from './verdict.ts';

/** kith's own: nothing new is placed on a suspect, and what runs there stays. */
export const suspectTaint = 'kith.home.arpa/suspect';
/** Kubernetes' own, which evicts in the end (`eviction.ts`). */
export const unreachableTaint = 'node.kubernetes.io/unreachable';
export const notReadyTaint = 'node.kubernetes.io/not-ready';

const ours = new Set([suspectTaint, unreachableTaint, notReadyTaint]);

const wanted: Record<Verdict, { key: string; effect: string }[]> = {
  Ready: [],
  Suspect: [{ key: suspectTaint, effect: 'NoSchedule' }],
  Unknown: [
    { key: unreachableTaint, effect: 'NoSchedule' },
    { key: unreachableTaint, effect: 'NoExecute' },
  ],
  Goodbye: [
    { key: notReadyTaint, effect: 'NoSchedule' },
    { key: notReadyTaint, effect: 'NoExecute' },
  ],
};

/** The node's taints after a verdict: others' stay, ours are what it calls for. Undefined if nothing changes. */
export function taintsFor(verdict: Verdict, taints: readonly Taint[] = [], now: Date): Taint[] | undefined {
  const kept = taints.filter(
    (taint) => !ours.has(taint.key) || wanted[verdict].some((want) => same(want, taint)),
  );
  const added = wanted[verdict].filter((want) => !taints.some((taint) => same(want, taint)));
  if (added.length === 0 && kept.length === taints.length) return undefined;
  const timeAdded = timestamp(now);
  return [...kept, ...added.map((taint) => ({ ...taint, timeAdded }))];
}

function same(a: Pick<Taint, 'key' | 'effect'>, b: Taint): boolean {
  return a.key === b.key && a.effect === b.effect;
}
