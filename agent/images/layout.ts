import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { writeFileAtomically } from '../../process/folder.ts';
import type { Clock } from '../../process/clock.ts';
import { FolderBusy, lockFolder, type FolderLock } from '../../process/lock.ts';
import { isDescriptor, mediaTypes, type Descriptor } from './manifest.ts';

/** Annotations of an entry in `index.json`. */
export const annotations = {
  /** OCI's: the image's `name:tag`. */
  refName: 'org.opencontainers.image.ref.name',
  /** OCI's: when it was tagged here, or where it was built (RFC 3339). */
  created: 'org.opencontainers.image.created',
  /** `built` where this machine made the image, else the name of the node it came from. */
  origin: 'home.arpa.kith.origin',
  /** On a manifest: the digest of the bundled source and the tools, so that the same source is not built twice. */
  source: 'home.arpa.kith.source',
} as const;

/** How long a change waits for another process's change, which takes milliseconds. */
const lockWaitMsMax = 5_000;
const lockRetryMs = 5;

interface IndexFile {
  schemaVersion: 2;
  mediaType?: string;
  manifests: Descriptor[];
}

/**
 * The list of images in a folder: an OCI image layout, which podman, skopeo and oras read too (`oci:FOLDER:NAME:TAG`).
 *
 * The folder is the interface between processes: `kith image build` writes while the agent runs. So each read reads the
 * file (it is replaced whole), and each change holds the folder's lock.
 */
export class ImageLayout {
  readonly folder: string;
  readonly #clock: Pick<Clock, 'now' | 'sleep'>;

  constructor(folder: string, clock: Pick<Clock, 'now' | 'sleep'>) {
    this.folder = folder;
    this.#clock = clock;
  }

  /** All entries; none if the folder is new. */
  async entries(): Promise<Descriptor[]> {
    return readIndex(this.folder);
  }

  /** Replaces the list by what `change` makes of it, while no other process can. */
  async change(change: (entries: Descriptor[]) => Descriptor[] | Promise<Descriptor[]>): Promise<void> {
    await mkdir(join(this.folder, 'blobs', 'sha256'), { recursive: true });
    const lock = await this.#lock();
    try {
      const entries = await readIndex(this.folder);
      const manifests = await change(entries);
      if (manifests === entries) return;
      await writeFileAtomically(join(this.folder, 'oci-layout'), '{"imageLayoutVersion":"1.0.0"}');
      const index: IndexFile = { schemaVersion: 2, mediaType: mediaTypes.index, manifests };
      await writeFileAtomically(join(this.folder, 'index.json'), JSON.stringify(index, null, 2));
    } finally {
      lock.release();
    }
  }

  async #lock(): Promise<FolderLock> {
    for (const deadline = this.#clock.now() + lockWaitMsMax; ;) {
      try {
        return lockFolder(this.folder, 'index');
      } catch (error) {
        if (!(error instanceof FolderBusy) || this.#clock.now() > deadline) throw error;
        await this.#clock.sleep(lockRetryMs);
      }
    }
  }
}

/** The entries of a folder's `index.json`. @throws Error that names the file if it is damaged */
export async function readIndex(folder: string): Promise<Descriptor[]> {
  const path = join(folder, 'index.json');
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
  try {
    const { manifests } = JSON.parse(text) as Partial<IndexFile>;
    if (!Array.isArray(manifests) || !manifests.every(isDescriptor))
      throw new Error('"manifests" is not a list of descriptors');
    return manifests;
  } catch (error) {
    throw new Error(
      `${path} is damaged (${(error as Error).message}). Remove it: images are built or fetched again when they are needed.`,
      { cause: error },
    );
  }
}

/** The entry under `name:tag`. */
export function entryNamed(entries: Descriptor[], name: string): Descriptor | undefined {
  return entries.find((entry) => entry.annotations?.[annotations.refName] === name);
}

/** The list with `name` on `descriptor`, and on nothing else. */
export function withTag(entries: Descriptor[], name: string, descriptor: Descriptor): Descriptor[] {
  const others = entries.filter((entry) => entry.annotations?.[annotations.refName] !== name);
  const tagged = { ...descriptor, annotations: { ...descriptor.annotations, [annotations.refName]: name } };
  // An entry without a name only keeps the manifest listed; a named one does that as well.
  return [
    ...others.filter(
      (entry) => entry.digest !== descriptor.digest || entry.annotations?.[annotations.refName],
    ),
    tagged,
  ];
}
