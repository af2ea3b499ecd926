import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { isNotFound } from '../../../api/errors.ts';
import type { Client, KubeObject } from '../../../client/client.ts';
import { writeContext, type KubeContext } from '../../../client/kubeconfig.ts';
import { Program } from '../../e2e/support/program.ts';
import { until } from '../../support/wait.ts';
import type { Row } from './row.ts';
import type { Version } from './versions.ts';

/** No command of a row takes so long, also on a busy machine. */
const commandMsMax = 60_000;
const outputBytesMax = 256 * 1024 * 1024;

export interface Outcome {
  code: number;
  out: string;
  err: string;
  /** `out` before it was decoded. */
  bytes: Buffer;
}

export interface RunOptions {
  input?: string | Buffer;
  environment?: NodeJS.ProcessEnv;
}

/** One row tried with one kubectl, in a namespace of its own that is also the kubeconfig's. */
export class Trial {
  readonly version: Version;
  readonly row: Row;
  /** The namespace, and a good suffix for what lies in none: no other trial has it. */
  readonly name: string;
  /** Where commands run. */
  readonly folder: string;
  readonly kubeconfig: string;
  /** The API without kubectl, to read back what a command did. */
  readonly client: Client;
  readonly environment: NodeJS.ProcessEnv;
  readonly #context: KubeContext;
  readonly #programs: Program[] = [];
  readonly #undo: (() => Promise<unknown>)[] = [];

  private constructor(options: TrialOptions) {
    const { version, row, name, folder, home, client } = options;
    this.version = version;
    this.row = row;
    this.name = name;
    this.folder = folder;
    this.client = client;
    this.#context = { ...options.context, namespace: name };
    this.kubeconfig = join(folder, 'kubeconfig');
    this.environment = { ...process.env, KUBECONFIG: this.kubeconfig, HOME: home };
  }

  static async begin(options: TrialOptions): Promise<Trial> {
    const trial = new Trial(options);
    await writeContext(trial.kubeconfig, trial.#context);
    await trial.client.create({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: trial.name } });
    return trial;
  }

  /** Ends what was started, undoes what was to be undone, and lets the namespace go. */
  async end(): Promise<void> {
    await Promise.all(this.#programs.map((program) => program.kill()));
    for (const undo of this.#undo.toReversed())
      await undo().catch((error: unknown) => {
        if (!isNotFound(error)) throw error;
      });
    await this.client.delete({ kind: 'Namespace', name: this.name });
  }

  /** Runs to the end, whatever that is. Words are split at spaces; give an array where a word has one. */
  run(words: string | readonly string[], options: RunOptions = {}): Promise<Outcome> {
    const args = wordsOf(words);
    return new Promise((resolve) => {
      const child = execFile(
        this.version.path,
        args,
        {
          cwd: this.folder,
          env: { ...this.environment, ...options.environment },
          timeout: commandMsMax,
          maxBuffer: outputBytesMax,
          encoding: 'buffer',
        },
        (error, bytes, err) => {
          // A number, or a word where it could not be started or was ended.
          const code = error ? Number((error as { code?: unknown }).code ?? -1) : 0;
          resolve({ code, out: bytes.toString(), err: err.toString(), bytes });
        },
      );
      // A command that reads nothing may be gone before its input ends.
      child.stdin!.on('error', () => {});
      child.stdin!.end(options.input ?? '');
    });
  }

  /** Runs to a good end; resolves with standard output. */
  async kubectl(words: string | readonly string[], options?: RunOptions): Promise<string> {
    const { code, out, err } = await this.run(words, options);
    assert.equal(code, 0, `kubectl ${text(words)} ended with ${code}: ${err}${out}`);
    return out;
  }

  /** Runs to a bad end; resolves with standard error. */
  async fails(words: string | readonly string[], options?: RunOptions): Promise<string> {
    const { code, out, err } = await this.run(words, options);
    assert.ok(code !== 0, `kubectl ${text(words)} ended well: ${out}${err}`);
    return err;
  }

  /** A command that stays, such as a watch; it is ended with the trial. */
  start(
    words: string | readonly string[],
    options: { environment?: NodeJS.ProcessEnv; input?: true } = {},
  ): Program {
    const args = wordsOf(words);
    const env = { ...this.environment, ...options.environment };
    const program = new Program(this.version.path, args, { env, cwd: this.folder, ...options });
    this.#programs.push(program);
    return program;
  }

  /** Writes a file into the trial's folder; resolves with its name. */
  async file(name: string, content: string | Buffer): Promise<string> {
    await writeFile(join(this.folder, name), content);
    return name;
  }

  /** The text of a file in the trial's folder. */
  read(name: string): Promise<string> {
    return readFile(join(this.folder, name), 'utf8');
  }

  /** A kubeconfig for whom this token is of; resolves with its path. */
  async kubeconfigOf(token: string): Promise<string> {
    const path = join(this.folder, `kubeconfig-${token.slice(-8)}`);
    await writeContext(path, { ...this.#context, token });
    return path;
  }

  /** Reads an object back; `namespaced: false` for one that lies in no namespace. */
  get<T extends KubeObject>(kind: string, name: string, where: { namespaced?: boolean } = {}): Promise<T> {
    return this.client.get<T>({
      kind,
      name,
      ...(where.namespaced !== false && { namespace: this.name }),
    });
  }

  async list<T extends KubeObject>(kind: string, labelSelector?: string): Promise<T[]> {
    const { items } = await this.client.list<T>(kind, {
      namespace: this.name,
      ...(labelSelector !== undefined && { labelSelector }),
    });
    return items;
  }

  async isGone(kind: string, name: string, where: { namespaced?: boolean } = {}): Promise<boolean> {
    try {
      await this.get(kind, name, where);
      return false;
    } catch (error) {
      if (isNotFound(error)) return true;
      throw error;
    }
  }

  /** Resolves with the object once it is so; fails with what it is. */
  async becomes<T extends KubeObject>(
    kind: string,
    name: string,
    what: string,
    is: (object: T) => unknown,
    where: { namespaced?: boolean; boundMs?: number } = {},
  ): Promise<T> {
    return until(
      `${kind} ${name}: ${what}`,
      async () => {
        const object = await this.get<T>(kind, name, where);
        if (is(object)) return object;
        throw new Error(JSON.stringify(object).slice(0, 2_000));
      },
      where.boundMs ?? 30_000,
    );
  }

  /** Makes objects without kubectl: what a row is about to act on. */
  async create<T extends KubeObject>(object: T): Promise<T> {
    return this.client.create<T>({
      ...object,
      metadata: { namespace: this.name, ...object.metadata },
    });
  }

  /** Done when the trial ends, newest first: for what lies in no namespace. */
  afterwards(undo: () => Promise<unknown>): void {
    this.#undo.push(undo);
  }
}

interface TrialOptions {
  version: Version;
  row: Row;
  name: string;
  folder: string;
  /** HOME: kubectl keeps there what it discovered. */
  home: string;
  client: Client;
  context: KubeContext;
}

const text = (words: string | readonly string[]) => (typeof words === 'string' ? words : words.join(' '));
const wordsOf = (words: string | readonly string[]) =>
  typeof words === 'string' ? words.split(' ').filter(Boolean) : [...words];
