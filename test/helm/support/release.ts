import { execFile } from 'node:child_process';
import { cp, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Client, KubeObject } from '../../../client/client.ts';
import { isNotFound } from '../../../api/errors.ts';
import { until } from '../../support/wait.ts';
import type { HelmVersion } from './helms.ts';

const commandMsMax = 90_000;

export interface Said {
  code: number;
  out: string;
  err: string;
}

/** What a test of one helm has: a namespace and a folder of its own, and the API beside helm to read effects by. */
export class Helm {
  readonly version: HelmVersion;
  readonly namespace: string;
  readonly folder: string;
  readonly client: Client;
  readonly #environment: NodeJS.ProcessEnv;

  constructor(options: {
    version: HelmVersion;
    namespace: string;
    folder: string;
    client: Client;
    kubeconfig: string;
  }) {
    this.version = options.version;
    this.namespace = options.namespace;
    this.folder = options.folder;
    this.client = options.client;
    // Nothing of the user's own: neither repositories nor plugins, nor what was discovered of other clusters.
    this.#environment = { PATH: process.env['PATH'], HOME: options.folder, KUBECONFIG: options.kubeconfig };
  }

  /** Runs to the end, whatever that is, in this namespace. */
  run(...args: string[]): Promise<Said> {
    return new Promise((resolve) => {
      execFile(
        this.version.path,
        [...args, '--namespace', this.namespace],
        { env: this.#environment, timeout: commandMsMax, cwd: this.folder, maxBuffer: 16 * 1024 * 1024 },
        (error, out, err) => resolve({ code: error ? Number(error.code ?? -1) : 0, out, err }),
      );
    });
  }

  /** Runs to a good end; resolves with what it printed. */
  async must(...args: string[]): Promise<string> {
    const { code, out, err } = await this.run(...args);
    if (code !== 0) throw new Error(`helm ${args.join(' ')} ended with ${code}: ${err}${out}`);
    return out;
  }

  /** Runs to a bad end; resolves with what it said. */
  async fails(...args: string[]): Promise<string> {
    const { code, out, err } = await this.run(...args);
    if (code === 0) throw new Error(`helm ${args.join(' ')} was to fail, and said: ${out}`);
    return err + out;
  }

  async json<T>(...args: string[]): Promise<T> {
    return JSON.parse(await this.must(...args, '--output', 'json')) as T;
  }

  get<T extends KubeObject>(kind: string, name: string): Promise<T> {
    return this.client.get<T>({ kind, namespace: this.namespace, name });
  }

  async has(kind: string, name: string): Promise<boolean> {
    try {
      await this.get(kind, name);
      return true;
    } catch (error) {
      if (isNotFound(error as Error)) return false;
      throw error;
    }
  }

  gone(kind: string, name: string): Promise<boolean> {
    return until(`${kind} ${name} is gone`, async () => !(await this.has(kind, name)));
  }

  async list<T extends KubeObject>(kind: string, labelSelector?: string): Promise<T[]> {
    const { items } = await this.client.list<T>(kind, {
      namespace: this.namespace,
      ...(labelSelector && { labelSelector }),
    });
    return items;
  }

  /** The chart that `helm create` writes, as it is. */
  async created(name: string): Promise<string> {
    await this.must('create', name);
    return join(this.folder, name);
  }

  /** A chart of these templates. */
  async chart(
    name: string,
    templates: Record<string, string>,
    crds: Record<string, string> = {},
  ): Promise<string> {
    const folder = join(this.folder, name);
    for (const each of ['templates', 'crds']) await mkdir(join(folder, each), { recursive: true });
    await writeFile(join(folder, 'Chart.yaml'), `apiVersion: v2\nname: ${name}\nversion: 0.1.0\n`);
    for (const [file, text] of Object.entries(templates))
      await writeFile(join(folder, 'templates', file), text);
    for (const [file, text] of Object.entries(crds)) await writeFile(join(folder, 'crds', file), text);
    return folder;
  }

  /** A chart of kith's, as it lies in this repository. */
  async copyOf(chart: string): Promise<string> {
    const folder = join(this.folder, chart);
    await cp(join('charts', chart), folder, { recursive: true });
    return folder;
  }

  file(name: string, text: string): Promise<string> {
    const path = join(this.folder, name);
    return writeFile(path, text).then(() => path);
  }

  readonly read = (name: string) => readFile(join(this.folder, name), 'utf8');
}
