import { readJsonFile, writeFileAtomically } from '../process/folder.ts';
import type { Log } from '../process/log.ts';
import type { Directory } from './directory.ts';

/** Bumped when the file's shape changes: another one is not read, since the controller has it all. */
const version = 1;

/** The last directory on disk, for a start while the controller is away. */
export class SavedDirectory {
  readonly #file: string;
  readonly #log: Log;
  #saved = '';

  constructor(file: string, log: Log) {
    this.#file = file;
    this.#log = log;
  }

  /** What was known last; empty where nothing is, or where the file is damaged: it is a copy, and no reason not to start. */
  read(): Directory {
    try {
      const kept = readJsonFile<{ version?: number; apps?: Directory }>(this.#file);
      return kept?.version === version && kept.apps ? kept.apps : {};
    } catch (error) {
      this.#log.warn('the last directory cannot be read; the controller is asked for it', { error });
      return {};
    }
  }

  /** Writes it where it differs from what was written last. */
  async write(apps: Directory): Promise<void> {
    const text = JSON.stringify({ version, apps });
    if (text === this.#saved) return;
    try {
      await writeFileAtomically(this.#file, text);
      this.#saved = text;
    } catch (error) {
      this.#log.warn('the directory could not be saved; it is kept in memory', { error });
    }
  }
}
