import { isDigest, type Digest } from '../blobs/digest.ts';
import { ImageError } from './errors.ts';

/** Where content lies: OCI's descriptor. */
export interface Descriptor {
  mediaType: string;
  digest: Digest;
  size: number;
  annotations?: Record<string, string>;
}

export interface Manifest {
  schemaVersion: 2;
  mediaType?: string;
  config: Descriptor;
  layers: Descriptor[];
  annotations?: Record<string, string>;
}

export const mediaTypes = {
  manifest: 'application/vnd.oci.image.manifest.v1+json',
  index: 'application/vnd.oci.image.index.v1+json',
  wasmConfig: 'application/vnd.wasm.config.v0+json',
  wasmLayer: 'application/wasm',
} as const;

/** What registries take at most, by the distribution specification. */
export const manifestBytesMax = 4 * 1024 * 1024;

/** Docker's own limit is 127; a longer list is made to exhaust, not to run. */
export const layersMax = 128;

/**
 * Reads a manifest's bytes, whatever sent them.
 * @throws ImageError `ErrImagePull`, naming the field
 */
export function parseManifest(bytes: Uint8Array): Manifest {
  if (bytes.byteLength > manifestBytesMax) throw wrong(`it is larger than ${manifestBytesMax} bytes`);
  let value: unknown;
  try {
    value = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch (error) {
    throw wrong((error as Error).message);
  }
  const { schemaVersion, mediaType, config, layers, manifests } = (value ?? {}) as Record<string, unknown>;
  if (manifests !== undefined || mediaType === mediaTypes.index)
    throw wrong('it is a list for several platforms; this version of kith runs single manifests');
  if (schemaVersion !== 2) throw wrong('schemaVersion is not 2');
  if (!Array.isArray(layers)) throw wrong('layers is not a list');
  if (layers.length > layersMax)
    throw wrong(`it has ${layers.length} layers; at most ${layersMax} are taken`);
  for (const [field, descriptor] of [
    ['config', config],
    ...layers.map((layer, at) => [`layers[${at}]`, layer]),
  ] as const)
    if (!isDescriptor(descriptor)) throw wrong(`${String(field)} needs mediaType, digest (sha256) and size`);
  const manifest = value as Manifest;
  if (manifest.config.mediaType === mediaTypes.wasmConfig) {
    if (layers.length !== 1)
      throw wrong(`a WebAssembly image has exactly one layer; this one has ${layers.length}`);
    if (manifest.layers[0]!.mediaType !== mediaTypes.wasmLayer)
      throw wrong(`layers[0].mediaType is ${manifest.layers[0]!.mediaType}, not ${mediaTypes.wasmLayer}`);
  }
  return manifest;
}

export function isDescriptor(value: unknown): value is Descriptor {
  const { mediaType, digest, size } = (value ?? {}) as Partial<Descriptor>;
  return (
    typeof mediaType === 'string' &&
    typeof digest === 'string' &&
    isDigest(digest) &&
    Number.isSafeInteger(size) &&
    (size as number) >= 0
  );
}

/** `wasm`: a component by the CNCF's layout; `oci`: layers of a root filesystem. */
export function kindOf(manifest: Manifest): 'wasm' | 'oci' {
  return manifest.config.mediaType === mediaTypes.wasmConfig ? 'wasm' : 'oci';
}

function wrong(what: string): ImageError {
  return new ImageError('ErrImagePull', `the image's manifest is not usable: ${what}`);
}
