import { isConflict, isNotFound } from '../../api/errors.ts';
import { jittered } from '../../process/random.ts';
import { backoffMs } from './backoff.ts';
import type { PodName } from './reporter.ts';
import type { PodTools } from './tools.ts';

const retryMs = { first: 500, max: 15_000 };

/**
 * The API keeps a deleted pod until its host says that nothing of it runs: a delete with grace 0, of only this very pod.
 * Tries until it is said. True where the pod turns out to be gone already (or its name to be another's), which no watch
 * may tell any more.
 */
export async function confirmDeletion(
  pod: PodName,
  { client, clock, random }: Pick<PodTools, 'client' | 'clock' | 'random'>,
  signal: AbortSignal,
  isOver: () => boolean,
): Promise<boolean> {
  const { uid, namespace, name } = pod;
  for (let failures = 0; !isOver() && !signal.aborted;) {
    try {
      await client.delete(
        { kind: 'Pod', namespace, name },
        { gracePeriodSeconds: 0, preconditions: { uid } },
      );
      return false;
    } catch (error) {
      if (isNotFound(error) || isConflict(error)) return true;
      failures++;
      // An aborted wait ends the loop by its condition.
      await clock.sleep(jittered(random, backoffMs(retryMs, failures), 0.3), signal).catch(() => {});
    }
  }
  return false;
}
