import { conditionOf } from '../../api/conditions.ts';
import type { Node, NodeCondition } from '../../api/types.ts';

/** Nothing was heard of the host for a few seconds: its endpoints leave and stateless replacements start. */
export const suspectReason = 'NodeSuspect';
/** Silent for so long that it is treated as gone (Kubernetes' word). */
export const unknownReason = 'NodeStatusUnknown';
/** The host said that it goes: shutdown, sleep, drain, leave. */
export const goodbyeReason = 'Goodbye';
/** Heard again after a silence. */
export const returnedReason = 'NodeReturned';

/**
 * Whether a node's pods can be counted on.
 *
 * - `ready`: heard, and well; `unwell`: heard, but it says of itself that it is not ready (its pods still count);
 * - `suspect`, `unknown`, `goodbye`: its pods are lost for now; `absent`: there is no such node (any more).
 */
export type Presence = 'ready' | 'unwell' | 'suspect' | 'unknown' | 'goodbye' | 'absent';

export function presenceOf(node: Node | undefined): Presence {
  if (!node) return 'absent';
  const ready = readyCondition(node);
  if (ready?.status === 'True') return 'ready';
  if (ready?.reason === suspectReason) return 'suspect';
  if (ready?.reason === goodbyeReason) return 'goodbye';
  return ready?.status === 'Unknown' ? 'unknown' : 'unwell';
}

/** Its pods are not counted on: replaced if stateless, and no endpoints. */
export function isLost(presence: Presence): boolean {
  return presence !== 'ready' && presence !== 'unwell';
}

export function readyCondition(node: Node): NodeCondition | undefined {
  return conditionOf(node.status?.conditions, 'Ready');
}

/** Milliseconds since the node's Ready condition last changed; Infinity where it does not say. */
export function sinceTransitionMs(node: Node, now: Date): number {
  const at = readyCondition(node)?.lastTransitionTime;
  return at ? now.getTime() - new Date(at).getTime() : Infinity;
}
