import type { Namespace, Node, Secret } from '../types.ts';

export function defaultSecret(secret: Secret): Secret {
  const { stringData, ...rest } = secret;
  if (!stringData) return { type: 'Opaque', ...rest };
  // Plain text is for writing only; what is stored is base64, and plain text wins.
  const encoded = Object.entries(stringData).map(([key, text]) => [
    key,
    Buffer.from(text).toString('base64'),
  ]);
  return { type: 'Opaque', ...rest, data: { ...rest.data, ...Object.fromEntries(encoded) } };
}

/** A namespace carries its own name as a label, so that selectors can name it. */
export function defaultNamespace(namespace: Namespace): Namespace {
  const { metadata } = namespace;
  return {
    ...namespace,
    ...(metadata?.name && {
      metadata: { ...metadata, labels: { ...metadata.labels, 'kubernetes.io/metadata.name': metadata.name } },
    }),
    status: { phase: 'Active', ...namespace.status },
  };
}

/** A node that keeps nothing back for itself offers all that it has. */
export function defaultNode(node: Node): Node {
  const { status } = node;
  if (!status?.capacity || status.allocatable) return node;
  return { ...node, status: { ...status, allocatable: status.capacity } };
}
