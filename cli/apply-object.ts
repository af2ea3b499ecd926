import { isAlreadyExists, isNotFound } from '../api/errors.ts';
import type { Kind } from '../api/kinds.ts';
import { normalize } from '../api/normalize.ts';
import { createThreeWayPatch } from '../api/patch/three-way.ts';
import type { Client, KubeObject } from '../client/client.ts';

/** Where `kubectl apply` and we keep what was applied last, so that a field taken out of the file is taken out of the object. */
export const lastApplied = 'kubectl.kubernetes.io/last-applied-configuration';

export type Outcome = 'created' | 'configured' | 'unchanged';

/**
 * As `kubectl apply`: creates the object, or sends the three-way patch between what was applied last, what is wanted and what is
 * there. With `dryRun` the server judges it and stores nothing, also in a namespace that is yet to be made.
 */
export async function applyObject(
  client: Client,
  written: KubeObject & { metadata: { name: string } },
  kind: Kind,
  how: { dryRun: boolean; isNamespaceToCome?: boolean },
): Promise<Outcome> {
  const wanted = withLastApplied(written, kind);
  const ref = { kind: kind.kind, namespace: written.metadata.namespace, name: written.metadata.name };
  const options = { fieldManager: 'kith-apply', ...how };
  const current = await found(client, ref);
  if (!current) {
    try {
      await client.create(wanted, options);
      return 'created';
    } catch (error) {
      // Somebody else made it in between: then it is there to be changed.
      if (!isAlreadyExists(error)) throw error;
      return applyObject(client, written, kind, how);
    }
  }
  const patch = createThreeWayPatch(lastAppliedOf(current), wanted, current, kind);
  if (Object.keys(patch).length === 0) return 'unchanged';
  const answer = await client.patch(ref, 'strategic', patch, options);
  // A patch may say what is so already: `stringData` is stored as `data`, and never read back.
  return answer.metadata?.resourceVersion === current.metadata?.resourceVersion ? 'unchanged' : 'configured';
}

/** The object as the server would store it (500m for 0.5), with itself in the annotation. */
function withLastApplied<T extends KubeObject>(written: T, kind: Kind): T {
  const wanted = normalize(kind, written);
  const { [lastApplied]: _older, ...annotations } = wanted.metadata?.annotations ?? {};
  const bare = { ...wanted, metadata: { ...wanted.metadata, annotations } };
  return {
    ...bare,
    metadata: {
      ...bare.metadata,
      annotations: { ...annotations, [lastApplied]: `${JSON.stringify(bare)}\n` },
    },
  };
}

async function found(
  client: Client,
  ref: { kind: string; namespace?: string | undefined; name: string },
): Promise<KubeObject | undefined> {
  try {
    return await client.get({
      kind: ref.kind,
      name: ref.name,
      ...(ref.namespace && { namespace: ref.namespace }),
    });
  } catch (error) {
    if (isNotFound(error)) return undefined;
    throw error;
  }
}

/** What was applied last; nothing where nobody applied it, or the annotation is no longer readable. */
function lastAppliedOf({ metadata }: KubeObject): object {
  try {
    const value: unknown = JSON.parse(metadata?.annotations?.[lastApplied] ?? '{}');
    return typeof value === 'object' && value !== null ? value : {};
  } catch {
    return {};
  }
}
