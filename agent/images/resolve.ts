import type { BlobPeer, Peers } from '../blobs/peer.ts';
import type { Digest } from '../blobs/digest.ts';
import type { Clock } from '../../process/clock.ts';
import { ImageError } from './errors.ts';
import { entryNamed, type ImageLayout } from './layout.ts';
import { taggedName, formatReference, type Reference } from './reference.ts';
import { askPeers, isBuilt } from './tags.ts';

export type PullPolicy = 'Always' | 'IfNotPresent' | 'Never';

/**
 * Which manifest a reference means, by Kubernetes' pull policies. A digest means itself. For a tag, this machine's own
 * list is a source like any registry: an image that was built here is never outvoted by peers.
 *
 * - `Never`: this machine's list alone.
 * - `IfNotPresent`: this machine's list, else the peers.
 * - `Always`: the peers anew; if none in reach knows the tag, this machine's list (so a host that is offline goes on).
 *
 * @throws ImageError `ErrImageNeverPull` or `ErrImagePull`
 */
export async function resolve(
  reference: Reference,
  policy: PullPolicy,
  options: { layout: ImageLayout; peers: Peers; clock: Clock; signal?: AbortSignal | undefined },
): Promise<{ digest: Digest; origin: string }> {
  if (reference.digest) return { digest: reference.digest, origin: '' };
  const name = taggedName(reference)!;
  const local = entryNamed(await options.layout.entries(), name);
  if (local && (policy !== 'Always' || isBuilt(local))) return { digest: local.digest, origin: '' };
  if (policy === 'Never') throw neverPulled(reference);
  const peers: BlobPeer[] = await options.peers();
  const { best, asked } = await askPeers(name, peers, options);
  if (best) return { digest: best.descriptor.digest, origin: best.peer };
  if (local) return { digest: local.digest, origin: '' };
  throw new ImageError(
    'ErrImagePull',
    `${name} is not on this host, and ${asked === 0 ? 'no other machine is in reach' : `no machine in reach knows it (${asked} asked)`}. ` +
      `kith asks no registry: build it (kith image build SOURCE --tag ${name}) or check the name.`,
  );
}

export function neverPulled(reference: Reference): ImageError {
  return new ImageError(
    'ErrImageNeverPull',
    `${formatReference(reference)} is not on this host, and imagePullPolicy: Never forbids fetching it.`,
  );
}
