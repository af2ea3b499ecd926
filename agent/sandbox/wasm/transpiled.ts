import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdir, open, readdir, rename, rm, stat, utimes } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import type { Clock } from '../../../process/clock.ts';
import { temporaryName } from '../../../process/folder.ts';
import type { Jail } from '../jail/jail.ts';
import type { Runtime } from './runtime.ts';

export const transpileLimits = {
  /** A component of 13 MB takes 1 s here; a slow machine may take twenty times that. */
  ms: 60_000,
  /** The core modules are the component cut in pieces; the JavaScript was 1 MB for the largest interface seen. */
  outputBytesMax: 256 * 1024 * 1024,
  /** It holds the component several times over; 230 MB were seen for 13 MB. */
  heapMiB: 512,
  wasmPages: 16_384,
  /** Kept through a restart: at 14 MB each, less than 1 GB. */
  keptMax: 50,
  digestsMax: 200,
};

/** What the program may name its files: what it says is not trusted. */
const fileNamePattern = /^component(\.core\d{0,3}\.wasm|\.js)$/;
const headLineBytesMax = 64 * 1024;
const complaintBytesMax = 4096;

/**
 * Transpiled components, kept by the component's own digest and the transpiler's. They are only ever made here, from the
 * component: JavaScript from somebody else would be host code.
 */
export class TranspiledCache {
  readonly #folder: string;
  readonly #jail: Jail;
  readonly #runtime: Runtime;
  readonly #clock: Clock;
  readonly #under = new Map<string, Promise<string>>();
  /** Reading 13 MB anew for each replica would cost 40 ms of its start. */
  readonly #digests = new Map<string, { version: string; digest: string }>();

  constructor(options: { folder: string; jail: Jail; runtime: Runtime; clock: Clock }) {
    this.#folder = options.folder;
    this.#jail = options.jail;
    this.#runtime = options.runtime;
    this.#clock = options.clock;
  }

  /** The folder of the transpiled form of the component in `file`; made if it is not there. Rejects with why it cannot be. */
  async get(file: string): Promise<string> {
    const folder = join(this.#folder, `${await this.#digestOf(file)}-${this.#runtime.transpilerVersion}`);
    const under = this.#under.get(folder);
    if (under) return under;
    const made = this.#make(file, folder).finally(() => this.#under.delete(folder));
    this.#under.set(folder, made);
    return made;
  }

  /** By what the file holds, not by what the image says of it. */
  async #digestOf(file: string): Promise<string> {
    const { ino, size, mtimeMs } = await stat(file);
    const version = `${ino}/${size}/${mtimeMs}`;
    const known = this.#digests.get(file);
    if (known?.version === version) return known.digest;
    const hash = createHash('sha256');
    await pipeline(createReadStream(file), hash);
    const digest = hash.digest('hex');
    this.#digests.set(file, { version, digest });
    while (this.#digests.size > transpileLimits.digestsMax)
      this.#digests.delete(this.#digests.keys().next().value!);
    return digest;
  }

  /** Removes what a crash left half-made, and all but the most recently used. Nothing that runs reads its folder again. */
  async tidy(): Promise<void> {
    const found: { path: string; usedAt: number }[] = [];
    for (const name of await readdir(this.#folder).catch(() => [])) {
      const path = join(this.#folder, name);
      const usedAt = (await stat(path).catch(() => undefined))?.mtimeMs;
      if (usedAt === undefined) continue;
      if (name.endsWith('.tmp')) await rm(path, { recursive: true, force: true });
      else found.push({ path, usedAt });
    }
    found.sort((a, b) => b.usedAt - a.usedAt);
    for (const { path } of found.slice(transpileLimits.keptMax))
      await rm(path, { recursive: true, force: true });
  }

  async #make(file: string, folder: string): Promise<string> {
    if (await exists(folder)) {
      const now = this.#clock.date();
      await utimes(folder, now, now);
      return folder;
    }
    const temporary = temporaryName(folder);
    await mkdir(temporary, { recursive: true, mode: 0o700 });
    try {
      await this.#transpile(file, temporary);
      await rename(temporary, folder);
    } catch (error) {
      await rm(temporary, { recursive: true, force: true });
      if (!(await exists(folder))) throw error;
    }
    return folder;
  }

  async #transpile(file: string, into: string): Promise<void> {
    const { child } = this.#jail.run({
      reads: { runtime: this.#runtime.folder, 'component.wasm': file },
      nodeFlags: [
        `--max-old-space-size=${transpileLimits.heapMiB}`,
        `--wasm-max-mem-pages=${transpileLimits.wasmPages}`,
      ],
      arguments: (at) => [`${at('runtime')}/transpile.js`, at('component.wasm')],
      stdio: ['ignore', 'pipe', 'pipe'],
      dieWithParent: true,
    });
    let late = false;
    const deadline = this.#clock.after(transpileLimits.ms, () => {
      late = true;
      child.kill('SIGKILL');
    });
    let complaint = '';
    child.stderr!.on('data', (chunk: Buffer) => {
      if (complaint.length < complaintBytesMax) complaint += chunk.toString();
    });
    const ended = new Promise<string | undefined>((resolve) => {
      child.once('error', (error) => resolve(error.message));
      child.once('close', (code, signal) =>
        resolve(code === 0 ? undefined : complaint.trim() || `it ended with ${signal ?? code}`),
      );
    });
    let broken: unknown;
    try {
      await writeFiles(child.stdout!, into);
    } catch (error) {
      broken = error;
      child.kill('SIGKILL');
    }
    const why = await ended;
    deadline.cancel();
    if (late) throw new Error(`The component took longer than ${transpileLimits.ms / 1000} s to transpile.`);
    if (why !== undefined || broken)
      throw new Error(`The component cannot be transpiled: ${why ?? (broken as Error).message}`);
  }
}

