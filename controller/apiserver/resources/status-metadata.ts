import { refusal } from '../../../api/errors.ts';
import type { Kind } from '../../../api/kinds.ts';
import type { ObjectMeta } from '../../../api/types.ts';
import { validateMetadata } from '../../../api/validation/metadata.ts';
import { nodeNameOf, type User } from '../users.ts';
import { withDefaults } from './decoding.ts';
import { templateGeneration } from './late-fields.ts';
import { replaced, type Resource } from './metadata.ts';
import { withTemplateCount } from './workloads.ts';

/** What a writer of the status cannot change of the metadata; of all other kinds nothing is kept. */
const kept: Record<string, readonly (keyof ObjectMeta)[]> = {
  Deployment: ['labels'],
  Pod: ['ownerReferences'],
};

/**
 * `old` with the metadata that a write to its status or its finalizers brings: as in Kubernetes, labels and annotations may be written
 * through these too. Not by a node, nor of a custom resource.
 *
 * @throws ApiError (invalid, conflict)
 */
export function withMetadataOf(kind: Kind, old: Resource, input: Resource, user: User): Resource {
  if (kind.type === undefined || nodeNameOf(user) !== undefined) return old;
  // A namespace's label with its own name is one of its defaults.
  const whole = kind.type === 'Namespace' ? withDefaults(kind, input) : input;
  const metadata = { ...replaced(kind, old, whole).metadata };
  for (const field of kept[kind.type] ?? []) {
    delete metadata[field];
    if (old.metadata?.[field] !== undefined) Object.assign(metadata, { [field]: old.metadata[field] });
  }
  const counted = old.metadata?.annotations?.[templateGeneration];
  if (kind.type === 'DaemonSet' && counted !== undefined)
    metadata.annotations = { ...metadata.annotations, [templateGeneration]: counted };
  const error = refusal(kind, metadata.name ?? '', validateMetadata(kind, metadata, old.metadata));
  if (error) throw error;
  const { managedFields } = old.metadata ?? {};
  return withTemplateCount(
    { ...old, metadata: managedFields ? { ...metadata, managedFields } : metadata },
    old,
  );
}
