import { execFile } from 'node:child_process';
import { mkdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { request } from 'node:http';
import { join } from 'node:path';
import type { Client } from '../../../client/client.ts';
import { httpClient } from '../../../client/http-client.ts';
import { contextIn } from '../../../client/kubeconfig.ts';
import { tlsTransport, type TlsTransport } from '../../../client/tls-transport.ts';
import { findVersions } from '../../kubectl/support/versions.ts';
import { TestSwarm } from '../../e2e/support/swarm.ts';
import { boxImage, testPodman, type TestPodman } from '../../support/podman.ts';
import type { HelmVersion } from './helms.ts';
import { Helm } from './release.ts';

/** A server on port 80 in two editions, in the place of nginx in the chart that `helm create` writes. */
export const webImage = { repository: 'localhost/web', tags: ['1', '2'] } as const;
/** The image of the hello app: a component, run by the wasm sandbox. */
export const helloImage = 'hello:v1';

const commandMsMax = 30_000;

/** `kith up` with wasm and podman, a second host, and images: all without a registry. */
export class Ground {
  readonly #swarm: TestSwarm;
  readonly #podman: TestPodman;
  #transport: TlsTransport | undefined;
  #client: Client | undefined;
  #kubectl: string | undefined;
  #trials = 0;

  private constructor(swarm: TestSwarm, podman: TestPodman) {
    this.#swarm = swarm;
    this.#podman = podman;
  }

  /** Why it cannot be here, where it cannot. */
  static async prepare(): Promise<Ground | string> {
    const podman = await testPodman();
    if (typeof podman === 'string') return podman;
    const ground = new Ground(new TestSwarm(), podman);
    try {
      await ground.#begin();
      return ground;
    } catch (error) {
      await ground.stop();
      throw error;
    }
  }

  get client(): Client {
    return this.#client!;
  }

  get home(): string {
    return join(this.#swarm.folder, 'attic');
  }

  get gatewayPort(): number {
    return this.#swarm.gatewayPort;
  }

  kith(args: string[]): Promise<string> {
    return this.#swarm.founder.run(args);
  }

  /** A machine of another person, which uses the cluster and lends nothing: its home's name. */
  async guest(owner: string): Promise<string> {
    const said = await this.kith(`invite --role user --tier friend --for ${owner} --output json`.split(' '));
    const { invite } = JSON.parse(said) as { invite: string };
    await this.#swarm.start(`join-${owner}`, this.#swarm.kith(owner), ['join', invite, '--name', owner]);
    await this.#swarm.kith(owner).run(['kubeconfig', '--write']);
    return owner;
  }

  /** `kith chart …` with this helm as the one on the PATH. */
  async chart({ path, major }: HelmVersion, words: string[], home = 'attic'): Promise<string> {
    const folder = join(this.#swarm.folder, 'path', String(major));
    await mkdir(folder, { recursive: true });
    await symlink(path, join(folder, 'helm')).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'EEXIST') throw error;
    });
    const PATH = `${folder}:${process.env['PATH']}`;
    return this.#swarm.kith(home, { PATH, HOME: folder }).run(['chart', ...words]);
  }

  /** The newest kubectl that is here: for what the API client of the tests does not do, such as `exec`. */
  async kubectl(words: string[]): Promise<string> {
    this.#kubectl ??= findVersions().at(-1)?.path;
    if (this.#kubectl === undefined) throw new Error('no kubectl is here: node scripts/peers.mjs kubectl');
    const env = { PATH: process.env['PATH'], HOME: this.home, KUBECONFIG: join(this.home, 'kubeconfig') };
    return new Promise((resolve, reject) => {
      execFile(this.#kubectl!, words, { env, timeout: commandMsMax }, (error, out, err) => {
        // `auth can-i` says no with exit code 1, and in words.
        if (error && words[0] !== 'auth') reject(new Error(`kubectl ${words.join(' ')}: ${err}${out}`));
        else resolve(out);
      });
    });
  }

  async #begin(): Promise<void> {
    const images = join(this.#swarm.folder, 'images');
    await mkdir(images);
    for (const tag of webImage.tags)
      await this.#build(images, `${webImage.repository}:${tag}`, [
        `RUN mkdir /www && echo "edition ${tag}" > /www/index.html`,
        'CMD ["httpd", "-f", "-p", "80", "-h", "/www"]',
      ]);
    // Called as one that was pulled. It begins in a folder that can be written: wget writes what it gets.
    await this.#build(images, 'docker.io/library/busybox:latest', ['WORKDIR /tmp', 'CMD ["sh"]']);
    await this.#swarm.hub();
    await this.#swarm.up([], this.#podman.environment);
    await this.#swarm.join('barn', this.#podman.environment);
    await this.#swarm.buildHello();
    const context = contextIn(await readFile(join(this.home, 'kubeconfig'), 'utf8'))!;
    this.#transport = tlsTransport(context);
    this.#client = httpClient(this.#transport, { userAgent: 'kith-test' });
  }

  async #build(folder: string, name: string, lines: string[]): Promise<void> {
    const file = join(folder, 'Containerfile');
    await writeFile(file, [`FROM ${boxImage}`, ...lines, ''].join('\n'));
    await this.#podman.podman('build', '--quiet', '--network=none', '--tag', name, '--file', file, folder);
  }

  /** A namespace that is not there yet, and a folder. */
  async helm(version: HelmVersion, name: string): Promise<Helm> {
    const namespace = `h${version.major}-${name}-${this.#trials++}`;
    const folder = join(this.#swarm.folder, 'trials', namespace);
    await mkdir(folder, { recursive: true });
    const kubeconfig = join(this.home, 'kubeconfig');
    return new Helm({ version, namespace, folder, client: this.client, kubeconfig });
  }

  /** What a browser gets from a Service, through the gateway. */
  ask(service: string, namespace: string): Promise<{ status: number; text: string }> {
    const port = this.#swarm.gatewayPort;
    return new Promise((resolve, reject) => {
      const host = `${service}.${namespace}.kith.localhost:${port}`;
      const asking = request({ host: '127.0.0.1', port, headers: { host } }, (response) => {
        let text = '';
        response.setEncoding('utf8').on('data', (part: string) => (text += part));
        response.on('end', () => resolve({ status: response.statusCode ?? 0, text }));
      });
      asking.once('error', reject).end();
    });
  }

  async stop(): Promise<void> {
    this.#transport?.close();
    try {
      await this.#swarm.stop();
    } finally {
      await this.#podman.close();
    }
  }
}
