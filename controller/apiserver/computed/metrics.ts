import type { NodeMetrics, PodMetrics, Use, UsageList } from '../../../api/metrics.ts';
import { timestamp } from '../../../api/conditions.ts';
import { notFound } from '../../../api/errors.ts';
import { computedKinds, kindNamed, type Kind } from '../../../api/kinds.ts';
import type { Node, Pod } from '../../../api/types.ts';
import type { Resource } from '../resources/metadata.ts';
import type { Reader } from '../resources/reader.ts';
import type { Computed } from './computed.ts';
import type { PodUsed, Usage, Used } from './usage.ts';

const kindCalled = (name: string): Kind => computedKinds.find(({ kind }) => kind === name)!;

/** `kubectl top nodes`: the hosts that said lately what is in use. Selected as Nodes are. */
export function nodeMetrics(reader: Reader, usage: Usage): Computed {
  const nodes = kindNamed('Node');
  const of = (node: Resource) => {
    const used = usage.ofNode(node as Node);
    return used && (metricsOf('NodeMetrics', node, used, { usage: usageOf(used.use) }) as NodeMetrics);
  };
  return {
    async list(query) {
      const { items, metadata } = await reader.list(nodes, query);
      return { items: items.flatMap((each) => of(each) ?? []) as Resource[], metadata };
    },
    get(_namespace, name) {
      const node = reader.find(nodes, undefined, name);
      const found = node && of(node);
      if (!found) throw notFound(kindCalled('NodeMetrics'), name);
      return found as Resource;
    },
  };
}

/** `kubectl top pods`: the pods that run where somebody said lately what is in use. Selected as Pods are. */
export function podMetrics(reader: Reader, usage: Usage): Computed {
  const pods = kindNamed('Pod');
  const nodes = kindNamed('Node');
  const of = (each: Resource) => {
    const pod = each as Pod;
    // Kubernetes tells of none that has not begun or is over.
    if (pod.status?.phase !== 'Running') return undefined;
    const node = reader.find(nodes, undefined, pod.spec?.nodeName ?? '') as Node | undefined;
    const used = usage.ofPod(pod, node);
    return used && (metricsOf('PodMetrics', each, used, { containers: containersOf(used) }) as PodMetrics);
  };
  return {
    async list(query) {
      const { items, metadata } = await reader.list(pods, query);
      return { items: items.flatMap((each) => of(each) ?? []) as Resource[], metadata };
    },
    get(namespace, name) {
      const pod = reader.find(pods, namespace, name);
      const found = pod && of(pod);
      if (!found) throw notFound(kindCalled('PodMetrics'), name);
      return found as Resource;
    },
  };
}

function metricsOf(kind: string, { metadata }: Resource, used: Used, rest: object): object {
  const at = timestamp(used.at);
  const { name, namespace, labels } = metadata!;
  return {
    kind,
    apiVersion: 'metrics.k8s.io/v1beta1',
    metadata: { name, ...(namespace && { namespace }), creationTimestamp: at, ...(labels && { labels }) },
    timestamp: at,
    window: duration(used.windowMs),
    ...rest,
  };
}

const containersOf = ({ containers }: PodUsed) =>
  containers.map(([name, use]) => ({ name, usage: usageOf(use) }));

function usageOf({ cpuMillis, memoryBytes }: Use): UsageList {
  return { cpu: cpuQuantity(cpuMillis), memory: `${Math.round(memoryBytes / 1024)}Ki` };
}

/** In billionths of a core, as the kubelet counts. */
function cpuQuantity(millis: number): string {
  const billionths = Math.round(millis * 1e6);
  return billionths === 0 ? '0' : `${billionths}n`;
}

/** As Go writes it: `15.02s`, `1m3s`. */
function duration(ms: number): string {
  const minutes = Math.floor(ms / 60_000);
  const seconds = `${Math.round(ms - minutes * 60_000) / 1000}s`;
  return minutes > 0 ? `${minutes}m${seconds}` : seconds;
}
