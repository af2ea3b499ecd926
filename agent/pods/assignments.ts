import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Pod } from '../../api/types.ts';
import { makePrivateFolder, writeFileAtomically } from '../../process/folder.ts';
import type { Log } from '../../process/log.ts';
import type { LocalPod } from './local-pod.ts';
import { seal, unseal } from './seal.ts';

/** Everything an agent must remember to run a pod again with no controller in reach. */
export interface Assignment {
  /** As the API last had it. */
  pod: Pod;
  local: LocalPod;
  /** Resolved environment by container, secrets included: hence the seal. */
  env: Record<string, Record<string, string>>;
}

/** A pod's uid becomes a folder's name; whatever the controller says, it must not lead elsewhere. */
const safeUid = /^[A-Za-z0-9][A-Za-z0-9-]{0,62}$/;
const fileName = 'assignment.sealed';

/**
 * The pods given to this host, on disk: one folder each (`<folder>/<uid>`), with the sealed assignment, the sandbox's own
 * folder and the logs. A kill -9 between two writes leaves the older whole one.
 */
export class Assignments {
  readonly #folder: string;
  readonly #key: Buffer;
  readonly #log: Log;
  readonly #writing = new Map<string, { next: Assignment | undefined; done: Promise<void> }>();

  constructor(folder: string, key: Buffer, log: Log) {
    this.#folder = makePrivateFolder(folder);
    this.#key = key;
    this.#log = log;
  }

  /** Where a pod keeps its things. @throws Error if the uid could not be a folder's name */
  folderOf(uid: string): string {
    if (!safeUid.test(uid)) throw new Error(`a pod's uid cannot be ${JSON.stringify(uid)}`);
    return join(this.#folder, uid);
  }

  /** All assignments that can be read. One that cannot is set aside under another name, never deleted. */
  async load(): Promise<Assignment[]> {
    const found: Assignment[] = [];
    for (const uid of await readdir(this.#folder)) {
      const path = join(this.#folder, uid, fileName);
      try {
        found.push(JSON.parse(unseal(this.#key, uid, await readFile(path))) as Assignment);
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code === 'ENOENT') continue;
        this.#log.warn('an assignment on disk cannot be read and is set aside', { path, error });
        // Where it cannot be moved either, the next start says so again.
        await rename(path, `${path}.unreadable`).catch(() => {});
      }
    }
    return found;
  }

  /** Writes the newest state; while one write is under way only the last of those that follow is kept. Resolves when on disk. */
  save(assignment: Assignment): Promise<void> {
    const { uid } = assignment.local;
    const running = this.#writing.get(uid);
    if (running) {
      running.next = assignment;
      return running.done;
    }
    const entry: { next: Assignment | undefined; done: Promise<void> } = {
      next: assignment,
      done: Promise.resolve(),
    };
    this.#writing.set(uid, entry);
    entry.done = (async () => {
      try {
        while (entry.next) {
          const current = entry.next;
          entry.next = undefined;
          await this.#write(current);
        }
      } finally {
        this.#writing.delete(uid);
      }
    })();
    return entry.done;
  }

  /** Drops the pod's folder with all in it. */
  async forget(uid: string): Promise<void> {
    const running = this.#writing.get(uid);
    if (running) {
      running.next = undefined;
      // What could not be written is about to be removed.
      await running.done.catch(() => {});
    }
    await rm(this.folderOf(uid), { recursive: true, force: true });
  }

  async #write(assignment: Assignment): Promise<void> {
    const folder = this.folderOf(assignment.local.uid);
    if (!existsSync(folder)) await mkdir(folder, { recursive: true, mode: 0o700 });
    const sealed = seal(this.#key, assignment.local.uid, JSON.stringify(assignment));
    await writeFileAtomically(join(folder, fileName), sealed);
  }
}
