import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { systemClock } from '../../../process/clock.ts';
import { BlobStore } from '../../blobs/store.ts';
import type { Digest } from '../../blobs/digest.ts';
import { importComponent, nameToTag, tagBuilt, type Imported } from '../import-component.ts';
import { annotations, ImageLayout } from '../layout.ts';
import { parseManifest } from '../manifest.ts';
import { bundle } from './bundle.ts';
import { componentOf, engineVersion } from './component.ts';

export interface BuiltImage extends Imported {
  componentBytes: number;
  ms: number;
  /** The same source had been built here before, and that image was taken. */
  reused: boolean;
}

/**
 * Builds a JavaScript HTTP handler into an image in `imagesFolder` and tags it; an agent over the same folder sees it at
 * once. The same source gives the same image: it is looked up before anything is built.
 *
 * @param sourceFolder folder or file, see `buildComponent`
 * @param reference `name[:tag]`
 * @param onProgress gets sentences for people
 * @throws BuildError about the source, ImageError `InvalidImageName` about the reference, BlobError about the disk
 */
export async function imageBuild(options: {
  sourceFolder: string;
  reference: string;
  imagesFolder: string;
  onProgress?: (line: string) => void;
}): Promise<BuiltImage> {
  const { onProgress = () => {} } = options;
  const clock = systemClock;
  const started = clock.now();
  const name = nameToTag(options.reference);
  onProgress(`Bundling ${options.sourceFolder}`);
  const script = await bundle(options.sourceFolder);
  const source = `sha256:${createHash('sha256').update(`${engineVersion()}\n`).update(script).digest('hex')}`;
  const store = await BlobStore.open({ folder: options.imagesFolder, clock });
  const layout = new ImageLayout(options.imagesFolder, clock);

  const before = await builtBefore(store, layout, source);
  if (before) {
    onProgress('The source has not changed since it was built; taking that image');
    await tagBuilt({ layout, clock, name, digest: before.digest, size: before.manifestBytes });
    const { digest, sizeBytes, componentBytes } = before;
    return { reference: name, digest, sizeBytes, componentBytes, ms: clock.now() - started, reused: true };
  }

  onProgress(`Compiling ${Buffer.byteLength(script)} bytes of JavaScript into a component`);
  const bytes = await componentOf(script);
  onProgress('Storing');
  const imported = await importComponent({ bytes, reference: name, store, layout, clock, source });
  return { ...imported, componentBytes: bytes.byteLength, ms: clock.now() - started, reused: false };
}

/** The image that was built of the very same source, if it is still whole. */
async function builtBefore(
  store: BlobStore,
  layout: ImageLayout,
  source: string,
): Promise<{ digest: Digest; manifestBytes: number; sizeBytes: number; componentBytes: number } | undefined> {
  for (const { digest, size } of await layout.entries()) {
    if (!(await store.has(digest))) continue;
    const manifest = parseManifest(await readFile(store.pathOf(digest)));
    if (manifest.annotations?.[annotations.source] !== source) continue;
    const parts = [manifest.config, ...manifest.layers];
    const here = await Promise.all(parts.map(async (part) => (await store.size(part.digest)) === part.size));
    if (!here.every(Boolean)) continue;
    const sizeBytes = parts.reduce((sum, part) => sum + part.size, size);
    return { digest, manifestBytes: size, sizeBytes, componentBytes: manifest.layers[0]?.size ?? 0 };
  }
  return undefined;
}
