import type { NodeView, PodView, Snapshot } from './snapshot.ts';

/** Why a node will not do, as Kubernetes words it after the count: `Insufficient memory`, `node(s) were unschedulable`. */
export type Refusal = string | readonly string[];

/**
 * One reason for which a node may be refused. `forPod` looks at the pod once and returns the test of a single node, or
 * undefined where this pod gives it nothing to test.
 */
export interface Filter {
  name: string;
  forPod(pod: PodView, snapshot: Snapshot): ((node: NodeView) => Refusal | undefined) | undefined;
}

/**
 * One preference among the nodes that no filter refuses: 0 (worst) to 100 (best), times `weight`. `forPod` returns undefined where this
 * pod has no such preference.
 */
export interface Score {
  name: string;
  weight: number;
  forPod(
    pod: PodView,
    snapshot: Snapshot,
    feasible: readonly NodeView[],
  ): ((node: NodeView) => number) | undefined;
}
