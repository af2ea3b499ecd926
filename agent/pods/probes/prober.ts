import type { Container, Probe } from '../../../api/types.ts';
import type { Clock } from '../../../process/clock.ts';
import type { ProbeCheck } from './check.ts';

export type ProbeKind = 'startup' | 'readiness' | 'liveness';

/** What a container's probes have concluded. */
export interface ProbeListener {
  passed(kind: 'startup' | 'readiness', passed: boolean): void;
  /** The liveness or startup probe gave up: the container is to be restarted. */
  unhealthy(kind: 'startup' | 'liveness', message: string, graceMs: number | undefined): void;
  /** One failed try, for an Event. Tries of the quick start are not told. */
  failedOnce(kind: ProbeKind, message: string): void;
}

/**
 * Right after its start a container is asked again this often until it first answers, for at most `quickStartMs`: the first
 * period of a probe (10 s by default) would otherwise be the wait between apply and the first answer. Quick tries can
 * only succeed: failures count on the regular grid alone (at 0, one period, two …), as in Kubernetes, and those of the quick
 * start are not told.
 */
export const quickRetryMs = 100;
export const quickStartMs = 10_000;

/** Kubernetes' defaults. */
const periodSecondsDefault = 10;
const failureThresholdDefault = 3;

/**
 * Runs the probes of one running container until stopped. Startup first; readiness and liveness begin when it has passed. The
 * first try comes after `initialDelaySeconds` (at once by default), the next ones each `periodSeconds`.
 */
export function startProber(
  container: Container,
  check: ProbeCheck,
  clock: Clock,
  listener: ProbeListener,
): { stop(): void } {
  const stop = new AbortController();
  const bornAt = clock.now();
  const { startupProbe, readinessProbe, livenessProbe } = container;

  const whenStarted = () => {
    if (readinessProbe)
      watch('readiness', readinessProbe, (passed) => {
        listener.passed('readiness', passed);
        return true;
      });
    if (livenessProbe)
      watch('liveness', livenessProbe, (passed, message) => {
        if (!passed) listener.unhealthy('liveness', message, graceMs(livenessProbe));
        return passed;
      });
  };
  if (startupProbe)
    watch('startup', startupProbe, (passed, message) => {
      if (passed) {
        listener.passed('startup', true);
        whenStarted();
      } else listener.unhealthy('startup', message, graceMs(startupProbe));
      return false;
    });
  else whenStarted();
  return { stop: () => stop.abort(new Error('the container is no longer probed')) };

  /** `conclude` is told each time the thresholds are crossed, and answers whether to go on. */
  function watch(
    kind: ProbeKind,
    probe: Probe,
    conclude: (passed: boolean, message: string) => boolean,
  ): void {
    run(kind, probe, conclude).catch(() => {
      // Stopped while waiting.
    });
  }

  async function run(
    kind: ProbeKind,
    probe: Probe,
    conclude: (passed: boolean, message: string) => boolean,
  ): Promise<void> {
    const { signal } = stop;
    const periodMs = (probe.periodSeconds || periodSecondsDefault) * 1000;
    const failuresMax = probe.failureThreshold || failureThresholdDefault;
    const successesMin = kind === 'readiness' ? probe.successThreshold || 1 : 1;
    const delayMs = (probe.initialDelaySeconds ?? 0) * 1000 - (clock.now() - bornAt);
    if (delayMs > 0) await clock.sleep(delayMs, signal);
    // The next try on the regular grid, which alone counts failures; quick tries lie between its first two points.
    let due = clock.now();
    const quickUntil = kind === 'liveness' ? due : due + Math.min(quickStartMs, periodMs);
    let answered = false;
    let verdict = kind === 'liveness';
    let successes = 0;
    let failures = 0;
    while (!signal.aborted) {
      const regular = clock.now() >= due;
      if (regular) due = Math.max(due + periodMs, clock.now());
      const outcome = await check(probe, signal);
      if (signal.aborted) return;
      if (outcome.passed) {
        if (!answered) due = clock.now() + periodMs;
        answered = true;
        successes++;
        failures = 0;
        if (!verdict && successes >= successesMin) {
          verdict = true;
          if (!conclude(true, '')) return;
        }
      } else {
        successes = 0;
        if (regular) failures++;
        if (regular && (answered || clock.now() >= quickUntil)) listener.failedOnce(kind, outcome.message);
        // Readiness is told once; a container that is to be restarted is told until it ends.
        if (regular && failures >= failuresMax && (verdict || kind === 'startup')) {
          verdict = kind === 'liveness';
          if (!conclude(false, outcome.message)) return;
        }
      }
      const quick = !answered && clock.now() < quickUntil;
      const untilDue = Math.max(0, due - clock.now());
      await clock.sleep(quick ? Math.min(quickRetryMs, untilDue) : untilDue, signal);
    }
  }
}

function graceMs(probe: Probe): number | undefined {
  return probe.terminationGracePeriodSeconds === undefined
    ? undefined
    : probe.terminationGracePeriodSeconds * 1000;
}
