import { systemClock } from '../../process/clock.ts';
import { silentLog, type Log } from '../../process/log.ts';
import { systemRandom } from '../../process/random.ts';
import {
  signCertificate,
  type MemberCertificate,
  type Role,
  type SignedCertificate,
} from '../../swarm/certificate.ts';
import { createSwarm } from '../../swarm/create.ts';
import type { SwarmOptions } from '../../swarm/options.ts';
import { startHub, type Hub } from '../../swarm/hub.ts';
import { createKeyPair, keyId, type KeyPair } from '../../swarm/keys.ts';
import type { SwarmMember } from '../../swarm/member.ts';

const DAY_MS = 86_400_000;

/** A DHT of its own on loopback, and a cluster whose key we hold: real members in milliseconds. */
export interface Testnet {
  readonly bootstrap: string[];
  readonly clusterKeyPair: KeyPair;
  readonly clusterKey: string;
  readonly hub: Hub;
  /** A certificate signed by the cluster; `overrides` make it a wrong one. */
  certify(
    keyPair: KeyPair,
    member: { role: Role; name: string },
    overrides?: Partial<MemberCertificate>,
  ): SignedCertificate;
  /** A live member; closed with the testnet. */
  makeMember(
    member: { role: Role; name: string; keyPair?: KeyPair; log?: Log },
    overrides?: Partial<SwarmOptions>,
  ): Promise<SwarmMember>;
  close(): Promise<void>;
}

/**
 * @example
 *     const net = await testnet();
 *     const controller = await net.makeMember({ role: 'controller', name: 'controller' });
 *     await controller.listen({ admit: () => {}, handlers: { control: (stream) => stream.end('hello') } });
 *     const node = await net.makeMember({ role: 'node', name: 'attic' });
 *     const link = await node.dial(controller.key, 'control');
 *     await net.close();
 */
export async function testnet(options: { nodes?: number } = {}): Promise<Testnet> {
  // Records are kept by three nodes; more only take longer to start.
  const hub = await startHub({ count: options.nodes ?? 4 });
  const clusterKeyPair = createKeyPair();
  const clusterKey = keyId(clusterKeyPair.publicKey);
  const members: SwarmMember[] = [];
  const certify: Testnet['certify'] = (keyPair, { role, name }, overrides) =>
    signCertificate(
      {
        cluster: clusterKey,
        key: keyId(keyPair.publicKey),
        role,
        name,
        owner: 'ann',
        tier: 'own',
        epoch: 1,
        notAfter: Date.now() + DAY_MS,
        ...overrides,
      },
      { keyPair: clusterKeyPair },
    );
  return {
    bootstrap: hub.bootstrap,
    clusterKeyPair,
    clusterKey,
    hub,
    certify,
    async makeMember({ role, name, keyPair = createKeyPair(), log = silentLog }, overrides) {
      const member = await createSwarm({
        keyPair,
        certificate: certify(keyPair, { role, name }),
        clusterKey,
        bootstrap: hub.bootstrap,
        host: '127.0.0.1',
        clock: systemClock,
        random: systemRandom,
        log,
        ...overrides,
      });
      members.push(member);
      return member;
    },
    async close() {
      await Promise.all(members.map((member) => member.close()));
      await hub.close();
    },
  };
}
