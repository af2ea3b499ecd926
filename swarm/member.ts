import { randomBytes } from 'node:crypto';
import type DHT from 'hyperdht';
import type { Address, Server } from 'hyperdht';
import type NoiseSecretStream from '@hyperswarm/secret-stream';
import { Admission, type Pending } from './admission.ts';
import {
  decodeCertificate,
  encodeCertificate,
  verifyCertificate,
  verifySignature,
  type Role,
  type SignedCertificate,
} from './certificate.ts';
import { formatAddress, parseAddress } from './dht.ts';
import { openStream } from './dial.ts';
import { SharedWork } from './shared-work.ts';
import { lookUpTopic, roleTopic } from './topic.ts';
import { NoiseDuplex } from './duplex.ts';
import { serveDoor, type Door, type DoorOptions } from './door.ts';
import { epochFloor, type EpochFloor } from './epoch.ts';
import { isSwarmError, SwarmError } from './errors.ts';
import { certifiedHandshake, shownCertificate } from './handshake.ts';
import {
  agreeOnVersion,
  decodeHello,
  encodeHello,
  readFrame,
  writeFrame,
  type Hello,
  type Protocol,
} from './hello.ts';
import { keepLink } from './keep.ts';
import { keyId } from './keys.ts';
import type { Limits } from './limits.ts';
import { SwarmLink } from './link.ts';
import type { AddressBook, SwarmOptions } from './options.ts';
import { keepAnnounced, type Presence } from './presence.ts';
import type { DialOptions, KeptLink, Link, ListenOptions, Purpose, StreamHandler, Swarm } from './swarm.ts';

/** How long leaving the DHT may take; records die by themselves anyway. */
const LEAVE_MS = 1_000;
/** How long a refused peer has to read why. */
const REFUSAL_MS = 1_000;

/** Who may be at the other end of a link that we dial: nodes take orders from controllers alone. */
const rolesServing: Partial<Record<Purpose, readonly Role[]>> = {
  control: ['controller'],
  streams: ['controller'],
};

export interface MemberOptions extends SwarmOptions {
  dht: DHT;
  limits: Limits;
  protocol: Protocol;
}

export class SwarmMember implements Swarm {
  readonly key: string;
  readonly dht: DHT;
  readonly #options: MemberOptions;
  readonly #epochs: EpochFloor;
  readonly #admission: Admission;
  readonly #addresses: AddressBook;
  readonly #links = new Set<SwarmLink>();
  readonly #dialling = new SharedWork<Link>();
  readonly #kept = new Set<KeptLink>();
  readonly #presences: Presence[] = [];
  /** Of this process run. */
  readonly #run = randomBytes(8).toString('hex');
  readonly #runs = new WeakMap<Link, string>();
  #certificate: SignedCertificate;
  #server: Server | undefined;
  #closed = false;

  constructor(options: MemberOptions) {
    this.#options = options;
    this.dht = options.dht;
    this.key = keyId(options.keyPair.publicKey);
    this.#certificate = options.certificate;
    this.#epochs = options.epochs ?? epochFloor(options.certificate.epoch);
    this.#addresses = options.addresses ?? new Map<string, string>();
    this.#admission = new Admission(options.limits, options.clock);
  }

  get certificate(): SignedCertificate {
    return this.#certificate;
  }

  /** Shows another certificate from now on: a renewed one. */
  renew(certificate: SignedCertificate): void {
    this.#certificate = certificate;
  }

