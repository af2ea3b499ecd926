/** What the agent saw of a sandbox's process at one beat. */
export interface Beat {
  /** Beats since the last answer to a heartbeat, counted by us: while the agent itself stood still nothing is counted. */
  beatsUnanswered: number;
  /** CPU time that the process has used since that answer. */
  cpuMsUnanswered: number;
  /** Memory that is the app's own: anonymous and shared memory, without the pages of the Node binary. */
  memoryBytes: number;
  threads: number;
}

export interface WatchdogLimits {
  memoryBytesMax: number | undefined;
}

export type Verdict = 'alive' | { reason: 'Error' | 'OOMKilled'; message: string };

export const beatMs = 1000;
/** An endless loop burns CPU while it says nothing; a process that merely waits for a busy machine does not. */
const loopBeats = 10;
const loopCpuMs = 5000;
/** Whatever the cause, so long a silence means that no request is answered either. */
const silentBeatsMax = 60;
/** Node runs about a dozen; only what broke out of JavaScript could start more. */
const threadsMax = 64;

/** Whether a sandbox may live on. */
export function judge(beat: Beat, limits: WatchdogLimits): Verdict {
  const { memoryBytesMax } = limits;
  if (memoryBytesMax !== undefined && beat.memoryBytes > memoryBytesMax)
    return {
      reason: 'OOMKilled',
      message: `The app used ${mebibytes(beat.memoryBytes)} of ${mebibytes(memoryBytesMax)} memory.`,
    };
  if (beat.threads > threadsMax)
    return { reason: 'Error', message: `The app ran ${beat.threads} threads; ${threadsMax} are allowed.` };
  if (beat.beatsUnanswered >= loopBeats && beat.cpuMsUnanswered >= loopCpuMs)
    return {
      reason: 'Error',
      message: `The app computed for ${seconds(beat.beatsUnanswered)} without a pause, so it answered nobody. Is there an endless loop?`,
    };
  if (beat.beatsUnanswered >= silentBeatsMax)
    return { reason: 'Error', message: `The sandbox said nothing for ${seconds(beat.beatsUnanswered)}.` };
  return 'alive';
}

const mebibytes = (bytes: number) => `${Math.ceil(bytes / 1024 / 1024)} MiB`;
const seconds = (beats: number) => `${(beats * beatMs) / 1000} s`;
