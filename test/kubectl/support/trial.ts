import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { isNotFound } from '../../../api/errors.ts';
import type { Client, KubeObject } from '../../../client/client.ts';
import { writeContext, type KubeContext } from '../../../client/kubeconfig.ts';
import { until } from '../../support/wait.ts';
import { Kubectl } from './kubectl.ts';
import type { Row } from './row.ts';
import type { Version } from './versions.ts';

/** One row tried with one kubectl, in a namespace of its own that is also the kubeconfig's. */
export class Trial extends Kubectl {
  readonly version: Version;
  readonly row: Row;
  /** The namespace, and a good suffix for what lies in none: no other trial has it. */
  readonly name: string;
  /** The API without kubectl, to read back what a command did. */
  readonly client: Client;
  /** Of the gateway on this machine. */
  readonly gatewayPort: number;
  readonly #context: KubeContext;
  readonly #joinedContext: KubeContext;
  readonly #undo: (() => Promise<unknown>)[] = [];

  private constructor(options: TrialOptions) {
    const { version, row, name, folder, home, client, gatewayPort, joinedContext } = options;
    super({ program: version.path, folder, home, kubeconfig: join(folder, 'kubeconfig') });
    this.#joinedContext = joinedContext;
    this.version = version;
    this.row = row;
    this.name = name;
    this.client = client;
    this.gatewayPort = gatewayPort;
    this.#context = { ...options.context, namespace: name };
  }

  static async begin(options: TrialOptions): Promise<Trial> {
    const trial = new Trial(options);
    await writeContext(trial.kubeconfig, trial.#context);
    await trial.client.create({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: trial.name } });
    return trial;
  }

  /** Ends what was started, undoes what was to be undone, and lets the namespace go. */
  async end(): Promise<void> {
    await this.stop();
    for (const undo of this.#undo.toReversed())
      await undo().catch((error: unknown) => {
        if (!isNotFound(error)) throw error;
      });
    await this.client.delete({ kind: 'Namespace', name: this.name });
  }

  /** What a command needs to go by way of a machine that joined, as the person who owns it. */
  async joined(): Promise<NodeJS.ProcessEnv> {
    const path = join(this.folder, 'joined-kubeconfig');
    await writeContext(path, { ...this.#joinedContext, namespace: this.name });
    return { KUBECONFIG: path };
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
  gatewayPort: number;
  context: KubeContext;
  joinedContext: KubeContext;
}
