import { randomBytes } from 'node:crypto';
import { systemClock } from '../../process/clock.ts';
import { encodeCertificate, type Role, type SignedCertificate } from '../../swarm/certificate.ts';
import { openStream } from '../../swarm/dial.ts';
import type { NoiseDuplex } from '../../swarm/duplex.ts';
import { encodeHello, readFrame, writeFrame } from '../../swarm/hello.ts';
import { createKeyPair, type KeyPair } from '../../swarm/keys.ts';
import type { SwarmMember } from '../../swarm/member.ts';
import type { Purpose } from '../../swarm/swarm.ts';
import type { Testnet } from '../support/testnet.ts';

/** A peer that holds a good certificate and does not keep to the rules behind it. */
export interface RawPeer {
  member: SwarmMember;
  keyPair: KeyPair;
  certificate: SignedCertificate;
  /** An encrypted stream, and nothing said on it. */
  open(key: string, answerMs?: number): Promise<NoiseDuplex>;
  /** A stream after its hello; what follows is up to the test. */
  hello(key: string, purpose: Purpose): Promise<NoiseDuplex>;
}

export async function rawPeer(
  net: Testnet,
  role: Role = 'node',
  certificate?: (keyPair: KeyPair) => SignedCertificate | undefined,
): Promise<RawPeer> {
  const keyPair = createKeyPair();
  const good = net.certify(keyPair, { role, name: 'raw' });
  const shown = certificate ? certificate(keyPair) : good;
  const member = await net.makeMember({ role, name: 'raw', keyPair });
  const run = randomBytes(8).toString('hex');
  const open = async (key: string, answerMs?: number) => {
    const encoded = shown && encodeCertificate(shown);
    const options = {
      dht: member.dht,
      clock: systemClock,
      keyPair,
      key,
      certificate: encoded,
      known: undefined,
      answerMs,
    };
    const duplex = await openStream(options);
    duplex.on('error', () => {});
    return duplex;
  };
  return {
    member,
    keyPair,
    certificate: good,
    open,
    async hello(key, purpose) {
      const duplex = await open(key);
      writeFrame(
        duplex,
        encodeHello({
          version: 1,
          oldest: 1,
          features: [],
          purpose,
          certificate: shown ?? good,
          epoch: 1,
          run,
        }),
      );
      await readFrame(duplex, { bytesMax: 4096, timeoutMs: 3_000, clock: systemClock });
      return duplex;
    },
  };
}
