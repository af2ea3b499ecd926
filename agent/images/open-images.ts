import type { IncomingHttpHeaders, ServerHttp2Stream } from 'node:http2';
import { readFile } from 'node:fs/promises';
import type { Clock } from '../../process/clock.ts';
import type { Log } from '../../process/log.ts';
import type { Digest } from '../blobs/digest.ts';
import { BlobError } from '../blobs/errors.ts';
import { BlobExchange } from '../blobs/exchange.ts';
import type { Peers } from '../blobs/peer.ts';
import { serveBlobs } from '../blobs/serve.ts';
import { BlobStore } from '../blobs/store.ts';
import type { LocalImage } from '../sandbox/sandbox.ts';
import { ImageError } from './errors.ts';
import type { Images } from './images.ts';
import { importComponent, type Imported } from './import-component.ts';
import { annotations, entryNamed, ImageLayout, withTag } from './layout.ts';
import {
  kindOf,
  manifestBytesMax,
  mediaTypes,
  parseManifest,
  type Descriptor,
  type Manifest,
} from './manifest.ts';
import { formatReference, parseReference, repositoryOf, taggedName, type Reference } from './reference.ts';
import { neverPulled, resolve } from './resolve.ts';
import { serveTags } from './tags.ts';

/** A blob that no image lists stays this long: the process that wrote it may be about to list it. */
const unlistedAgeMaxMs = 60_000;

export interface InspectedImage {
  digest: Digest;
  names: string[];
  kind: LocalImage['kind'];
  sizeBytes: number;
  manifest: Manifest;
}

/** The images of one machine, as its agent uses them. */
export interface ImageStore extends Images {
  /** Answers other machines' requests for `/blobs/…` and `/images/…`; false if the path is neither. */
  serve(stream: ServerHttp2Stream, headers: IncomingHttpHeaders): boolean;
  /** Gives an image another name. */
  tag(reference: string, name: string): Promise<void>;
  /** Takes a name away, or with a digest all names; what no image needs any more leaves the disk. */
  remove(reference: string): Promise<void>;
  inspect(reference: string): Promise<InspectedImage | undefined>;
  /** Stores a WebAssembly component under a name. */
  importComponent(bytes: Uint8Array, reference: string): Promise<Imported>;
}

/**
 * Opens the images in a folder (an OCI image layout). Other processes may write to it meanwhile.
 *
 * @param options.peers machines to fetch from, nearest first
 * @param options.quotaBytes the owner's cap; none by default
 * @param options.onLie a peer sent bytes that are not what their digest says
 */
