import type { Http2ServerRequest } from 'node:http2';
import type { TLSSocket } from 'node:tls';
import { badRequest } from '../../../api/errors.ts';
import type { Clock } from '../../../process/clock.ts';
import { secretBytes } from '../../../process/secret.ts';
import type { Store } from '../../store/store.ts';
import type { Authenticated } from '../auth/authenticator.ts';
import { groups as knownGroups } from '../users.ts';
import { signClientCertificate, type ClientAuthority } from './client-authority.ts';

/** What the store keeps of a certificate: it counts only with this, and only until it is revoked. */
interface Issued {
  user: string;
  groups: string[];
  expiresAt: number;
  issuedAt: number;
  revokedAt?: number;
}

const prefix = '/kith/client-certificates/';
const serialBytes = 16;
/** Who is still let in by then asks anew; Kubernetes' own certificates for users live a year too. */
export const clientCertificateMs = { min: 60_000, max: 366 * 86_400_000 };
/** Certificates that count at once: more is a script gone wild. */
export const clientCertificatesMax = 1_000;
/** More groups than anybody is in. */
const groupsMax = 32;
/** What fits a certificate's name (X.520 gives it 64 characters), and reads as one word. */
const namePattern = /^[\w@.:+-]{1,64}$/;

/** The certificates of users: given out, shown on the TLS listener, revoked. */
export class ClientCertificates {
  readonly #authority: ClientAuthority;
  readonly #store: Store;
  readonly #clock: Clock;
  /** By connection: reading a certificate costs more than a whole request. */
  readonly #serials = new WeakMap<object, string | undefined>();

  constructor(options: { authority: ClientAuthority; store: Store; clock: Clock }) {
    this.#authority = options.authority;
    this.#store = options.store;
    this.#clock = options.clock;
  }

  /** What clients' certificates are checked against, PEM. */
  get ca(): string {
    return this.#authority.certificate;
  }

  /** Who the certificate on this request's connection names; undefined where it shows none that counts. */
  of(request: Pick<Http2ServerRequest, 'socket' | 'stream'>): Authenticated | undefined {
    const serial = this.#serialOf(request);
    const issued = serial === undefined ? undefined : this.#good(serial);
    if (!issued) return undefined;
    const { user, groups } = issued;
    return {
      user: { name: user, groups: [...groups, knownGroups.authenticated] },
      isStillGood: () => this.#good(serial!) !== undefined,
    };
  }

  /** Gives out a certificate. @throws ApiError (bad request) */
  async issue(wish: {
    user: string;
    groups: string[];
    publicKey: string;
    expiresInMs: number;
  }): Promise<{ certificate: string; expiresAt: number }> {
    const { user, groups, publicKey, expiresInMs } = wish;
    refuseNames(user, groups);
    const now = this.#clock.date().getTime();
    await this.#forgetExpired(now);
    const serial = `00${secretBytes(serialBytes).toString('hex')}`;
    const expiresAt = now + expiresInMs;
    let certificate: string;
    try {
      certificate = await signClientCertificate(this.#authority, {
        user,
        groups,
        publicKey,
        serial,
        now,
        expiresAt,
      });
    } catch (error) {
      throw badRequest(`publicKey must be a public key in PEM (SPKI): ${(error as Error).message}`);
    }
    const issued: Issued = { user, groups, expiresAt, issuedAt: now };
    await this.#store.put(keyOf(serial), () => issued, { absent: true });
    return { certificate, expiresAt };
  }

  /** Ends all certificates of a user; says how many there were. What they are connected by ends within two seconds. */
  async revoke(user: string): Promise<number> {
    const own = this.#all().filter(({ issued }) => issued.user === user && issued.revokedAt === undefined);
    const revokedAt = this.#clock.date().getTime();
    await Promise.all(own.map(({ key, issued }) => this.#store.put(key, () => ({ ...issued, revokedAt }))));
    return own.length;
  }

  #good(serial: string): Issued | undefined {
    const issued = this.#store.get(keyOf(serial))?.value as Issued | undefined;
    if (!issued || issued.revokedAt !== undefined) return undefined;
    return issued.expiresAt > this.#clock.date().getTime() ? issued : undefined;
  }

  #serialOf({ socket, stream }: Pick<Http2ServerRequest, 'socket' | 'stream'>): string | undefined {
    // Over HTTP/1.1 a request has no stream, whatever its type says.
    const connection = (stream as typeof stream | undefined)?.session ?? socket;
    if (this.#serials.has(connection)) return this.#serials.get(connection);
    const { authorized } = socket as TLSSocket;
    const certificate = authorized ? (socket as TLSSocket).getPeerX509Certificate() : undefined;
    const serial = certificate?.serialNumber.toLowerCase();
    this.#serials.set(connection, serial);
    return serial;
  }

  #all(): { key: string; issued: Issued }[] {
    return this.#store.list(prefix).entries.map(({ key, value }) => ({ key, issued: value as Issued }));
  }

  async #forgetExpired(now: number): Promise<void> {
    const all = this.#all();
    const expired = all.filter(({ issued }) => issued.expiresAt <= now);
    await Promise.all(expired.map(({ key }) => this.#store.delete(key)));
    if (all.length - expired.length >= clientCertificatesMax)
      throw badRequest(
        `there are ${clientCertificatesMax} certificates of users already, which is the most: revoke some with kith kubeconfig --revoke NAME; they are forgotten when they expire`,
      );
  }
}

/** The serial as a certificate shows it has no leading zeros. */
function keyOf(serial: string): string {
  return `${prefix}${serial.toLowerCase().replace(/^0+/, '')}`;
}

/** What says what a machine is, or that somebody is an account, comes by other ways than a user's certificate. */
function refuseNames(user: string, groups: string[]): void {
  const wrong = [user, ...groups].find((each) => !namePattern.test(each));
  if (wrong !== undefined)
    throw badRequest(
      `${JSON.stringify(wrong)} is no name for a certificate: letters, digits and _ @ . : + - only, at most 64`,
    );
  if (groups.length > groupsMax)
    throw badRequest(`a user may be in ${groupsMax} groups, this is in ${groups.length}`);
  if (/^(system|kith):/.test(user))
    throw badRequest(`${user}: names that begin with system: or kith: are those of machines and accounts`);
  const reserved = groups.find((each) => /^(system|kith):/.test(each) && each !== knownGroups.masters);
  if (reserved)
    throw badRequest(`${reserved}: of the groups of the system only ${knownGroups.masters} can be given`);
}
