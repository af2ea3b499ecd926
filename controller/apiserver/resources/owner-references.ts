import { isDeepStrictEqual } from 'node:util';
import type { Resource } from './metadata.ts';

/**
 * The object with each of its owners once; who names one twice is warned, in Kubernetes' words.
 *
 * @param isPatched Kubernetes looks through a patched object only after admission, and says so
 */
export function withOwnersOnce(object: Resource, isPatched: boolean, warn: (text: string) => void): Resource {
  const owners = object.metadata?.ownerReferences ?? [];
  const doubles = owners.filter((owner, index) =>
    owners.slice(0, index).some((earlier) => isDeepStrictEqual(earlier, owner)),
  );
  if (doubles.length === 0) return object;
  const when = isPatched ? ' after mutating admission happens' : '';
  warn(
    `.metadata.ownerReferences contains duplicate entries${when}; API server dedups owner references in 1.20+, and may reject such requests ` +
      `as early as 1.24; please fix your requests; duplicate UID(s) observed: ${doubles.map(({ uid }) => uid).join(', ')}`,
  );
  const ownerReferences = owners.filter((owner) => !doubles.includes(owner));
  return { ...object, metadata: { ...object.metadata, ownerReferences } };
}
