import { systemClock } from '../process/clock.ts';
import { lineLog, type Log, type LogLevel } from '../process/log.ts';
import { systemRandom } from '../process/random.ts';
import type { Role } from '../swarm/certificate.ts';
import type { MemberFiles } from '../swarm/open-member.ts';
import { CliError, exitCodes } from './errors.ts';
import { memberFiles } from './founding.ts';
import type { ClusterRecord, Home } from './home.ts';

/** What every long-running program gets: the machine's time and chance, and a log on standard error. */
export function programTools(name: string): {
  clock: typeof systemClock;
  random: typeof systemRandom;
  log: Log;
} {
  const level = (process.env['KITH_LOG'] ?? 'info') as LogLevel;
  const log = lineLog({ name, clock: systemClock, level, write: (line) => process.stderr.write(line) });
  return { clock: systemClock, random: systemRandom, log };
}

/** The cluster of this home. Throws with the two ways to get one. */
export function requireCluster(home: Home): ClusterRecord {
  const record = home.cluster();
  if (record) return record;
  throw new CliError('KITH_NO_CLUSTER', `there is no cluster in ${home.path}`, {
    next: "kith up to found one, or kith join <invite> to join a friend's",
    exit: exitCodes.wrongInput,
  });
}

export function memberOf(home: Home, record: ClusterRecord, role: Role): MemberFiles {
  return {
    ...memberFiles(home, role),
    epochFile: home.file('keys', `${role}.epoch`),
    clusterKey: record.clusterKey,
    bootstrap: record.bootstrap,
    host: record.host,
  };
}
