import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Kith, Running } from './kith.ts';
import type { Steps } from './steps.ts';

/** Long enough for every pod to end within its own grace period. */
const stopGraceMs = 45_000;

export const helloSource = fileURLToPath(new URL('../../manifests/hello', import.meta.url));
export const helloManifest = fileURLToPath(new URL('../../manifests/hello.yaml', import.meta.url));

/** One joined host of the demonstration: a home folder of its own and one `kith join`. */
export interface DemoHost {
  name: string;
  running: Running;
}

/**
 * The demonstration swarm: a DHT of its own, `kith up`, and two more hosts, each started by what a user would type.
 * Several processes, which talk only over the wire.
 */
export class DemoSwarm {
  readonly folder: string;
  readonly marker: string;
  readonly founder: Kith;
  hub: Running | undefined;
  up: Running | undefined;
  hosts: DemoHost[] = [];
  gatewayPort = 0;
  url = '';
  kubeconfig = '';

  constructor(folder: string, marker: string) {
    this.folder = folder;
    this.marker = marker;
    this.founder = new Kith(join(folder, 'attic'), marker);
  }

  /** How the hosts hold the apps, in their own words. */
  isolation = '';

  /** The hello app's host name at the gateway. */
  readonly appHost = 'hello.default.kith.localhost';

  async start(steps: Steps): Promise<void> {
    mkdirSync(this.folder, { recursive: true });
    // The image needs only the founder's folder, not a running swarm.
    const image = this.founder.run(['image', 'build', helloSource, '--tag', 'hello:v1']);
    image.catch(() => {});
    const bootstrap = await steps.time('DHT ready', async () => {
      this.hub = new Running(
        'kith hub',
        this.founder.spawn(['hub', '--host', '127.0.0.1', '--output', 'json']),
      );
      return (await this.hub.ready)['bootstrap']!;
    });
    await steps.time('controller ready', async () => {
      this.up = new Running(
        'kith up',
        this.founder.spawn(['up', '--name', 'attic', '--bootstrap', bootstrap, '--output', 'json']),
      );
      const ready = await this.up.ready;
      this.gatewayPort = Number(ready['gatewayPort']);
      this.kubeconfig = ready['kubeconfig']!;
      this.isolation = ready['isolation']!;
      this.url = `http://${this.appHost}:${this.gatewayPort}/`;
    });
    await steps.time('agents joined', async () => {
      await Promise.all(['barn', 'cellar'].map((name) => this.#join(name)));
    });
    await steps.time('image built', () => image);
  }

  async #join(name: string): Promise<void> {
    const { invite } = JSON.parse(
      await this.founder.run(['invite', '--role', 'host', '--tier', 'own', '--output', 'json']),
    ) as {
      invite: string;
    };
    const kith = new Kith(join(this.folder, name), this.marker);
    // A joined folder of an earlier run goes on with the membership it has: the invite is then not needed.
    const running = new Running(
      `kith join (${name})`,
      kith.spawn(['join', invite, '--name', name, '--output', 'json']),
    );
    this.hosts.push({ name, running });
    await running.ready;
  }

  apply(manifest: string): Promise<string> {
    return this.founder.run(['apply', '-f', manifest]);
  }

  /** Stops the founder's programs first, so that no controller replaces what is about to end; then the hosts, then the DHT. Resolves with the names of those that had to be killed. */
  async stop(): Promise<string[]> {
    const killed: string[] = [];
    const stop = async (running: Running | undefined) => {
      if (running && (await running.stop(stopGraceMs)).killed) killed.push(running.name);
    };
    await stop(this.up);
    await Promise.all(this.hosts.map(({ running }) => stop(running)));
    await stop(this.hub);
    return killed;
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}
