import type { ObjectMeta } from './types.ts';

/** What is in use, as quantities. */
export interface UsageList {
  cpu: string;
  memory: string;
}

/** `metrics.k8s.io/v1beta1`: what a host has in use, its owner's own programs among it. */
export interface NodeMetrics {
  apiVersion?: string;
  kind?: string;
  metadata: ObjectMeta;
  /** When the window ended. */
  timestamp: string;
  /** What the use of processors is the mean of: `15s`. */
  window: string;
  usage: UsageList;
}

/** `metrics.k8s.io/v1beta1`: what a pod has in use. */
export interface PodMetrics {
  apiVersion?: string;
  kind?: string;
  metadata: ObjectMeta;
  timestamp: string;
  window: string;
  containers: { name: string; usage: UsageList }[];
}

/** The path to which a host reports what is in use on it. */
export const usagePath = '/apis/kith.home.arpa/v1/usage';

/** What was in use during a window that has just ended. */
export interface Use {
  /** The mean, in thousandths of a core. */
  cpuMillis: number;
  /** At its end. */
  memoryBytes: number;
}

/** What a host says of itself and its pods. */
export interface UsageReport {
  windowMs: number;
  node: Use;
  /** Of pods that were there for the whole window, each container by its name. */
  pods: { uid: string; containers: Record<string, Use> }[];
}
