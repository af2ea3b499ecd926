import type { Digest } from '../blobs/digest.ts';
import { entryNamed, readIndex } from './layout.ts';
import { parseReference, taggedName } from './reference.ts';

/**
 * The digest behind a reference by this folder's index alone: for pinning tags at `kith apply`. A digest in the
 * reference is its own answer. Undefined if the tag is not here.
 * @throws ImageError `InvalidImageName`
 */
export async function resolveLocal(imagesFolder: string, reference: string): Promise<Digest | undefined> {
  const parsed = parseReference(reference);
  if (parsed.digest) return parsed.digest;
  return entryNamed(await readIndex(imagesFolder), taggedName(parsed)!)?.digest;
}
