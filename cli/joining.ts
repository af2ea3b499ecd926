import { userInfo } from 'node:os';
import { writeFileAtomically } from '../process/folder.ts';
import type { Clock } from '../process/clock.ts';
import { certificateText } from '../swarm/certificate.ts';
import { parseInvite, type Invite } from '../swarm/invite.ts';
import { joinWithInvite } from '../swarm/join.ts';
import { loadKeyPair } from '../swarm/keys.ts';
import { CliError, exitCodes } from './errors.ts';
import { memberFiles } from './founding.ts';
import { onLoopback, type ClusterRecord, type Home } from './home.ts';
import { memberName } from './names.ts';

export interface JoiningOptions {
  /** What this machine wants to be called. */
  name: string;
  clock: Clock;
  /** Passes on the work, which needs a controller of that cluster, and may tell a person that it takes long. */
  waiting: <T>(work: Promise<T>, cluster: string) => Promise<T>;
}

/**
 * Makes this home a member of the invite's cluster. A home that is a member of that cluster already stays what it is; of another, it
 * is told so.
 */
export async function joinCluster(home: Home, line: string, options: JoiningOptions): Promise<ClusterRecord> {
  const invite = parseInvite(line);
  const existing = home.cluster();
  if (existing) {
    if (existing.clusterKey === invite.cluster) {
      // A DHT of the cluster's own may have moved since.
      if (invite.bootstrap.length > 0) existing.bootstrap = invite.bootstrap;
      await home.writeCluster(existing);
      return existing;
    }
    throw new CliError(
      'KITH_OTHER_CLUSTER',
      `${home.path} belongs to the cluster "${existing.name}", the invite to "${invite.clusterName}"`,
      {
        next: `KITH_HOME=~/.kith-${memberName(invite.clusterName, undefined)} kith join …, or kith leave first`,
        exit: exitCodes.wrongInput,
      },
    );
  }
  if (invite.role !== 'node' && invite.role !== 'gateway')
    throw new CliError('KITH_NOT_YET', `an invite for a ${invite.role} is not part of this version`, {
      exit: exitCodes.wrongInput,
    });
  return redeem(home, invite, invite.role, options);
}

async function redeem(
  home: Home,
  invite: Invite,
  role: 'node' | 'gateway',
  { name, clock, waiting }: JoiningOptions,
): Promise<ClusterRecord> {
  home.folder('keys');
  const { keyFile, certificateFile } = memberFiles(home, role);
  // The key is on disk before the invite is used: an answer that is lost can be asked for again with it.
  const keyPair = await loadKeyPair(keyFile);
  const host = onLoopback(invite.bootstrap) ? '127.0.0.1' : undefined;
  const membership = await waiting(
    joinWithInvite(invite, keyPair, {
      name,
      owner: memberName(userInfo().username, undefined),
      clock,
      ...(host ? { host } : {}),
    }),
    invite.clusterName,
  );
  await writeFileAtomically(certificateFile, `${certificateText(membership.certificate)}\n`);
  const record: ClusterRecord = {
    name: invite.clusterName,
    clusterKey: invite.cluster,
    controllers: membership.controllers,
    bootstrap: membership.bootstrap.length > 0 ? membership.bootstrap : invite.bootstrap,
    ...(host ? { host } : {}),
    member: membership.certificate.name,
    ...(membership.certificate.name === name ? {} : { wishedName: name }),
    role: role === 'node' ? 'host' : 'user',
    ports: {},
  };
  await home.writeCluster(record);
  return record;
}
