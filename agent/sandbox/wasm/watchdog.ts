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
  /** How often it looks. */
  beatMs: number;
  /** An endless loop burns CPU while it says nothing; a process that merely waits for a busy machine does not. */
  loopBeats: number;
  loopCpuMs: number;
  /** Whatever the cause, so long a silence means that no request is answered either. */
  silentBeatsMax: number;
  /**
   * What Node, V8's heap and the compiled code take. On top of the app's own limit, which holds for the component's memory, as a
   * RuntimeClass's `overhead.podFixed` does.
   */
  overheadBytes: number;
  /** Node runs about a dozen; only what broke out of JavaScript could start more. */
  threadsMax: number;
}

export const watchdogLimits: WatchdogLimits = {
  beatMs: 1000,
  loopBeats: 10,
  loopCpuMs: 5000,
  silentBeatsMax: 60,
  overheadBytes: 96 * 1024 * 1024,
  threadsMax: 64,
};

export type Verdict = 'alive' | { reason: 'Error' | 'OOMKilled'; message: string };

/** Whether a sandbox may live on. */
export function judge(beat: Beat, memoryBytesMax: number | undefined, limits = watchdogLimits): Verdict {
  const { loopBeats, loopCpuMs, silentBeatsMax, threadsMax } = limits;
  const silence = `${(beat.beatsUnanswered * limits.beatMs) / 1000} s`;
  if (memoryBytesMax !== undefined && beat.memoryBytes > memoryBytesMax + limits.overheadBytes)
    return {
      reason: 'OOMKilled',
      message: `The app used ${mebibytes(beat.memoryBytes)} memory; it may use ${mebibytes(memoryBytesMax)}, and its sandbox ${mebibytes(limits.overheadBytes)}.`,
    };
  if (beat.threads > threadsMax)
    return { reason: 'Error', message: `The app ran ${beat.threads} threads; ${threadsMax} are allowed.` };
  if (beat.beatsUnanswered >= loopBeats && beat.cpuMsUnanswered >= loopCpuMs)
    return {
      reason: 'Error',
      message: `The app computed for ${silence} without a pause, so it answered nobody. Is there an endless loop?`,
    };
  if (beat.beatsUnanswered >= silentBeatsMax)
    return { reason: 'Error', message: `The sandbox said nothing for ${silence}.` };
  return 'alive';
}

const mebibytes = (bytes: number) => `${Math.ceil(bytes / 1024 / 1024)} MiB`;
