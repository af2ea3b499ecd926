import type { LocalImage, Sandbox } from '../sandbox/sandbox.ts';
import type { Images } from './images.ts';
import { parseReference } from './reference.ts';

/**
 * The cluster's images, and those that a sandbox of this host keeps by itself, such as podman's: a name with a registry's host
 * (`localhost/box:1`) is looked for there first, a bare one where no machine of the cluster has it. Never fetched from a registry.
 */
export function withDriverImages(images: Images, sandboxes: readonly Sandbox[]): Images {
  const keepers = sandboxes.filter((each) => each.image !== undefined);
  if (keepers.length === 0) return images;
  const kept = async (reference: string): Promise<LocalImage | undefined> => {
    for (const keeper of keepers) {
      // A driver in trouble says so when it is to run something; here others may still have the image.
      const found = await keeper.image!(reference).catch(() => undefined);
      if (found) return found;
    }
    return undefined;
  };
  return {
    list: () => images.list(),
    async pull(reference, options) {
      const { host } = parseReference(reference);
      const own = host === undefined ? undefined : await kept(reference);
      if (own) return own;
      try {
        return await images.pull(reference, options);
      } catch (error) {
        for (const name of host === undefined ? registryNames(reference) : []) {
          const local = await kept(name);
          if (local) return local;
        }
        throw error;
      }
    },
  };
}

/** What a bare name is called in a store of containers: built there, or pulled from where Kubernetes means bare names to lie. */
function registryNames(reference: string): string[] {
  const official = /^[^:@]*\//.test(reference) ? reference : `library/${reference}`;
  return [`localhost/${reference}`, `docker.io/${official}`];
}
