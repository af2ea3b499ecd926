import NoiseWrap from 'hyperdht/lib/noise-wrap.js';
import type { CreateHandshake, KeyPair } from 'hyperdht';
import type { NoisePayload } from 'hyperdht/lib/noise-wrap.js';
import { CERTIFICATE_BYTES_MAX } from './certificate.ts';

/** Marks what stands behind HyperDHT's own payload, which ignores it. */
const mark = Buffer.from('kith');

/**
 * The certificate travels inside the first handshake message (encrypted for the server alone), so that a server can
 * refuse a stranger before there is a stream, with no list of members and no controller in reach.
 *
 * @param certificate encoded, or a joiner's knock (`swarm/knock.ts`); absent where nothing is to be shown.
 * @param onAnswer called on the dialling side when the server has answered.
 */
export function certifiedHandshake(certificate: Buffer | undefined, onAnswer?: () => void): CreateHandshake {
  return (keyPair, remotePublicKey) =>
    new CertifiedHandshake(keyPair, remotePublicKey, certificate, onAnswer);
}

/** What the peer showed in its handshake; undefined for none. */
export function shownCertificate(payload: NoisePayload): Buffer | undefined {
  return shown.get(payload);
}

const shown = new WeakMap<NoisePayload, Buffer>();

class CertifiedHandshake extends NoiseWrap {
  #received: Buffer | undefined;
  readonly #onAnswer: (() => void) | undefined;

  constructor(
    keyPair: KeyPair,
    remotePublicKey: Uint8Array | null,
    certificate: Buffer | undefined,
    onAnswer: (() => void) | undefined,
  ) {
    super(keyPair, remotePublicKey);
    this.#onAnswer = onAnswer;
    const noise = this.handshake;
    const send = noise.send.bind(noise);
    const recv = noise.recv.bind(noise);
    noise.send = (payload) => send(certificate ? append(payload, certificate) : payload);
    noise.recv = (message) => {
      const payload = recv(message);
      this.#received = appended(payload);
      return payload;
    };
  }

  override recv(message: Uint8Array): NoisePayload {
    const payload = super.recv(message);
    if (this.#received) shown.set(payload, this.#received);
    if (this.isInitiator) this.#onAnswer?.();
    return payload;
  }
}

/** payload · certificate · its length in two bytes · mark */
function append(payload: Uint8Array, certificate: Buffer): Buffer {
  const size = Buffer.alloc(2);
  size.writeUInt16BE(certificate.length);
  return Buffer.concat([payload, certificate, size, mark]);
}

function appended(payload: Uint8Array): Buffer | undefined {
  const bytes = Buffer.from(payload.buffer, payload.byteOffset, payload.byteLength);
  const end = bytes.length - mark.length - 2;
  if (end < 0 || !bytes.subarray(end + 2).equals(mark)) return undefined;
  const size = bytes.readUInt16BE(end);
  if (size > CERTIFICATE_BYTES_MAX || size > end) return undefined;
  return Buffer.from(bytes.subarray(end - size, end));
}
