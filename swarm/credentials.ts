import type { Clock } from '../process/clock.ts';
import { secretBytes } from '../process/secret.ts';
import {
  verifyCertificate,
  verifyInForce,
  type MemberCertificate,
  type Role,
  type SignedCertificate,
} from './certificate.ts';
import type { NoiseDuplex } from './duplex.ts';
import { epochFloor, type EpochFloor } from './epoch.ts';
import {
  agreeOnVersion,
  decodeHello,
  encodeHello,
  readFrame,
  writeFrame,
  type Hello,
  type Protocol,
} from './hello.ts';
import type { Limits } from './limits.ts';
import type { Peer, Purpose } from './swarm.ts';

/** What a peer's hello came to. */
export interface Introduction {
  peer: Peer;
  purpose: Purpose;
  /** The protocol version that both speak. */
  version: number;
  features: readonly string[];
  /** Of the peer's process run. */
  run: string;
}

/** Who this member is to others, and whom it believes. */
export class Credentials {
  readonly clusterKey: string;
  readonly #clock: Clock;
  readonly #limits: Limits;
  readonly #protocol: Protocol;
  readonly #epochs: EpochFloor;
  /** Of this process run. */
  readonly #run = secretBytes(8).toString('hex');
  #certificate: SignedCertificate;

  constructor(options: {
    certificate: SignedCertificate;
    clusterKey: string;
    clock: Clock;
    limits: Limits;
    protocol: Protocol;
    epochs?: EpochFloor | undefined;
  }) {
    this.clusterKey = options.clusterKey;
    this.#clock = options.clock;
    this.#limits = options.limits;
    this.#protocol = options.protocol;
    this.#certificate = options.certificate;
    this.#epochs = options.epochs ?? epochFloor(options.certificate.epoch);
  }

  get certificate(): SignedCertificate {
    return this.#certificate;
  }

  /** Shows another certificate from now on: a renewed one. */
  renew(certificate: SignedCertificate): void {
    this.#certificate = certificate;
  }

  sayHello(duplex: NoiseDuplex, purpose: Purpose): void {
    const { version, oldest, features } = this.#protocol;
    const certificate = this.#certificate;
    const epoch = this.#epochs.floor();
    const hello: Hello = { version, oldest, features, purpose, certificate, epoch, run: this.#run };
    writeFrame(duplex, encodeHello(hello));
  }

  /**
   * Reads and judges the hello of the peer that holds `key`.
   *
   * @param roles those it may have. @default any
   * @throws SwarmError: no hello in time, no common version, a certificate that does not hold, or the peer's own refusal
   */
  async hearHello(duplex: NoiseDuplex, key: string, roles?: readonly Role[]): Promise<Introduction> {
    const { helloBytes: bytesMax, helloTimeoutMs: timeoutMs } = this.#limits;
    const hello = decodeHello(await readFrame(duplex, { bytesMax, timeoutMs, clock: this.#clock }));
    const version = agreeOnVersion(this.#protocol, hello);
    const { certificate, purpose, features, run } = hello;
    this.#verify(certificate, key, roles);
    return { peer: { key, certificate }, purpose, version, features, run };
  }

  /** Whether a peer that was once believed is still to be: its certificate may have expired, or its epoch be over. */
  isInForce(certificate: MemberCertificate): boolean {
    try {
      verifyInForce(certificate, { now: this.#clock.date().getTime(), epochMin: this.#epochs.floor() });
      return true;
    } catch {
      return false;
    }
  }

  #verify(certificate: SignedCertificate, key: string, roles: readonly Role[] | undefined): void {
    verifyCertificate(certificate, {
      clusterKey: this.clusterKey,
      now: this.#clock.date().getTime(),
      epochMin: this.#epochs.floor(),
      key,
      ...(roles && { roles }),
    });
    // A controller's certificate is signed by the cluster key itself: no member can raise the epoch by its word alone.
    if (certificate.role === 'controller') this.#epochs.raise(certificate.epoch);
  }
}
