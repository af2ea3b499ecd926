import { ApiError, badRequest } from '../../../api/errors.ts';
import type { Clock } from '../../../process/clock.ts';

/** How long a request for a version that does not exist yet waits for it; as in Kubernetes. */
const futureWaitMs = 3_000;
const futurePollMs = 50;

/** A version as number; undefined where none is given. */
export function parseResourceVersion(text: string | undefined): number | undefined {
  if (text === undefined || text === '') return undefined;
  if (!/^\d{1,15}$/.test(text))
    throw badRequest(
      `invalid resource version: resourceVersion: Invalid value: ${JSON.stringify(text)}: ` +
        `strconv.ParseUint: parsing ${JSON.stringify(text)}: invalid syntax`,
    );
  return Number(text);
}

/** Waits until the store has reached `revision`: a client may have seen it on a controller that is ahead. */
export async function reached(
  store: { readonly revision: number },
  revision: number,
  clock: Clock,
): Promise<void> {
  const until = clock.now() + futureWaitMs;
  while (store.revision < revision) {
    if (clock.now() >= until)
      throw new ApiError(
        504,
        'Timeout',
        `Timeout: Too large resource version: ${revision}, current: ${store.revision}`,
        {
          retryAfterSeconds: 1,
          causes: [{ reason: 'ResourceVersionTooLarge', message: 'Too large resource version' }],
        },
      );
    await clock.sleep(futurePollMs);
  }
}