  async listen(options: ListenOptions): Promise<void> {
    if (this.#server) throw new Error('this member listens already');
    const { keyPair, clusterKey, log, clock } = this.#options;
    const server = this.dht.createServer({
      createHandshake: certifiedHandshake(undefined),
      firewall: (remoteKey, payload, address) => {
        const key = keyId(remoteKey);
        if (!this.#admission.mayShakeHands(key, address.host)) return true;
        const shown = shownCertificate(payload);
        if (!shown) return true;
        try {
          const certificate = decodeCertificate(shown);
          verifySignature(certificate, clusterKey);
          // Expired or outdated members get as far as the hello, where they are told so.
          return certificate.key !== key;
        } catch (error) {
          log.debug('refused a stranger', { key, why: (error as Error).message });
          return true;
        }
      },
    });
    this.#server = server;
    server.on('connection', (noise) => void this.#accept(noise, options));
    await server.listen(keyPair);
    const role = this.#certificate.role;
    const announced = options.announce ?? (role === 'controller' || role === 'gateway');
    this.#presences.push(
      keepAnnounced({
        dht: this.dht,
        server,
        keyPair,
        clock,
        topic: announced ? roleTopic(clusterKey, role) : undefined,
      }),
    );
  }

  async #accept(noise: NoiseSecretStream, options: ListenOptions): Promise<void> {
    const duplex = new NoiseDuplex(noise);
    // What is wrong with it is told by `accepted`; without a listener the event would end the process.
    duplex.on('error', () => {});
    const key = keyId(noise.remotePublicKey);
    const address = noise.rawStream?.remoteHost ?? '';
    const pending = this.#admission.begin(key, () => duplex.destroy());
    try {
      await this.#admit(duplex, { key, address, pending }, options);
    } catch (error) {
      this.#options.log.debug('refused a connection', { key, why: (error as Error).message });
      await this.#refuse(duplex, error as Error);
    } finally {
      pending.done();
    }
  }

  async #admit(
    duplex: NoiseDuplex,
    { key, address, pending }: { key: string; address: string; pending: Pending },
    options: ListenOptions,
  ): Promise<void> {
    const { limits, clock, protocol } = this.#options;
    const frame = await readFrame(duplex, {
      bytesMax: limits.helloBytes,
      timeoutMs: limits.helloTimeoutMs,
      clock,
    });
    const hello = decodeHello(frame);
    const version = agreeOnVersion(protocol, hello);
    this.#verify(hello, key);
    const { purpose } = hello;
    if (purpose !== 'streams' && !options.handlers[purpose]) {
      throw new SwarmError(
        'refused',
        `${this.#certificate.role} ${this.#certificate.name} does not serve ${purpose} connections`,
      );
    }
    this.#replace(key, purpose, hello.run, false);
    const release = this.#admission.admit(key, address);
    try {
      const peer = { key, certificate: hello.certificate };
      await options.admit(peer, purpose);
      if (this.#closed) throw new SwarmError('closed', 'this member is leaving');
      writeFrame(duplex, encodeHello(this.#hello(purpose)));
      pending.done();
      const handler = options.handlers[purpose];
      const { features } = hello;
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
      this.#add(link, hello.run);
      options.onLink?.(link);
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
      const patience = new AbortController();
      await Promise.race([gone, this.#options.clock.sleep(REFUSAL_MS, patience.signal).catch(() => {})]);
      patience.abort();
    }
    duplex.destroy();
  }

  async dial(key: string, purpose: Purpose, options: DialOptions = {}): Promise<Link> {
    const live = [...this.#links].find(
      (link) => link.dialled && link.peer.key === key && link.purpose === purpose,
    );
    if (live) return live;
    const { signal } = options;
    return this.#dialling.join(`${purpose} ${key}`, signal, (shared) =>
      this.#dial(key, purpose, { ...options, signal: shared }),
    );
  }

  async #dial(key: string, purpose: Purpose, options: DialOptions): Promise<Link> {
    if (this.#closed) throw new SwarmError('closed', 'this member has left the swarm');
    const { clock, limits, protocol, keyPair } = this.#options;
    const duplex = await openStream({
      dht: this.dht,
      clock,
      keyPair,
      key,
      certificate: encodeCertificate(this.#certificate),
      known: knownAddress(this.#addresses.get(key)),
      signal: options.signal,
      answerMs: options.timeoutMs,
    });
    // As in `#accept`.
    duplex.on('error', () => {});
    try {
      writeFrame(duplex, encodeHello(this.#hello(purpose)));
      const frame = await readFrame(duplex, {
        bytesMax: limits.helloBytes,
        timeoutMs: limits.helloTimeoutMs,
        clock,
      });
      const hello = decodeHello(frame);
      const version = agreeOnVersion(protocol, hello);
      this.#verify(hello, key, rolesServing[purpose]);
      if (this.#closed || options.signal?.aborted)
        throw new SwarmError('closed', 'the attempt was abandoned');
      const { rawStream } = duplex.noise;
      if (rawStream) {
        this.#addresses.set(key, formatAddress({ host: rawStream.remoteHost, port: rawStream.remotePort }));
      }
      const peer = { key, certificate: hello.certificate };
      const { handler } = options;
      const { features } = hello;
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
      this.#add(link, hello.run);
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
    return [...this.#links];
  }

  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    await Promise.all([...this.#kept].map((kept) => kept.stop()));
    for (const presence of this.#presences) presence.stop();
    await Promise.all([...this.#links].map((link) => link.close()));
    const patience = new AbortController();
    const leave = this.#server?.close() ?? Promise.resolve();
    await Promise.race([leave, this.#options.clock.sleep(LEAVE_MS, patience.signal).catch(() => {})]);
    patience.abort();
    await this.dht.destroy({ force: true });
  }

  #hello(purpose: Purpose): Hello {
    const { version, oldest, features } = this.#options.protocol;
    const certificate = this.#certificate;
    return { version, oldest, features, purpose, certificate, epoch: this.#epochs.floor(), run: this.#run };
  }

  #verify(hello: Hello, key: string, roles?: readonly Role[]): void {
    const { clusterKey, clock } = this.#options;
    const { certificate } = hello;
    const now = clock.date().getTime();
    verifyCertificate(certificate, {
      clusterKey,
      now,
      epochMin: this.#epochs.floor(),
      key,
      ...(roles && { roles }),
    });
    // A controller's certificate is signed by the cluster key itself: no member can raise the epoch by its word alone.
    if (certificate.role === 'controller') this.#epochs.raise(certificate.epoch);
  }

  #add(link: SwarmLink, run: string): void {
    this.#links.add(link);
    this.#runs.set(link, run);
    void link.closed.then(() => this.#links.delete(link));
  }

  /** At most one link of a purpose per pair; the newer one wins, since the dialler has given up on the older. */
  #replace(key: string, purpose: Purpose, run: string, dialled: boolean): void {
    for (const link of this.#links) {
      const same = link.peer.key === key && link.purpose === purpose && link.dialled === dialled;
      if (same && this.#runs.get(link) === run) void link.close();
    }
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
