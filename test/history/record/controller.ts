import type { ChildProcess } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { foundCluster } from '../../../cli/founding.ts';
import { Home } from '../../../cli/home.ts';
import { systemClock } from '../../../process/clock.ts';
import { freePort } from '../../../process/ports.ts';
import { TestSwarm } from '../../e2e/support/swarm.ts';
import type { Place } from './api.ts';
import type { Killable } from './record.ts';
import { wirePlace } from './wire.ts';

const stopMsMax = 20_000;
/** Where to begin to look for a port that nobody has. */
const firstPort = 17_000;
const lastWordsMax = 40;

/** `kith controller` as a process of its own on a home of its own, killed by SIGKILL and started again on the same home. */
export class KilledController implements Killable {
  readonly place: Place;
  readonly #swarm: TestSwarm;
  readonly #environment: NodeJS.ProcessEnv;
  #child: ChildProcess | undefined;
  #ended: Promise<string> = Promise.resolve('');
  readonly #lastWords: string[] = [];

  private constructor(swarm: TestSwarm, home: Home, port: number, environment: NodeJS.ProcessEnv) {
    this.#swarm = swarm;
    this.#environment = environment;
    const folder = home.file('controller');
    this.place = wirePlace({
      port,
      ca: () => readFileSync(`${folder}/tls/ca.pem`, 'utf8'),
      token: () => readFileSync(`${folder}/token`, 'utf8').trim(),
    });
  }

  /** @param environment what the program gets besides, such as a fault. */
  static async found(environment: NodeJS.ProcessEnv = {}): Promise<KilledController> {
    const swarm = new TestSwarm();
    await swarm.hub();
    const home = new Home(`${swarm.folder}/attic`);
    const record = await foundCluster(home, {
      name: 'home',
      member: 'attic',
      owner: 'anna',
      bootstrap: swarm.bootstrap.split(','),
      host: '127.0.0.1',
      clock: systemClock,
    });
    const port = await freePort(firstPort);
    record.ports.api = port;
    await home.writeCluster(record);
    const controller = new KilledController(swarm, home, port, environment);
    await controller.start();
    return controller;
  }

  async start(): Promise<void> {
    const child = this.#swarm.kith('attic', this.#environment).spawn(['controller']);
    this.#child = child;
    for (const stream of [child.stdout!, child.stderr!])
      stream.on('data', (text: Buffer) => {
        this.#lastWords.push(text.toString());
        this.#lastWords.splice(0, this.#lastWords.length - lastWordsMax);
      });
    this.#ended = new Promise((resolve) =>
      child.once('close', (code, signal) => resolve(signal ?? `exit code ${code}`)),
    );
    const ready = new Promise<void>((resolve) =>
      child.on('message', (message) => {
        if ((message as { ready?: unknown }).ready) resolve();
      }),
    );
    const why = await Promise.race([ready, this.#ended]);
    if (why)
      throw new Error(`the controller ended with ${why} before it served:\n${this.#lastWords.join('')}`);
  }

  async kill(): Promise<void> {
    this.#child!.kill('SIGKILL');
    await this.#ended;
  }

  async stop(): Promise<void> {
    const child = this.#child!;
    child.kill('SIGTERM');
    const late = setTimeout(() => child.kill('SIGKILL'), stopMsMax);
    await this.#ended;
    clearTimeout(late);
    await this.#swarm.stop();
  }
}
