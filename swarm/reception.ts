import type DHT from 'hyperdht';
import type { Server } from 'hyperdht';
import type NoiseSecretStream from '@hyperswarm/secret-stream';
import { waitAtMost } from '../process/bounded.ts';
import type { Clock } from '../process/clock.ts';
import type { Log } from '../process/log.ts';
import { Admission, type Pending } from './admission.ts';
import type { Credentials } from './credentials.ts';
import { NoiseDuplex } from './duplex.ts';
import { isSwarmError, SwarmError } from './errors.ts';
import { Firewall } from './firewall.ts';
import { certifiedHandshake, shownCertificate } from './handshake.ts';
import { writeFrame } from './hello.ts';
import { keyId, type KeyPair } from './keys.ts';
import type { Limits } from './limits.ts';
import { SwarmLink } from './link.ts';
import type { Links } from './links.ts';
import type { ListenOptions } from './swarm.ts';

/** How long leaving the DHT may take; records die by themselves anyway. */
const LEAVE_MS = 1_000;
/** How long a refused peer has to read why. */
const REFUSAL_MS = 1_000;

export interface ReceptionParts {
  dht: DHT;
  keyPair: KeyPair;
  credentials: Credentials;
  links: Links;
  limits: Limits;
  clock: Clock;
  log: Log;
}

/** Takes in members that dial this one, and tells all others why not. */
export class Reception {
  readonly server: Server;
  readonly #parts: ReceptionParts;
  readonly #options: ListenOptions;
  readonly #admission: Admission;
  readonly #firewall: Firewall;
  #leaving = false;

  constructor(parts: ReceptionParts, options: ListenOptions) {
    this.#parts = parts;
    this.#options = options;
    this.#admission = new Admission(parts.limits, parts.clock);
    this.#firewall = new Firewall(this.#admission, parts.credentials.clusterKey);
    this.server = parts.dht.createServer({
      createHandshake: certifiedHandshake(undefined),
      firewall: (remoteKey, payload) => this.#isRefused(keyId(remoteKey), shownCertificate(payload)),
    });
    this.server.on('connection', (noise) => void this.#accept(noise));
  }

  async open(): Promise<void> {
    await this.server.listen(this.#parts.keyPair);
  }

  /** Takes in nobody any more. */
  leave(): void {
    this.#leaving = true;
  }

  async close(): Promise<void> {
    await waitAtMost(this.#parts.clock, LEAVE_MS, this.server.close());
  }

  #isRefused(key: string, shown: Buffer | undefined): boolean {
    const why = this.#firewall.refusal(key, shown);
    if (why !== undefined) this.#parts.log.debug('refused a handshake', { key, why });
    return why !== undefined;
  }

  async #accept(noise: NoiseSecretStream): Promise<void> {
    const duplex = new NoiseDuplex(noise);
    // What is wrong with it is told by `#admit`; without a listener the event would end the process.
    duplex.on('error', () => {});
    const key = keyId(noise.remotePublicKey);
    const address = noise.rawStream?.remoteHost ?? '';
    const pending = this.#admission.begin(key, () => duplex.destroy());
    try {
      await this.#admit(duplex, key, address, pending);
    } catch (error) {
      this.#parts.log.debug('refused a connection', { key, why: (error as Error).message });
      await this.#refuse(duplex, error as Error);
    } finally {
      pending.done();
    }
  }

  async #admit(duplex: NoiseDuplex, key: string, address: string, pending: Pending): Promise<void> {
    const { credentials, links, clock, limits } = this.#parts;
    const { handlers, admit, onLink } = this.#options;
    const { peer, purpose, version, features, run } = await credentials.hearHello(duplex, key);
    const handler = handlers[purpose];
    if (purpose !== 'streams' && !handler) {
      const { role, name } = credentials.certificate;
      throw new SwarmError('refused', `${role} ${name} does not serve ${purpose} connections`);
    }
    links.replace(key, purpose, run);
    const release = this.#admission.admit(key, address);
    try {
      await admit(peer, purpose);
      if (this.#leaving) throw new SwarmError('closed', 'this member is leaving');
      credentials.sayHello(duplex, purpose);
      pending.done();
      const link = new SwarmLink({
        duplex,
        purpose,
        peer,
        dialled: false,
        handler,
        clock,
        limits,
        version,
        features,
      });
      void link.closed.then(release);
      links.add(link, run);
      onLink?.(link);
    } catch (error) {
      release();
      throw error;
    }
  }

  async #refuse(duplex: NoiseDuplex, error: Error): Promise<void> {
    if (!duplex.destroyed) {
      const code = isSwarmError(error) ? error.code : 'refused';
      writeFrame(duplex, { refused: { code, text: error.message } });
      // Destroyed at once, the reason would be lost: the peer closes when it has read it.
      duplex.end();
      duplex.resume();
      const gone = new Promise<void>((resolve) => duplex.once('close', resolve));
      await waitAtMost(this.#parts.clock, REFUSAL_MS, gone);
    }
    duplex.destroy();
  }
}
