import { tooManyRequests } from '../../../api/errors.ts';
import type { Clock } from '../../../process/clock.ts';
import { isMaster, type User } from '../users.ts';

/** Enough for a host that starts a hundred pods at once, each with a dozen statuses and Events. */
const burstBytes = 16 * 1024 * 1024;
/** Some ten statuses a second, for ever. */
const bytesPerSecond = 64 * 1024;
/** What a write costs beside its body: a record in the log, a notice to every watcher. */
const writeBytes = 4 * 1024;
/** Events are kept for an hour, in memory, whoever wrote them: at this price one host fills it with 60 MB at most. */
const eventFactor = 4;
/** Names that are remembered: who may impersonate can make up any number. The one that wrote least lately goes, and begins anew. */
const writersMax = 10_000;

/** How much each member may write, so that one host can fill neither the controller's memory nor its disk. */
export class WriteBudget {
  readonly #clock: Pick<Clock, 'now'>;
  /** By user name; the one that wrote last stands last. */
  readonly #left = new Map<string, { bytes: number; at: number }>();
  readonly #mayDoAll: (user: User) => boolean;

  /** @param mayDoAll who has nothing to be held back from: a role lets such a user do everything there is */
  constructor(clock: Pick<Clock, 'now'>, mayDoAll: (user: User) => boolean) {
    this.#clock = clock;
    this.#mayDoAll = mayDoAll;
  }

  /** @throws ApiError (too many requests) that says when to come back */
  spend(user: User, bodyBytes: number, kind?: string): void {
    if (isMaster(user)) return;
    const cost = (bodyBytes + writeBytes) * (kind === 'Event' ? eventFactor : 1);
    const now = this.#clock.now();
    const known = this.#left.get(user.name) ?? { bytes: burstBytes, at: now };
    const bytes = Math.min(burstBytes, known.bytes + ((now - known.at) / 1000) * bytesPerSecond);
    const isEnough = bytes >= cost;
    this.#left.delete(user.name);
    this.#left.set(user.name, { bytes: isEnough ? bytes - cost : bytes, at: now });
    if (this.#left.size > writersMax) this.#left.delete(this.#left.keys().next().value!);
    if (isEnough || this.#mayDoAll(user)) return;
    const seconds = Math.ceil((cost - bytes) / bytesPerSecond);
    const error = tooManyRequests(
      `${user.name} has written as much as one member may for now; try again in ${seconds} s`,
    );
    error.status.details = { ...error.status.details, retryAfterSeconds: seconds };
    throw error;
  }
}
