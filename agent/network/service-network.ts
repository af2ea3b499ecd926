import type { Duplex } from 'node:stream';
import type { Client } from '../../client/client.ts';
import type { Clock, Timer } from '../../process/clock.ts';
import type { Log } from '../../process/log.ts';
import { randomInteger, type Random } from '../../process/random.ts';
import { Door, type Caller } from './door.ts';
import { Services, type Backend } from './services.ts';
import { doorView } from './view.ts';

/** Connections to Services that one container has at once: a pool to each of a few of them. */
export const serviceConnectionsPerContainerMax = 256;
/** And all containers of a host together; each costs two sockets and some 30 KiB. */
export const serviceConnectionsMax = 1_024;
/** Pods that are tried for one connection: the first may just have gone. */
const triesMax = 3;
/** The door is opened again so long after it ended: what ended it may do so at once again. */
const reopenMs = 1_000;
/** Link-local, so that no address of a home is meant: 169.254.1.0 to 169.254.254.255. */
const firstAddress = 256;
export const wiresMax = 254 * 256;

export interface ServiceNetworkOptions {
  client: Client;
  clock: Clock;
  random: Random;
  log: Log;
  /** A stream to a pod of this host, or of another; rejects where it does not answer. */
  open: (backend: Backend, keyOf: (node: string) => Promise<string>) => Promise<Duplex>;
}

interface Wire {
  pid: number;
  namespace: string;
  name: string;
  address: string;
  open: number;
}

/**
 * The addresses of Services, for containers that have no network: each gets a wire to a door of ours (`child/door.ts`), and through it
 * the Services of its own namespace, by name and by address. Nothing else is on the wire: no other pod, not this host, no internet.
 */
export class ServiceNetwork {
  readonly #options: ServiceNetworkOptions;
  readonly #services: Services;
  readonly #wires = new Map<string, Wire>();
  #door: Promise<Door> | undefined;
  #reopening: Timer | undefined;
  #open = 0;
  #isClosed = false;

  constructor(options: ServiceNetworkOptions) {
    this.#options = options;
    this.#services = new Services(options, () => this.#show());
  }

  /** Wires the container with this first process. Returns how to end that. @throws Error with the system's words */
  async join(pid: number, namespace: string): Promise<() => void> {
    const wire: Wire = { pid, namespace, ...this.#free(), open: 0 };
    this.#wires.set(wire.address, wire);
    try {
      void this.#follow();
      const door = await this.#opened();
      await door.cut(wire.name);
      await door.wire(pid, wire);
    } catch (error) {
      this.#wires.delete(wire.address);
      throw error;
    }
    this.#show();
    return () => {
      if (this.#wires.get(wire.address) !== wire) return;
      this.#wires.delete(wire.address);
      void this.#door?.then(
        (door) => door.cut(wire.name),
        () => {},
      );
      void this.#follow();
      this.#show();
    };
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    this.#reopening?.cancel();
    await this.#services.stop();
    const door = await this.#door?.catch(() => undefined);
    door?.close();
  }

  #free(): { name: string; address: string } {
    for (let number = firstAddress; number < firstAddress + wiresMax; number++) {
      const address = `169.254.${number >> 8}.${number & 255}`;
      if (!this.#wires.has(address)) return { address, name: `kith${number}` };
    }
    throw new Error(`this host has ${wiresMax} containers with a network already`);
  }

  #follow(): Promise<void> {
    const namespaces = new Set([...this.#wires.values()].map(({ namespace }) => namespace));
    return this.#services
      .follow(namespaces)
      .catch((error: unknown) => this.#options.log.warn('a watch of Services did not end', { error }));
  }

  #show(): void {
    const askers = new Map([...this.#wires.values()].map(({ address, namespace }) => [address, namespace]));
    const view = doorView(askers, this.#services.all());
    void this.#door?.then(
      (door) => door.show(view),
      () => {},
    );
  }

  /** One for all containers, opened with the first. */
  #opened(): Promise<Door> {
    if (this.#door) return this.#door;
    const { log } = this.#options;
    const opening = Door.open({
      onCaller: (caller) => void this.#serve(caller),
      onTrouble: (why) => log.warn('pods cannot reach some Services', { why }),
    });
    this.#door = opening;
    opening.then(
      (door) => {
        void door.ended.then((why) => this.#reopen(why));
        this.#show();
      },
      () => (this.#door = undefined),
    );
    return opening;
  }

  /** The wires went with it. */
  #reopen(why: string): void {
    this.#door = undefined;
    if (this.#isClosed) return;
    const { clock, log } = this.#options;
    log.warn('the way from pods to Services is laid anew', { why });
    this.#reopening = clock.after(reopenMs, () => {
      void this.#opened()
        .then((door) =>
          Promise.allSettled([...this.#wires.values()].map((wire) => door.wire(wire.pid, wire))),
        )
        .then(() => this.#show())
        .catch((error: Error) => this.#reopen(error.message));
    });
  }

  async #serve({ from, to, port, socket }: Caller): Promise<void> {
    socket.on('error', () => {});
    const wire = this.#wires.get(from);
    const isFull =
      this.#open >= serviceConnectionsMax || (wire?.open ?? 0) >= serviceConnectionsPerContainerMax;
    if (!wire || isFull) return void socket.resetAndDestroy();
    wire.open += 1;
    this.#open += 1;
    socket.once('close', () => {
      wire.open -= 1;
      this.#open -= 1;
    });
    const stream = await this.#reach(wire.namespace, to, port);
    if (!stream || socket.destroyed) {
      stream?.destroy();
      return void socket.resetAndDestroy();
    }
    connect(socket, stream);
  }

  async #reach(namespace: string, address: string, port: number): Promise<Duplex | undefined> {
    const backends = this.#services.backends(namespace, address, port);
    for (let tries = 0; tries < triesMax && backends.length > 0; tries++) {
      const [backend] = backends.splice(randomInteger(this.#options.random, backends.length), 1);
      try {
        return await this.#options.open(backend!, (node) => this.#services.keyOf(node));
      } catch (error) {
        this.#options.log.debug('a pod did not answer for a Service', { address, port, error });
      }
    }
    return undefined;
  }
}

/** Both ways, each with its own end; what breaks on one side breaks on the other. */
function connect(one: import('node:net').Socket, other: Duplex): void {
  const cut = () => {
    other.destroy();
    if (!one.destroyed) one.resetAndDestroy();
  };
  one.once('error', cut);
  other.once('error', cut);
  one.once('close', () => other.destroy());
  other.once('close', () => {
    if (!other.readableEnded) cut();
  });
  one.pipe(other);
  other.pipe(one);
  one.resume();
}
