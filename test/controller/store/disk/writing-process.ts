import assert from 'node:assert/strict';
import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { mkdirSync, mkdtempSync, openSync, rmSync, writeFileSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { openStore } from '../../../../controller/store/open-store.ts';
import { sqliteLog } from '../../../../controller/store/sqlite/sqlite-log.ts';
import { systemClock } from '../../../../process/clock.ts';
import { silentLog } from '../../../../process/log.ts';

const here = (name: string) => fileURLToPath(new URL(name, import.meta.url));

/** Folders of one test: the disk as programs see it, and what a power loss would leave of it. */
export class FaultyDisk {
  readonly root = mkdtempSync(join(tmpdir(), 'kith-disk-'));
  readonly folder = join(this.root, 'disk');
  readonly survives = join(this.root, 'survives');
  readonly #control = join(this.root, 'control');
  readonly #controlFile: number;

  constructor() {
    mkdirSync(this.folder);
    mkdirSync(this.survives);
    writeFileSync(this.#control, 'n');
    this.#controlFile = openSync(this.#control, 'r+');
  }

  /** @param fault none, full, writes fail, syncs fail */
  set(fault: 'n' | 'f' | 'w' | 's'): void {
    writeSync(this.#controlFile, fault, 0);
  }

  environment(library: string, torn: boolean): NodeJS.ProcessEnv {
    return {
      LD_PRELOAD: library,
      KITH_DISK_FOLDER: this.folder,
      KITH_DISK_SURVIVES: this.survives,
      KITH_DISK_CONTROL: this.#control,
      ...(torn ? { KITH_DISK_TORN: '1' } : {}),
    };
  }

  remove(): void {
    rmSync(this.root, { recursive: true, force: true });
  }
}

/** The preload library, compiled; or why it cannot be here. */
export function compileFaultyDisk(folder: string): { library: string } | { missing: string } {
  if (process.platform !== 'linux')
    return { missing: 'Dropping unsynced writes needs LD_PRELOAD, which is Linux only.' };
  const library = join(folder, 'faulty-disk.so');
  try {
    execFileSync('cc', [
      '-shared',
      '-fPIC',
      '-O1',
      '-w',
      '-o',
      library,
      here('faulty-disk.c'),
      '-ldl',
      '-lpthread',
    ]);
    return { library };
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    return {
      missing:
        'There is no C compiler to build the faulty disk: install gcc (apt-get install gcc libc6-dev).',
    };
  }
}

/** A program that writes to a store in another process until it is killed. */
export class WritingProcess {
  readonly acknowledged = new Map<number, string>();
  readonly failures: string[] = [];
  readonly #child: ChildProcess;
  readonly #ended: Promise<void>;
  #isReady = false;
  #errors = '';
  #wake = () => {};

  constructor(
    folder: string,
    options: { writers?: number; mode?: string; environment?: NodeJS.ProcessEnv } = {},
  ) {
    const { writers = 4, mode = 'synced', environment = {} } = options;
    const program = here('writing-program.ts');
    this.#child = spawn(
      process.execPath,
      ['--disable-warning=ExperimentalWarning', program, folder, String(writers), mode],
      { env: { PATH: process.env['PATH'], ...environment }, stdio: ['ignore', 'pipe', 'pipe'] },
    );
    this.#child.stderr!.on('data', (text: Buffer) => (this.#errors += text.toString()));
    let rest = '';
    this.#child.stdout!.on('data', (text: Buffer) => {
      const lines = (rest + text.toString()).split('\n');
      rest = lines.pop()!;
      for (const line of lines) this.#hear(line);
      this.#wake();
    });
    this.#ended = new Promise((resolve) => this.#child.once('close', () => resolve()));
    void this.#ended.then(() => this.#wake());
  }

  get pid(): number {
    return this.#child.pid!;
  }

  /** Waits until the program has said enough; fails if it ends before. */
  async until(condition: () => boolean): Promise<void> {
    while (!condition()) {
      if (this.#child.exitCode !== null || this.#child.signalCode)
        throw new Error(`The writing program ended too early: ${this.#errors}`);
      await new Promise<void>((resolve) => (this.#wake = resolve));
    }
  }

  ready(): Promise<void> {
    return this.until(() => this.#isReady);
  }

  /** SIGKILL, then everything it still managed to say. */
  async kill(): Promise<void> {
    this.#child.kill('SIGKILL');
    await this.#ended;
  }

  #hear(line: string): void {
    const [word, first = '', second = ''] = line.split(' ');
    if (word === 'ready') this.#isReady = true;
    else if (word === 'ack') this.acknowledged.set(Number(first), second);
    else if (word === 'fail') this.failures.push(line.slice('fail '.length));
  }
}

/** The acknowledged writes that a store opened on `folder` does not have. */
export async function lost(folder: string, acknowledged: Map<number, string>): Promise<string[]> {
  const store = await openStore({
    driver: sqliteLog(folder),
    clock: systemClock,
    log: silentLog,
    snapshotEveryMs: 0,
  });
  try {
    return [...acknowledged].flatMap(([revision, key]) => {
      const entry = store.get(key);
      return entry?.modRevision === revision && (entry.value as { key: string }).key === key ? [] : [key];
    });
  } finally {
    await store.close();
  }
}

export function assertNothingLost(missing: string[], of: number): void {
  assert.deepEqual(missing.slice(0, 5), [], `${missing.length} of ${of} acknowledged writes are lost`);
}
