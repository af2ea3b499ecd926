import { isConflict, isNotFound } from '../api/errors.ts';
import type { Clock } from '../process/clock.ts';
import type { Log } from '../process/log.ts';
import type { Random } from '../process/random.ts';
import { act, type Hands } from './actions.ts';
import type { Reconciler } from './reconciler.ts';
import { WorkQueue } from './work-queue.ts';

/**
 * Runs one reconciler: changes of what it watches become keys, each key is decided and acted upon, one at a time per key.
 * Returns how to stop; that resolves when nothing is in work any more.
 */
export function run(
  reconciler: Reconciler,
  hands: Hands,
  parts: { clock: Clock; random: Random; log: Log },
): () => Promise<void> {
  const { clock, random } = parts;
  const log = parts.log.child(reconciler.name);
  const { world } = hands;

  const work = async (key: string) => {
    try {
      const actions = reconciler.decide(world, key, clock.date());
      for (const action of actions) if (action.do === 'again') queue.addAfter(key, action.afterMs);
      await act(actions, hands);
    } catch (error) {
      // Conflicts and vanished objects are everyday: somebody else was faster, and the next look sees their work.
      const everyday = isConflict(error) || isNotFound(error);
      log[everyday ? 'debug' : 'warn']('will try again', { key, failures: queue.failures(key) + 1, error });
      throw error;
    }
  };
  const queue = new WorkQueue(work, clock, random);

  const watched = new Set(reconciler.watches);
  const forget = world.onChange((_type, object, old) => {
    if (!watched.has(object.kind ?? '')) return;
    const keys = reconciler.keysOf(object, world);
    // What an object has ceased to concern (another owner, another label) must learn of it too.
    if (old) keys.push(...reconciler.keysOf(old, world));
    for (const key of new Set(keys)) queue.add(key);
  });
  for (const kind of watched) {
    for (const object of world.all(kind)) for (const key of reconciler.keysOf(object, world)) queue.add(key);
  }
  return async () => {
    forget();
    await queue.stop();
  };
}
