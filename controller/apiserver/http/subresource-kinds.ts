import type { Kind } from '../../../api/kinds.ts';

export interface KindName {
  group: string;
  version: string;
  kind: string;
}

/** Subresources whose body is of another kind; without a version, of that under which they are asked for. */
export const subresourceKinds: Readonly<Record<string, KindName>> = {
  scale: { group: 'autoscaling', version: 'v1', kind: 'Scale' },
  binding: { group: '', version: '', kind: 'Binding' },
  eviction: { group: 'policy', version: 'v1', kind: 'Eviction' },
  token: { group: 'authentication.k8s.io', version: 'v1', kind: 'TokenRequest' },
  attach: { group: '', version: '', kind: 'PodAttachOptions' },
  exec: { group: '', version: '', kind: 'PodExecOptions' },
  portforward: { group: '', version: '', kind: 'PodPortForwardOptions' },
};

/** The same as discovery tells it; undefined where the body is of the kind itself. */
export function subresourceKindOf({ kind }: Kind, subresource: string): KindName | undefined {
  return subresource === 'proxy'
    ? { group: '', version: '', kind: `${kind}ProxyOptions` }
    : subresourceKinds[subresource];
}