/** Takes the program's output apart as it comes, so that the agent never holds a component in memory. */
async function writeFiles(output: AsyncIterable<Buffer>, folder: string): Promise<void> {
  const chunks = output[Symbol.asyncIterator]();
  let held: Buffer = Buffer.alloc(0);
  const more = async (): Promise<void> => {
    const { done, value } = await chunks.next();
    if (done) throw new Error('its output was cut short');
    held = held.length === 0 ? value : Buffer.concat([held, value]);
  };
  while (!held.includes(10)) {
    if (held.length > headLineBytesMax) throw new Error('its output does not begin with a list of files');
    await more();
  }
  const end = held.indexOf(10);
  const files = readHead(held.subarray(0, end).toString());
  held = held.subarray(end + 1);
  for (const [name, length] of files) {
    const file = await open(join(folder, name), 'wx', 0o600);
    try {
      for (let left = length; left > 0;) {
        if (held.length === 0) await more();
        const part = held.subarray(0, left);
        await file.writeFile(part);
        held = held.subarray(part.length);
        left -= part.length;
      }
      await file.sync();
    } finally {
      await file.close();
    }
  }
}

function readHead(line: string): [string, number][] {
  const { files } = JSON.parse(line) as { files?: unknown };
  if (!Array.isArray(files)) throw new Error('its list of files is none');
  let total = 0;
  for (const entry of files as unknown[]) {
    const [name, length] = Array.isArray(entry) ? (entry as unknown[]) : [];
    if (typeof name !== 'string' || !fileNamePattern.test(name) || !Number.isSafeInteger(length))
      throw new Error(`it names a file ${JSON.stringify(entry)}`);
    total += length as number;
    if ((length as number) < 0 || total > transpileLimits.outputBytesMax)
      throw new Error(`its output is larger than ${transpileLimits.outputBytesMax} bytes`);
  }
  return files as [string, number][];
}

const exists = (path: string): Promise<boolean> =>
  stat(path).then(
    () => true,
    () => false,
  );