export async function openImages(options: {
  folder: string;
  peers: Peers;
  clock: Clock;
  log: Log;
  quotaBytes?: number;
  onLie?: (peer: string, digest: Digest) => void;
}): Promise<ImageStore> {
  const { folder, peers, clock, log } = options;
  const store = await BlobStore.open(options);
  const layout = new ImageLayout(folder, clock);
  const exchange = new BlobExchange({ ...options, store });

  const manifestOf = async (digest: Digest): Promise<Manifest | undefined> =>
    (await store.has(digest)) ? parseManifest(await readFile(store.pathOf(digest))) : undefined;

  /** The image if all of it is here. */
  const whole = async (reference: Reference, digest: Digest): Promise<LocalImage | undefined> => {
    const manifest = await manifestOf(digest);
    if (!manifest) return undefined;
    for (const part of [manifest.config, ...manifest.layers])
      if ((await store.size(part.digest)) !== part.size) return undefined;
    const kind = kindOf(manifest);
    const path = kind === 'wasm' ? store.pathOf(manifest.layers[0]!.digest) : folder;
    return { reference: formatReference(reference), digest, kind, path };
  };

  const list = async (reference: Reference, digest: Digest, origin: string): Promise<void> => {
    const size = (await store.size(digest))!;
    const labels = {
      [annotations.origin]: origin || 'unknown',
      [annotations.created]: clock.date().toISOString(),
    };
    const descriptor = { mediaType: mediaTypes.manifest, digest, size, annotations: labels };
    // A digest says which image, not what a tag means: a rollback to yesterday's digest must not take the name from today's build.
    const name = reference.digest ? undefined : taggedName(reference);
    await layout.change((entries) => {
      const listed = name
        ? entryNamed(entries, name)?.digest === digest
        : entries.some((entry) => entry.digest === digest);
      if (listed) return entries;
      return name ? withTag(entries, name, descriptor) : [...entries, descriptor];
    });
  };

  const fetch = async (digest: Digest, pull: Parameters<Images['pull']>[1]): Promise<string[]> => {
    await exchange.pullSmall(digest, manifestBytesMax, pull);
    const manifest = (await manifestOf(digest))!;
    const parts = [manifest.config, ...manifest.layers];
    const totalBytes = parts.reduce((sum, part) => sum + part.size, 0);
    const from = new Set<string>();
    let before = 0;
    for (const part of parts) {
      const onProgress = (progress: { bytes: number; from: string[] }) => {
        progress.from.forEach((name) => from.add(name));
        pull.onProgress?.({ bytes: before + progress.bytes, totalBytes, from: [...from] });
      };
      await exchange.pull(part.digest, part.size, { signal: pull.signal, onProgress });
      before += part.size;
    }
    return [...from];
  };

  const sweep = async (): Promise<void> => {
    // Under the index's lock, so that nothing becomes listed while it is judged.
    await layout.change(async (entries) => {
      const needed = new Set<string>();
      for (const { digest } of entries) {
        needed.add(digest);
        let manifest: Manifest | undefined;
        try {
          manifest = await manifestOf(digest);
        } catch (error) {
          // What cannot be read now may be whole in a moment: its layers must not go because of that.
          log.warn('nothing was swept: a listed image cannot be read', { digest, error });
          return entries;
        }
        for (const part of manifest ? [manifest.config, ...manifest.layers] : []) needed.add(part.digest);
      }
      const before = clock.date().getTime() - unlistedAgeMaxMs;
      for (const { digest, modifiedMs } of await store.list())
        if (!needed.has(digest) && modifiedMs < before) await store.remove(digest);
      return entries;
    });
  };

  const resolveHere = async (reference: Reference): Promise<Digest | undefined> => {
    const entries = await layout.entries();
    if (reference.digest) return entries.find((entry) => entry.digest === reference.digest)?.digest;
    return entryNamed(entries, taggedName(reference)!)?.digest;
  };

  return {
    async pull(text, pull) {
      const reference = parseReference(text);
      pull.signal?.throwIfAborted();
      const { digest, origin } = await resolve(reference, pull.policy, {
        layout,
        peers,
        clock,
        signal: pull.signal,
      });
      const here = await whole(reference, digest);
      if (here) {
        await list(reference, digest, origin);
        return here;
      }
      if (pull.policy === 'Never') throw neverPulled(reference);
      try {
        const from = await fetch(digest, pull);
        const image = await whole(reference, digest);
        if (!image) throw new Error('it was removed while it came');
        await list(reference, digest, origin || from[0] || '');
        log.info('image fetched', { image: formatReference(reference), digest, from: from.join(',') });
        return image;
      } catch (error) {
        pull.signal?.throwIfAborted();
        if (error instanceof ImageError) throw error;
        const known = error instanceof BlobError || error instanceof Error;
        throw new ImageError(
          'ErrImagePull',
          `${formatReference(reference)}: ${known ? error.message : String(error)}`,
          {
            cause: error,
          },
        );
      }
    },

    async list() {
      const images = new Map<Digest, { names: string[]; sizeBytes: number }>();
      for (const { digest, size, annotations: labels } of await layout.entries()) {
        const manifest = await manifestOf(digest).catch(() => undefined);
        if (!manifest) continue;
        const parts = [manifest.config, ...manifest.layers];
        const image = images.get(digest) ?? {
          names: [],
          sizeBytes: parts.reduce((sum, part) => sum + part.size, size),
        };
        const name = labels?.[annotations.refName];
        if (name) image.names.push(...namesOf(name, digest));
        images.set(digest, image);
      }
      return [...images.values()].map(({ names, sizeBytes }) => ({ names: [...new Set(names)], sizeBytes }));
    },

    serve: (stream, headers) => serveBlobs(store, stream, headers) || serveTags(layout, stream, headers),

    async tag(text, name) {
      const digest = await resolveHere(parseReference(text));
      if (!digest) throw notHere(text, await layout.entries());
      const target = taggedName(parseReference(name));
      if (!target) throw new ImageError('InvalidImageName', `${name} holds a digest; write name:tag.`);
      await layout.change((entries) => {
        const known = entries.find((entry) => entry.digest === digest)!;
        return withTag(entries, target, known);
      });
    },

    async remove(text) {
      const reference = parseReference(text);
      const name = taggedName(reference);
      await layout.change((entries) =>
        entries.filter((entry) =>
          reference.digest
            ? entry.digest !== reference.digest
            : entry.annotations?.[annotations.refName] !== name,
        ),
      );
      await sweep();
    },

    async inspect(text) {
      const digest = await resolveHere(parseReference(text));
      const manifest = digest && (await manifestOf(digest));
      if (!digest || !manifest) return undefined;
      const entries = (await layout.entries()).filter((entry) => entry.digest === digest);
      const names = entries.flatMap((entry) => entry.annotations?.[annotations.refName] ?? []);
      const sizeBytes = [manifest.config, ...manifest.layers].reduce(
        (sum, part) => sum + part.size,
        entries[0]!.size,
      );
      return { digest, names, kind: kindOf(manifest), sizeBytes, manifest };
    },

    importComponent: (bytes, reference) => importComponent({ bytes, reference, store, layout, clock }),
  };
}

/** As `Node.status.images` lists them: by digest and by tag. Another tool may have written a name that is none of ours. */
function namesOf(name: string, digest: Digest): string[] {
  try {
    return [`${repositoryOf(parseReference(name))}@${digest}`, name];
  } catch {
    return [name];
  }
}

/** Names that an error tells; who has more knows what they are called. */
const namesShownMax = 10;

/** There is no command that lists images, so the error does. */
function notHere(text: string, entries: Descriptor[]): Error {
  const names = entries.flatMap((entry) => entry.annotations?.[annotations.refName] ?? []).toSorted();
  const more = names.length > namesShownMax ? ` and ${names.length - namesShownMax} more` : '';
  const here =
    names.length > 0 ? `It has ${names.slice(0, namesShownMax).join(', ')}${more}.` : 'It has no image.';
  return new Error(`${text} is not on this machine. ${here} kith image build makes one.`);
}
