import type { LocalImage, Sandbox } from './sandbox.ts';

/** What `runtimeClassName` may name, beside the names of the drivers. */
const classPrefix = 'kith-';

/**
 * The driver for an image: the one that `runtimeClassName` names, else the one for the image's kind. Throws with the reason
 * when there is none.
 *
 * @param own whether the pod is of the tier `own`; others' apps run only where the operating system holds them.
 */
export function chooseSandbox(
  kind: LocalImage['kind'],
  runtimeClassName: string | undefined,
  drivers: readonly Sandbox[],
  own: boolean,
): Sandbox {
  const name = runtimeClassName?.replace(classPrefix, '') ?? driverFor[kind];
  const driver = drivers.find((each) => each.name === name);
  const offered = drivers.map((each) => each.name).join(', ') || 'none';
  if (!driver)
    throw new Error(
      runtimeClassName === undefined
        ? `An image of kind ${kind} needs the sandbox ${name}, which this host does not have (it has: ${offered}).`
        : `runtimeClassName ${runtimeClassName} names no sandbox of this host (it has: ${offered}).`,
    );
  if (!own && driver.capabilities.isolation === 'none')
    throw new Error(
      `This host has no operating-system sandbox for ${driver.name}, so it runs only its owner's own apps. Its owner can install bubblewrap.`,
    );
  return driver;
}

const driverFor: Record<LocalImage['kind'], string> = { wasm: 'wasm', oci: 'podman' };
