import type { Client } from '../../client/client.ts';
import type { Clock } from '../../process/clock.ts';
import type { Log } from '../../process/log.ts';
import type { Random } from '../../process/random.ts';
import type { Images } from '../images/images.ts';
import type { Sandbox } from '../sandbox/sandbox.ts';
import type { PodAddresses } from './addresses.ts';
import type { Assignments } from './assignments.ts';
import type { DiskTrouble } from './disk-trouble.ts';
import type { EnvSources } from './env.ts';
import type { EventRecorder } from './events.ts';
import type { LogLimits } from './logs/container-log.ts';
import type { Moment } from './local-pod.ts';
import type { StatusReporter } from './reporter.ts';

/** What every pod's worker acts with. */
export interface PodTools {
  clock: Clock;
  random: Random;
  log: Log;
  client: Client;
  images: Images;
  sandboxes: readonly Sandbox[];
  assignments: Assignments;
  diskTrouble: DiskTrouble;
  addresses: PodAddresses;
  reporter: StatusReporter;
  events: EventRecorder;
  envSources: EnvSources;
  nodeName: string;
  /** Whether the apps here are the host owner's own: only these run where no OS sandbox holds them. */
  own: boolean;
  allocatable: { cpuMillis: number; memoryBytes: number };
  /** The node's pod range; undefined until the controller has given one. */
  podCIDR(): string | undefined;
  logLimits?: Partial<LogLimits>;
}

export function momentOf(clock: Clock): Moment {
  return { now: clock.now(), date: clock.date().toISOString() };
}
