import { isPodTerminal, podRequests } from '../../api/pods.ts';
import { addAmounts, amountsOf, type Amounts } from '../../api/resources.ts';
import type { Namespace, Node, Pod } from '../../api/types.ts';
import { presenceOf, type Presence } from '../nodes/presence.ts';

/** A pod with what filters and scores ask of it, worked out once. */
export interface PodView {
  pod: Pod;
  uid: string;
  namespace: string;
  labels: Record<string, string>;
  /** cpu in thousandths, memory in bytes. */
  requests: Amounts;
  /** The uid of what controls it, as a name for "the same app at the same version". */
  controller: string | undefined;
}

/** A node with what is bound to it. */
export interface NodeView {
  name: string;
  node: Node;
  labels: Record<string, string>;
  presence: Presence;
  allocatable: Amounts;
  /** Sum of the requests of `pods`. */
  requested: Amounts;
  pods: Map<string, PodView>;
  images: ReadonlySet<string>;
}

/** Nodes and the pods bound to them, kept up to date change by change: copying 5,000 nodes for each pod would cost more than placing it. */
export class Snapshot {
  readonly #nodes = new Map<string, NodeView>();
  /** Pods by the node they are bound to, also of nodes not (yet) known. */
  readonly #bound = new Map<string, Map<string, PodView>>();
  readonly #nodeOf = new Map<string, string>();
  readonly #namespaces = new Map<string, Namespace>();
  #list: NodeView[] | undefined;
  /** Pods with required anti-affinity: few, and each newcomer must be held against all of them. */
  readonly shy = new Map<string, PodView>();

  setNode(node: Node): void {
    const name = node.metadata?.name ?? '';
    const pods = this.#podsOf(name);
    this.#nodes.set(name, {
      name,
      node,
      labels: node.metadata?.labels ?? {},
      presence: presenceOf(node),
      allocatable: amountsOf(node.status?.allocatable),
      requested: [...pods.values()].reduce((sum, { requests }) => addAmounts(sum, requests), {}),
      pods,
      images: new Set((node.status?.images ?? []).flatMap(({ names }) => names ?? [])),
    });
    this.#list = undefined;
  }

  removeNode(name: string): void {
    this.#nodes.delete(name);
    this.#list = undefined;
  }

  setNamespace(namespace: Namespace): void {
    this.#namespaces.set(namespace.metadata?.name ?? '', namespace);
  }

  removeNamespace(name: string): void {
    this.#namespaces.delete(name);
  }

  namespace(name: string): Namespace | undefined {
    return this.#namespaces.get(name);
  }

  /** Counts the pod on its node, or on `nodeName` for one that is only assumed to be bound there. */
  setPod(view: PodView, nodeName: string): void {
    this.removePod(view.uid);
    this.#podsOf(nodeName).set(view.uid, view);
    this.#nodeOf.set(view.uid, nodeName);
    if (view.pod.spec?.affinity?.podAntiAffinity?.requiredDuringSchedulingIgnoredDuringExecution) {
      this.shy.set(view.uid, view);
    }
    const node = this.#nodes.get(nodeName);
    if (node) node.requested = addAmounts(node.requested, view.requests);
  }

  removePod(uid: string): boolean {
    const nodeName = this.#nodeOf.get(uid);
    if (nodeName === undefined) return false;
    const pods = this.#podsOf(nodeName);
    const view = pods.get(uid)!;
    pods.delete(uid);
    this.#nodeOf.delete(uid);
    this.shy.delete(uid);
    const node = this.#nodes.get(nodeName);
    if (node) node.requested = addAmounts(node.requested, negative(view.requests));
    else if (pods.size === 0) this.#bound.delete(nodeName);
    return true;
  }

  nodes(): readonly NodeView[] {
    return (this.#list ??= [...this.#nodes.values()]);
  }

  node(name: string): NodeView | undefined {
    return this.#nodes.get(name);
  }

  nodeOf(uid: string): NodeView | undefined {
    const name = this.#nodeOf.get(uid);
    return name === undefined ? undefined : this.#nodes.get(name);
  }

  #podsOf(nodeName: string): Map<string, PodView> {
    let pods = this.#bound.get(nodeName);
    if (!pods) this.#bound.set(nodeName, (pods = new Map()));
    return pods;
  }
}

export function viewOf(pod: Pod): PodView {
  return {
    pod,
    uid: pod.metadata?.uid ?? '',
    namespace: pod.metadata?.namespace ?? '',
    labels: pod.metadata?.labels ?? {},
    requests: podRequests(pod),
    controller: pod.metadata?.ownerReferences?.find(({ controller }) => controller)?.uid,
  };
}

/** Whether a pod takes up room where it is bound. */
export function occupies(pod: Pod): boolean {
  return Boolean(pod.spec?.nodeName) && !isPodTerminal(pod);
}

function negative(amounts: Amounts): Amounts {
  return Object.fromEntries(Object.entries(amounts).map(([resource, amount]) => [resource, -amount]));
}
