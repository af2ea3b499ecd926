import { systemClock } from '../../../process/clock.ts';
import { silentLog } from '../../../process/log.ts';
import { systemRandom } from '../../../process/random.ts';
import { parseCertificate } from '../../../swarm/certificate.ts';
import { createSwarm } from '../../../swarm/create.ts';
import { createKeyPair } from '../../../swarm/keys.ts';
import type { SwarmMember } from '../../../swarm/member.ts';

/** What a child process needs to be a member of a test's swarm. */
export interface MemberArguments {
  /** Hex. */
  seed: string;
  certificate: string;
  clusterKey: string;
  bootstrap: string[];
}

export function joinAs({ seed, certificate, clusterKey, bootstrap }: MemberArguments): Promise<SwarmMember> {
  return createSwarm({
    keyPair: createKeyPair(Buffer.from(seed, 'hex')),
    certificate: parseCertificate(certificate),
    clusterKey,
    bootstrap,
    host: '127.0.0.1',
    clock: systemClock,
    random: systemRandom,
    log: silentLog,
  });
}
