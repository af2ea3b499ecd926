import type { BlobStore } from '../blobs/store.ts';
import type { Digest } from '../blobs/digest.ts';
import type { Clock } from '../../process/clock.ts';
import { annotations, withTag, type ImageLayout } from './layout.ts';
import { mediaTypes, type Descriptor, type Manifest } from './manifest.ts';
import { parseReference, taggedName } from './reference.ts';
import { ImageError } from './errors.ts';

/** What a WASI 0.2 component's preamble is: `\0asm`, version 13, layer 1 (a core module has version 1, layer 0). */
const componentPreamble = Buffer.from([0x00, 0x61, 0x73, 0x6d, 0x0d, 0x00, 0x01, 0x00]);

export interface Imported {
  /** `name:tag`. */
  reference: string;
  /** Of the manifest. */
  digest: Digest;
  /** Manifest, config and component together. */
  sizeBytes: number;
}

/**
 * Stores a component as an OCI artifact (the CNCF's WASM layout: one config, one layer) and tags it.
 * @param source recorded on the manifest, see `annotations.source`
 * @throws ImageError `InvalidImageName`; Error if the bytes are no component
 */
export async function importComponent(options: {
  bytes: Uint8Array;
  reference: string;
  store: BlobStore;
  layout: ImageLayout;
  clock: Pick<Clock, 'date'>;
  source?: string;
}): Promise<Imported> {
  const { bytes, store, layout, source } = options;
  const name = nameToTag(options.reference);
  if (!componentPreamble.equals(bytes.subarray(0, componentPreamble.length)))
    throw new Error(
      'These bytes are not a WebAssembly component. A core module must be wrapped into one first (wasm-tools component new).',
    );
  const layer: Descriptor = {
    mediaType: mediaTypes.wasmLayer,
    digest: await store.writeBytes(bytes),
    size: bytes.byteLength,
  };
  // No time in what is hashed: the same component has the same digest wherever it is packed.
  const configBytes = Buffer.from(
    JSON.stringify({
      architecture: 'wasm',
      os: 'wasip2',
      layerDigests: [layer.digest],
      component: { exports: ['wasi:http/incoming-handler@0.2.3'], target: 'wasi:http/proxy@0.2.3' },
    }),
  );
  const manifest: Manifest = {
    schemaVersion: 2,
    mediaType: mediaTypes.manifest,
    config: {
      mediaType: mediaTypes.wasmConfig,
      digest: await store.writeBytes(configBytes),
      size: configBytes.byteLength,
    },
    layers: [layer],
    ...(source ? { annotations: { [annotations.source]: source } } : {}),
  };
  const manifestBytes = Buffer.from(JSON.stringify(manifest));
  const digest = await store.writeBytes(manifestBytes);
  await tagBuilt({ layout, clock: options.clock, name, digest, size: manifestBytes.byteLength });
  return {
    reference: name,
    digest,
    sizeBytes: manifestBytes.byteLength + configBytes.byteLength + bytes.byteLength,
  };
}

/** Puts a name on a manifest that this machine made. */
export function tagBuilt(options: {
  layout: ImageLayout;
  clock: Pick<Clock, 'date'>;
  name: string;
  digest: Digest;
  size: number;
}): Promise<void> {
  const { digest, size } = options;
  const labels = { [annotations.origin]: 'built', [annotations.created]: options.clock.date().toISOString() };
  return options.layout.change((entries) =>
    withTag(entries, options.name, { mediaType: mediaTypes.manifest, digest, size, annotations: labels }),
  );
}

/** `name:tag` of a reference that is to be given to something. @throws ImageError if it holds a digest */
export function nameToTag(reference: string): string {
  const parsed = parseReference(reference);
  if (parsed.digest)
    throw new ImageError(
      'InvalidImageName',
      `image ${JSON.stringify(reference)}: a digest cannot be given, it follows from the content. Write name:tag.`,
    );
  return taggedName(parsed)!;
}
