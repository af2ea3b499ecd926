import type { UsageReport } from '../../api/metrics.ts';
import type { Clock } from '../../process/clock.ts';
import type { Log } from '../../process/log.ts';
import { jittered, type Random } from '../../process/random.ts';
import { UsageMeter, type Measured } from './usage.ts';

/** As often as metrics-server asks by default: one small request of each host. */
const reportPeriodMs = 15_000;

/**
 * Tells the controller what is in use here, as long as it runs. What could not be told is not told later: it would be of another time.
 */
export function reportUsage(options: {
  pods: () => Measured[];
  send: (report: UsageReport) => Promise<unknown>;
  clock: Clock;
  random: Random;
  log: Log;
  meter?: UsageMeter;
}): { stop(): void } {
  const { clock, random, log } = options;
  const meter = options.meter ?? new UsageMeter(() => clock.now());
  const stop = new AbortController();
  const run = async () => {
    for (;;) {
      const report = await meter.measure(options.pods());
      if (report)
        await options
          .send(report)
          .catch((error: unknown) => log.debug('what is in use could not be told', { error }));
      await clock.sleep(jittered(random, reportPeriodMs, 0.05), stop.signal);
    }
  };
  run().catch((error: unknown) => {
    if (!stop.signal.aborted) log.error('what is in use is told no more', { error });
  });
  return { stop: () => stop.abort(new Error('the agent stops')) };
}
