import type DHT from 'hyperdht';
import type { Address } from 'hyperdht';
import type { Timer } from '../process/clock.ts';
import { encodeCertificate, type Role, type SignedCertificate } from './certificate.ts';
import { Credentials } from './credentials.ts';
import { formatAddress, parseAddress } from './address.ts';
import { openStream } from './dial.ts';
import { serveDoor, type Door, type DoorOptions } from './door.ts';
import { SwarmError } from './errors.ts';
import type { Protocol } from './hello.ts';
import { keepLink } from './keep.ts';
import { keyId } from './keys.ts';
import type { Limits } from './limits.ts';
import { SwarmLink } from './link.ts';
import { Links } from './links.ts';
import type { AddressBook, SwarmOptions } from './options.ts';
import { keepAnnounced, type Presence } from './presence.ts';
import { Reception } from './reception.ts';
import { SharedWork } from './shared-work.ts';
import type { DialOptions, KeptLink, Link, ListenOptions, Purpose, StreamHandler, Swarm } from './swarm.ts';
import { lookUpTopic, roleTopic } from './topic.ts';

/** Who may be at the other end of a link that we dial: nodes take orders from controllers alone. */
const rolesServing: Partial<Record<Purpose, readonly Role[]>> = {
  control: ['controller'],
  streams: ['controller'],
};

interface MemberOptions extends SwarmOptions {
  dht: DHT;
  limits: Limits;
  protocol: Protocol;
}

/** One key in the swarm: dials others, takes in those that dial it, and keeps its place on the DHT. */
export class SwarmMember implements Swarm {
  readonly key: string;
  readonly dht: DHT;
  readonly #options: MemberOptions;
  readonly #credentials: Credentials;
  readonly #addresses: AddressBook;
  readonly #links = new Links();
  readonly #dialling = new SharedWork<Link>();
  readonly #kept = new Set<KeptLink>();
  readonly #presences: Presence[] = [];
  /** Ends the links of members whose time is over. */
  readonly #check: Timer;
  #reception: Reception | undefined;
  #closed = false;

  constructor(options: MemberOptions) {
    this.#options = options;
    this.dht = options.dht;
    this.key = keyId(options.keyPair.publicKey);
    this.#credentials = new Credentials(options);
    this.#addresses = options.addresses ?? new Map<string, string>();
    this.#check = options.clock.every(options.limits.certificateCheckMs, () => {
      for (const link of this.#links.all())
        if (!this.#credentials.isInForce(link.peer.certificate)) void link.close();
    });
  }

  get certificate(): SignedCertificate {
    return this.#credentials.certificate;
  }

  /** Shows another certificate from now on: a renewed one. */
  renew(certificate: SignedCertificate): void {
    this.#credentials.renew(certificate);
  }

  async listen(options: ListenOptions): Promise<void> {
    if (this.#reception) throw new Error('this member listens already');
    const { dht, keyPair, clusterKey, clock } = this.#options;
    const parts = { ...this.#options, credentials: this.#credentials, links: this.#links };
    this.#reception = new Reception(parts, options);
    await this.#reception.open();
    const { role } = this.certificate;
    const announced = options.announce ?? (role === 'controller' || role === 'gateway');
    const topic = announced ? roleTopic(clusterKey, role) : undefined;
    this.#presences.push(keepAnnounced({ dht, server: this.#reception.server, keyPair, clock, topic }));
  }

  async dial(key: string, purpose: Purpose, options: DialOptions = {}): Promise<Link> {
    const live = this.#links.dialled(key, purpose);
    if (live) return live;
    return this.#dialling.join(`${purpose} ${key}`, options.signal, (shared) =>
      this.#dial(key, purpose, { ...options, signal: shared }),
    );
  }

  async #dial(key: string, purpose: Purpose, options: DialOptions): Promise<Link> {
    if (this.#closed) throw new SwarmError('closed', 'this member has left the swarm');
    const { clock, limits, keyPair } = this.#options;
    const { handler, signal, timeoutMs } = options;
    const duplex = await openStream({
      dht: this.dht,
      clock,
      keyPair,
      key,
      certificate: encodeCertificate(this.certificate),
      known: knownAddress(this.#addresses.get(key)),
      signal,
      answerMs: timeoutMs,
    });
    // What is wrong with it is told by the hello; without a listener the event would end the process.
    duplex.on('error', () => {});
    try {
      this.#credentials.sayHello(duplex, purpose);
      const roles = rolesServing[purpose];
      const { peer, version, features, run } = await this.#credentials.hearHello(duplex, key, roles);
      if (this.#closed || signal?.aborted) throw new SwarmError('closed', 'the attempt was abandoned');
      const { rawStream } = duplex.noise;
      if (rawStream)
        this.#addresses.set(key, formatAddress({ host: rawStream.remoteHost, port: rawStream.remotePort }));
      const link = new SwarmLink({
        duplex,
        purpose,
        peer,
        dialled: true,
        handler,
        clock,
        limits,
        version,
        features,
      });
      this.#links.add(link, run);
      return link;
    } catch (error) {
      duplex.destroy();
      throw error;
    }
  }

  keep(keys: () => string[] | Promise<string[]>, purpose: Purpose, handler?: StreamHandler): KeptLink {
    const { clock, random, log } = this.#options;
    const kept = keepLink({
      keys,
      dial: (key, signal) => this.dial(key, purpose, { signal, ...(handler && { handler }) }),
      clock,
      random,
      log: log.child(purpose),
    });
    this.#kept.add(kept);
    return kept;
  }

  /** Opens the join door: a DHT server of its own key, where strangers may prove an invite and nothing else. */
  async serveJoin(options: DoorOptions): Promise<Door> {
    const { clock, log, limits, clusterKey } = this.#options;
    const door = await serveDoor({ ...options, dht: this.dht, clock, log, limits, clusterKey });
    this.#presences.push(door);
    return door;
  }

  /** Keys that say on the DHT that they are this cluster's controllers: hints, proved by their certificate when dialled. */
  findControllers(): Promise<string[]> {
    return lookUpTopic(this.dht, roleTopic(this.#options.clusterKey, 'controller'));
  }

  /** The same for gateways. */
  findGateways(): Promise<string[]> {
    return lookUpTopic(this.dht, roleTopic(this.#options.clusterKey, 'gateway'));
  }

  links(): Link[] {
    return this.#links.all();
  }

  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    this.#check.cancel();
    this.#reception?.leave();
    await Promise.all([...this.#kept].map((kept) => kept.stop()));
    for (const presence of this.#presences) presence.stop();
    await this.#links.close();
    await this.#reception?.close();
    await this.dht.destroy({ force: true });
  }
}

/** What a file says may be broken: then the DHT knows. */
function knownAddress(text: string | undefined): Address | undefined {
  try {
    return text === undefined ? undefined : parseAddress(text);
  } catch {
    return undefined;
  }
}
