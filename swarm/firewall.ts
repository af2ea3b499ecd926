import type { Admission } from './admission.ts';
import { decodeCertificate, verifySignature } from './certificate.ts';

/** As many members as a cluster may have, several times over. */
const KNOWN_MAX = 10_000;

/**
 * Judges a handshake's first message, before any byte of ours is sent. The address that it seems to come from is what its sender
 * says, so nothing is counted by it; and what a stranger spends, no member needs.
 */
export class Firewall {
  readonly #admission: Admission;
  readonly #clusterKey: string;
  /** By key: the certificate that was found to be good, so that a member who was here before needs no second look. */
  readonly #known = new Map<string, Buffer>();

  constructor(admission: Admission, clusterKey: string) {
    this.#admission = admission;
    this.#clusterKey = clusterKey;
  }

  /**
   * Why the bearer of this key and certificate gets no answer; undefined for a member. Expired or outdated ones get as far as the
   * hello, where they are told so.
   */
  refusal(key: string, shown: Buffer | undefined): string | undefined {
    if (!shown) return 'it shows no certificate';
    if (!this.#known.get(key)?.equals(shown)) {
      const why = this.#examine(key, shown);
      if (why !== undefined) return why;
    }
    return this.#admission.mayShakeHands(key) ? undefined : 'it has begun too many handshakes';
  }

  #examine(key: string, shown: Buffer): string | undefined {
    try {
      const certificate = decodeCertificate(shown);
      if (certificate.key !== key) return 'it shows the certificate of another key';
      if (!this.#admission.mayBeExamined()) return 'too many unknown certificates were shown';
      verifySignature(certificate, this.#clusterKey);
    } catch (error) {
      return (error as Error).message;
    }
    this.#known.delete(key);
    this.#known.set(key, Buffer.from(shown));
    if (this.#known.size > KNOWN_MAX) this.#known.delete(this.#known.keys().next().value!);
    return undefined;
  }
}
