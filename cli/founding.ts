import { delegate, signCertificate, type Role } from '../swarm/certificate.ts';
import { certificateText } from '../swarm/certificate.ts';
import { keyId, loadKeyPair } from '../swarm/keys.ts';
import type { Clock } from '../process/clock.ts';
import { writeFileAtomically } from '../process/folder.ts';
import type { ClusterRecord, Home } from './home.ts';

/** The founder's own machines and its controller keep their certificates so long; joined ones get theirs from an invite. */
const founderCertificateMs = 5 * 365 * 24 * 3_600_000;

/** Which key and certificate files a program of this home uses: `keys/<role>.key`, `keys/<role>.cert`. */
export function memberFiles(home: Home, role: Role): { keyFile: string; certificateFile: string } {
  return { keyFile: home.file('keys', `${role}.key`), certificateFile: home.file('keys', `${role}.cert`) };
}

/** A new cluster: its key, its controller with the right to sign members, and this machine as its first host and gateway. */
export async function foundCluster(
  home: Home,
  options: { name: string; member: string; owner: string; bootstrap: string[]; host?: string; clock: Clock },
): Promise<ClusterRecord> {
  home.folder('keys');
  const cluster = await loadKeyPair(home.file('keys', 'cluster.key'));
  const clusterKey = keyId(cluster.publicKey);
  const notAfter = options.clock.date().getTime() + founderCertificateMs;
  const epoch = 1;
  const names: Record<Role, string> = {
    controller: `${options.member}-controller`,
    node: options.member,
    gateway: `${options.member}-gateway`,
    person: options.owner,
  };
  let controllerKey = '';
  for (const role of ['controller', 'node', 'gateway', 'person'] as const) {
    const { keyFile, certificateFile } = memberFiles(home, role);
    const keyPair = await loadKeyPair(keyFile);
    const key = keyId(keyPair.publicKey);
    const certificate = signCertificate(
      {
        cluster: clusterKey,
        key,
        role,
        name: names[role],
        owner: options.owner,
        tier: 'own',
        epoch,
        notAfter,
      },
      { keyPair: cluster },
    );
    await writeFileAtomically(certificateFile, `${certificateText(certificate)}\n`);
    if (role !== 'controller') continue;
    controllerKey = key;
    const delegation = delegate(cluster, { key, epoch, notAfter });
    await writeFileAtomically(home.file('keys', 'controller.delegation'), `${JSON.stringify(delegation)}\n`);
  }
  const record: ClusterRecord = {
    name: options.name,
    clusterKey,
    controllers: [controllerKey],
    bootstrap: options.bootstrap,
    ...(options.host ? { host: options.host } : {}),
    member: options.member,
    role: 'founder',
    ports: {},
  };
  // Written last: a home with this file is a whole one.
  await home.writeCluster(record);
  return record;
}
