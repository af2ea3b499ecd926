import { join } from 'node:path';
import { systemClock } from '../process/clock.ts';
import { bothLogs, lineLog, logLevels, type Log, type LogLevel } from '../process/log.ts';
import { logFile } from '../process/log-file.ts';
import { systemRandom } from '../process/random.ts';
import type { Role } from '../swarm/certificate.ts';
import type { MemberFiles } from '../swarm/open-member.ts';
import { CliError, exitCodes } from './errors.ts';
import { memberFiles } from './founding.ts';
import type { ClusterRecord, Home } from './home.ts';

export interface ProgramTools {
  clock: typeof systemClock;
  random: typeof systemRandom;
  log: Log;
}

const toTerminal = (line: string) => void process.stderr.write(line);
const levelDefault: LogLevel = 'info';
let isToldOfLevel = false;

/** What `KITH_LOG` names. Of a word that is no level a person hears once, however many logs this process has. */
function levelWished(): LogLevel {
  const wished = process.env['KITH_LOG'] || levelDefault;
  const level = logLevels.find((each) => each === wished);
  if (level) return level;
  if (!isToldOfLevel)
    toTerminal(
      `KITH_LOG=${wished} is no level of the log, which stays at ${levelDefault}. The levels: ${logLevels.join(', ')}.\n`,
    );
  isToldOfLevel = true;
  return levelDefault;
}

/** What every long-running program gets: the machine's time and chance, and a log on standard error. */
export function programTools(name: string): ProgramTools {
  const log = lineLog({ name, clock: systemClock, level: levelWished(), write: toTerminal });
  return { clock: systemClock, random: systemRandom, log };
}

/**
 * The same for a program whose terminal belongs to a person: its log goes to `logs/<name>.log` of the home, and to standard error
 * only what went wrong.
 */
export function quietProgramTools(home: Home, name: string): ProgramTools {
  const write = logFile(join(home.folder('logs'), `${name}.log`));
  const log = bothLogs(
    lineLog({ name, clock: systemClock, level: levelWished(), write }),
    lineLog({ name, clock: systemClock, level: 'warn', write: toTerminal }),
  );
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
