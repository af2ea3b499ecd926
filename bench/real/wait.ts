import { setTimeout as sleep } from 'node:timers/promises';
import { ask } from '../../scripts/demo/request.ts';
import type { DemoSwarm } from '../../scripts/demo/swarm.ts';

/** Beyond this a bench has failed and is not merely slow. */
const waitMsMax = 60_000;

/** Asks again until `look` gives something; rejects when that takes longer than a bench may. */
export async function until<T>(
  what: string,
  everyMs: number,
  look: () => Promise<T | undefined>,
): Promise<T> {
  const deadline = performance.now() + waitMsMax;
  for (;;) {
    const seen = await look();
    if (seen !== undefined) return seen;
    if (performance.now() > deadline) throw new Error(`${what} did not come within ${waitMsMax / 1000} s`);
    await sleep(everyMs);
  }
}

/** How often an app is asked that does not answer yet: the error of every figure that ends with its first answer. */
const askEveryMs = 5;

/**
 * The moment (`performance.now()`) at which a pod of the app other than `not` answers through the gateway for the first time. Requests
 * are sent whether or not the earlier ones came back: one that hangs on a dead host must not hide that another pod serves.
 */
export async function firstAnswer(
  swarm: DemoSwarm,
  name: string,
  not: ReadonlySet<string> = new Set(),
): Promise<{ at: number; pod: string }> {
  let answer: { at: number; pod: string } | undefined;
  const host = `${name}.default.kith.localhost`;
  return until(`an answer of ${name}`, askEveryMs, async () => {
    void ask(swarm.gatewayPort, host).then((got) => {
      if (got.ok && !not.has(got.pod)) answer ??= { at: performance.now(), pod: got.pod };
    });
    return answer;
  });
}
