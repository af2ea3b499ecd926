import type { Kind } from '../../../api/kinds.ts';
import type { Random } from '../../../process/random.ts';
import type { Authorizer } from '../auth/authorizer.ts';
import type { Storage } from '../storage/storage.ts';
import type { User } from '../users.ts';
import type { Quotas } from '../quota/quotas.ts';
import type { ClusterIps } from './cluster-ips.ts';
import type { Resource } from './metadata.ts';
import type { NodePorts } from './node-ports.ts';

/** One write on its way to the store. */
export interface AdmissionRequest {
  operation: 'create' | 'update';
  kind: Kind;
  /** As it will be stored, with its defaults. */
  object: Resource;
  /** What it replaces. */
  old: Resource | undefined;
  user: User;
  /** A dry run whose namespace is about to be made; never so for what will be stored. */
  isNamespaceToCome: boolean;
  storage: Storage;
  authorizer: Authorizer;
  clusterIps: ClusterIps;
  nodePorts: NodePorts;
  quotas: Quotas;
  random: Random;
  /** Called if the write does not happen after all: a dry run, a conflict, a full disk. */
  otherwise(undo: () => void): void;
}

/** Looks at a write and returns the object, changed or not; throws an `ApiError` to refuse it. */
export type Admission = (request: AdmissionRequest) => Resource;
