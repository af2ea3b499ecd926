import { readFile } from 'node:fs/promises';
import type { Clock } from '../process/clock.ts';
import { readJsonFile, writeFileNow } from '../process/folder.ts';
import type { Log } from '../process/log.ts';
import type { Random } from '../process/random.ts';
import { parseCertificate } from './certificate.ts';
import { createSwarm } from './create.ts';
import { epochFloor } from './epoch.ts';
import { readKeyPair } from './keys.ts';
import type { Limits } from './limits.ts';
import type { SwarmMember } from './member.ts';

/** Where a machine keeps what makes it a member, and how it finds the others. */
export interface MemberFiles {
  /** Written by `writeKeyPair`. */
  keyFile: string;
  /** Holds `certificateText`. */
  certificateFile: string;
  /** Holds the highest epoch ever seen; made when first raised. */
  epochFile: string;
  /** The cluster's public key, hex. */
  clusterKey: string;
  /** The cluster's own DHT nodes, `host:port`; empty: HyperDHT's public ones. */
  bootstrap: string[];
  /** Address to bind; `127.0.0.1` keeps everything on this machine. */
  host?: string | undefined;
}

/** Brings the member that these files describe into the swarm. */
export async function openMember(
  files: MemberFiles,
  options: { clock: Clock; random: Random; log: Log; limits?: Partial<Limits> },
): Promise<SwarmMember> {
  const { keyFile, certificateFile, epochFile, clusterKey, bootstrap, host } = files;
  const keyPair = await readKeyPair(keyFile);
  const certificate = parseCertificate((await readFile(certificateFile, 'utf8')).trim());
  const seen = readJsonFile<{ epoch: number }>(epochFile)?.epoch ?? 0;
  // A restart must not let an old epoch in again: what was seen is on disk before anything is decided by it.
  const epochs = epochFloor(Math.max(seen, certificate.epoch), (epoch) =>
    writeFileNow(epochFile, JSON.stringify({ epoch })),
  );
  return createSwarm({
    keyPair,
    certificate,
    clusterKey,
    host,
    epochs,
    ...(bootstrap.length > 0 ? { bootstrap } : {}),
    ...options,
  });
}
