import type { Node, Pod } from './types.ts';

/** On a node, from its certificate: whose the host is. On a namespace: whose the apps in it are. */
export const ownerAnnotation = 'kith.home.arpa/owner';
/** On a node, from its certificate: how far its owner is trusted (`own`, `friend`, `volunteer`). */
export const tierAnnotation = 'kith.home.arpa/tier';
/** On a node, as an annotation or a label: the sandboxes it can run, `wasm,podman` (in a label, with `.` between them). */
export const sandboxesKey = 'kith.home.arpa/sandboxes';
/** On a node: what holds an app in each sandbox, `wasm=os,podman=none`. */
export const isolationAnnotation = 'kith.home.arpa/isolation';

/** As whom a host's agent reports its Events. */
export const agentComponent = 'kith-agent';

/** What `spec.providerID` says of a host: its public key (hex), by which it is dialled. */
export function providerIdOf(key: string): string {
  return `kith://${key}`;
}

/** The public key of a node, hex; undefined where it has said none that is one. */
export function nodeKeyOf(node: Node): string | undefined {
  return /^kith:\/\/([0-9a-f]{64})$/.exec(node.spec?.providerID ?? '')?.[1];
}

/** Annotation of a pod: the sandbox that its RuntimeClass names, where the class is called otherwise. Set by the API server. */
export const runtimeHandlerKey = 'kith.home.arpa/runtime-handler';

/** The sandbox that a pod names, by its RuntimeClass; undefined where any will do. */
export function sandboxNamed({ metadata, spec }: Pod): string | undefined {
  return spec?.runtimeClassName
    ? (metadata?.annotations?.[runtimeHandlerKey] ?? spec.runtimeClassName)
    : undefined;
}
