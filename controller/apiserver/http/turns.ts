import { tooManyRequests } from '../../../api/errors.ts';
import type { Clock, Timer } from '../../../process/clock.ts';

/** What takes a seat: a list of so many objects costs some milliseconds, and shorter ones need no turn. */
const objectsPerSeat = 500;
/** The longest list takes no more, so that it fits; Kubernetes' number. */
const seatsOfListMax = 10;
/** Of all long lists at once: two of the longest. One process writes them, so more at once would only make each slower. */
const seatsMax = 20;
/** Long lists of one identity that wait: twice what a client with fifty connections has. */
const waitingMax = 100;
/** Who waits longer is told to come back: clients give up after half a minute. */
const waitMsMax = 15_000;
/** Whose reader is slower gives its seats away and goes on: what it costs is spread out by its own slowness. */
const heldMsMax = 5_000;

interface Waiting {
  seats: number;
  begin: () => void;
}

/**
 * Long lists take turns, so that who lists all day holds up neither others nor the hosts' signs of life: each takes seats by its
 * length, and of the identities that wait the one that has the fewest seats comes next. In the spirit of Kubernetes' API Priority and
 * Fairness. What costs a seat or less, among it all that hosts do to stay alive, never waits here.
 */
export class Turns {
  readonly #clock: Clock;
  #free = seatsMax;
  /** By identity; the one that was served last stands last. */
  readonly #identities = new Map<string, { seats: number; waiting: Waiting[] }>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /**
   * Resolves when it is the identity's turn to list so many objects, with how to end it.
   *
   * @throws ApiError (too many requests) where too many wait already, or where its turn did not come in time
   */
  async take(identity: string, objects: number, signal: AbortSignal): Promise<() => void> {
    const seats = Math.min(seatsOfListMax, Math.ceil(objects / objectsPerSeat));
    if (seats <= 1) return () => {};
    const own = this.#identities.get(identity) ?? { seats: 0, waiting: [] };
    if (own.waiting.length >= waitingMax)
      throw tooManyRequests(
        `${identity} has ${own.waiting.length} long lists waiting already, which is the most; try again later, or list in pages (limit)`,
      );
    this.#identities.set(identity, own);
    await this.#turn(identity, own.waiting, seats, signal);
    return this.#held(identity, seats);
  }

  #turn(identity: string, waiting: Waiting[], seats: number, signal: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      const done = () => {
        timer?.cancel();
        signal.removeEventListener('abort', leave);
      };
      const turn: Waiting = {
        seats,
        begin() {
          done();
          resolve();
        },
      };
      const giveUp = (why: string) => {
        done();
        waiting.splice(waiting.indexOf(turn), 1);
        this.#forgetIfIdle(identity);
        reject(tooManyRequests(why));
        this.#next();
      };
      const leave = () => giveUp('the caller has gone');
      let timer: Timer | undefined;
      waiting.push(turn);
      if (signal.aborted) return leave();
      this.#next();
      if (!waiting.includes(turn)) return undefined;
      signal.addEventListener('abort', leave, { once: true });
      timer = this.#clock.after(waitMsMax, () =>
        giveUp(`long lists of ${identity} have waited for ${waitMsMax / 1000} s; try again later`),
      );
      return undefined;
    });
  }

  /** Lets in as many as fit. Who is next and does not fit is waited for: a shorter list behind it would keep it out for ever. */
  #next(): void {
    for (let next = this.#whoIsNext(); next; next = this.#whoIsNext()) {
      const [identity, own] = next;
      const { seats, begin } = own.waiting[0]!;
      if (seats > this.#free) return;
      own.waiting.shift();
      own.seats += seats;
      this.#free -= seats;
      this.#identities.delete(identity);
      this.#identities.set(identity, own);
      begin();
    }
  }

  #whoIsNext(): [string, { seats: number; waiting: Waiting[] }] | undefined {
    let next: [string, { seats: number; waiting: Waiting[] }] | undefined;
    for (const each of this.#identities)
      if (each[1].waiting.length > 0 && (!next || each[1].seats < next[1].seats)) next = each;
    return next;
  }

  /** Seats that are given back once: by who has them, or when they were held for too long. */
  #held(identity: string, seats: number): () => void {
    let isHeld = true;
    const giveBack = () => {
      if (!isHeld) return;
      isHeld = false;
      timer.cancel();
      this.#identities.get(identity)!.seats -= seats;
      this.#free += seats;
      this.#forgetIfIdle(identity);
      this.#next();
    };
    const timer = this.#clock.after(heldMsMax, giveBack);
    return giveBack;
  }

  #forgetIfIdle(identity: string): void {
    const own = this.#identities.get(identity);
    if (own && own.seats === 0 && own.waiting.length === 0) this.#identities.delete(identity);
  }
}
