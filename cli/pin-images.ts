import { resolveLocal } from '../agent/images/resolve-local.ts';
import type { Container, PodSpec } from '../api/types.ts';
import type { KubeObject } from '../client/client.ts';

/**
 * Replaces the tag of each image that this machine built (`kith image build`) by tag and digest, so that all replicas run the same
 * bytes and applying again after a new build rolls it out.
 *
 * @returns the changed object and what was pinned
 */
export async function pinImages(
  object: KubeObject,
  imagesFolder: string,
): Promise<{ object: KubeObject; pinned: string[] }> {
  const copy = structuredClone(object);
  const pinned: string[] = [];
  for (const container of containersOf(copy)) {
    const { image } = container;
    if (!image || image.includes('@')) continue;
    const digest = await resolveLocal(imagesFolder, image);
    if (!digest) continue;
    container.image = `${image}@${digest}`;
    pinned.push(`${image} is ${digest.slice(0, 19)}…, built on this machine`);
  }
  return { object: copy, pinned };
}

function containersOf(object: KubeObject): Container[] {
  const { spec } = object as { spec?: PodSpec & { template?: { spec?: PodSpec } } };
  const pod = object.kind === 'Pod' ? spec : spec?.template?.spec;
  return [...(pod?.initContainers ?? []), ...(pod?.containers ?? [])];
}
