import type { Container } from '../../api/types.ts';
import type { Images } from '../images/images.ts';
import type { LocalImage } from '../sandbox/sandbox.ts';

/** Kubernetes' default: a tag that moves is asked for each time. */
export function pullPolicyOf(container: Container): 'Always' | 'IfNotPresent' | 'Never' {
  const set = container.imagePullPolicy;
  if (set === 'Always' || set === 'IfNotPresent' || set === 'Never') return set;
  const reference = container.image ?? '';
  if (reference.includes('@')) return 'IfNotPresent';
  const tag = /:([^/:]+)$/.exec(reference)?.[1] ?? 'latest';
  return tag === 'latest' ? 'Always' : 'IfNotPresent';
}

/**
 * Makes a container's image local by its policy. With nobody to ask for a newer image, the very digest that this pod ran
 * before is as good as ever: a host that reboots alone starts its pods again.
 */
export async function pullImage(
  container: Container,
  options: {
    images: Images;
    /** The digest that this pod's container ran before. */
    before: string | undefined;
    signal: AbortSignal;
    onBytes: (bytes: number) => void;
  },
): Promise<LocalImage> {
  const { images, before, signal } = options;
  const reference = container.image ?? '';
  const policy = pullPolicyOf(container);
  try {
    return await images.pull(reference, {
      policy,
      signal,
      onProgress: ({ bytes }) => options.onBytes(bytes),
    });
  } catch (error) {
    if (policy !== 'Always' || !before || signal.aborted) throw error;
    const pinned = `${reference.replace(/@sha256:.*$/, '')}@${before}`;
    return images.pull(pinned, { policy: 'Never', signal }).catch(() => {
      // The first refusal is the one to tell.
      throw error;
    });
  }
}
