import { startControllers } from '../../../controller/controllers.ts';
import { allHeard } from '../../controller/support/api.ts';
import { createApiServer, type ApiServer } from '../../../controller/apiserver/create.ts';
import { adminUser } from '../../../controller/apiserver/users.ts';
import type { LogDriver } from '../../../controller/store/log.ts';
import { memoryLog, type MemoryLog } from '../../../controller/store/memory/memory-log.ts';
import { openStore } from '../../../controller/store/open-store.ts';
import type { HistoryLimits } from '../../../controller/store/history.ts';
import type { Store } from '../../../controller/store/store.ts';
import { silentLog } from '../../../process/log.ts';
import { randomInteger, seededRandom, type Random } from '../../../process/random.ts';
import { VirtualClock } from '../../../process/virtual-clock.ts';
import { NoAnswer, type Answered, type Connection, type Place } from './api.ts';
import type { Killable } from './record.ts';

/** How long the disk takes, and at most a message. */
const syncMs = 2;
const wireMsMax = 3;

/** What a test changes about the server, to see it found out. */
export interface Tampering {
  driver?: (driver: LogDriver, clock: VirtualClock) => LogDriver;
  store?: (store: Store, clock: VirtualClock) => Store;
  history?: HistoryLimits;
  /** Whether the controllers run too. @default false */
  controllers?: boolean;
}

interface Life {
  store: Store;
  apiServer: ApiServer;
  controllers: { stop(): Promise<void> } | undefined;
  end: AbortController;
}

/** The API server on the store in memory, in virtual time: a kill takes all that is not on its disk, and the same seed gives the same run. */
export class VirtualController implements Killable {
  readonly clock: VirtualClock;
  readonly place: Place;
  readonly #memory: MemoryLog;
  readonly #random: Random;
  readonly #tampering: Tampering;
  #life: Life | undefined;
  #lives = 0;

  constructor(seed: number, tampering: Tampering = {}) {
    this.clock = new VirtualClock();
    this.#memory = memoryLog(this.clock, { syncDelayMs: syncMs });
    this.#random = seededRandom(seed);
    this.#tampering = tampering;
    const random = seededRandom(seed + 1);
    this.place = {
      now: () => this.clock.now(),
      sleep: (ms) => this.clock.sleep(Math.max(1, ms)),
      connect: () => new VirtualConnection(() => this.#life, this.clock, random),
    };
  }

  async start(): Promise<void> {
    const { clock } = this;
    const { driver = (each) => each, store = (each) => each, history, controllers } = this.#tampering;
    const opened = await openStore({
      driver: driver(this.#memory, clock),
      clock,
      log: silentLog,
      snapshotEveryMs: 0,
      ...(history && { history }),
    });
    const apiServer = await createApiServer({
      store: store(opened, clock),
      clock,
      random: seededRandom(1_000 + this.#lives++),
      log: silentLog,
    });
    const parts = {
      clock,
      random: seededRandom(2_000 + this.#lives),
      log: silentLog,
      hearing: allHeard(clock),
    };
    const running = controllers
      ? await startControllers({ client: apiServer.client(), ...parts })
      : undefined;
    this.#life = { store: opened, apiServer, controllers: running, end: new AbortController() };
  }

  /** What is on the disk and in memory now, to be looked at when nobody writes. */
  get store(): Store {
    return this.#life!.store;
  }

  async kill(): Promise<void> {
    const life = this.#life!;
    this.#life = undefined;
    // A batch that the disk has and nobody was told of is as likely as one that it has not.
    this.#memory.crash(randomInteger(this.#random, 2));
    life.end.abort();
    // What is left of it in this process can write no more, and must not run on either.
    void life.controllers?.stop();
    await this.clock.sleep(1 + this.#random.next() * 20);
  }

  /** Runs to the end of what was begun, moving time on. */
  async settle<T>(promise: Promise<T>): Promise<T> {
    const state = { isSettled: false };
    const mark = () => void (state.isSettled = true);
    promise.then(mark, mark);
    while (!state.isSettled) await this.clock.advance(1);
    return promise;
  }
}

class VirtualConnection implements Connection {
  readonly #life: () => Life | undefined;
  readonly #clock: VirtualClock;
  readonly #random: Random;

  constructor(life: () => Life | undefined, clock: VirtualClock, random: Random) {
    this.#life = life;
    this.#clock = clock;
    this.#random = random;
  }

  async ask(method: string, path: string, body?: { type: string; value: unknown }): Promise<Answered> {
    const life = this.#living();
    return cut(life, async () => {
      await this.#wire();
      if (life.end.signal.aborted) return unheard();
      const response = await life.apiServer.handle({
        method,
        path,
        headers: body ? { 'content-type': body.type } : {},
        user: adminUser,
        signal: life.end.signal,
        ...(body && { body: oneChunk(JSON.stringify(body.value)) }),
      });
      const parts: Buffer[] = [];
      if (Buffer.isBuffer(response.body)) parts.push(response.body);
      else for await (const part of response.body) parts.push(part);
      await this.#wire();
      return { status: response.status, json: JSON.parse(Buffer.concat(parts).toString()) };
    });
  }

  async watch(path: string, onLine: (line: string) => void, signal: AbortSignal): Promise<Answered> {
    const life = this.#living();
    return cut(life, async () => {
      await this.#wire();
      if (life.end.signal.aborted) return unheard();
      const leaving = AbortSignal.any([signal, life.end.signal]);
      const { apiServer } = life;
      const response = await apiServer.handle({
        method: 'GET',
        path,
        headers: {},
        user: adminUser,
        signal: leaving,
      });
      if (Buffer.isBuffer(response.body))
        return { status: response.status, json: JSON.parse(response.body.toString()) };
      let rest = '';
      for await (const part of response.body) {
        await this.#wire();
        if (life.end.signal.aborted) return unheard();
        const lines = (rest + part.toString()).split('\n');
        rest = lines.pop()!;
        for (const line of lines) onLine(line);
      }
      return { status: response.status, json: {} };
    });
  }

  close(): void {}

  #living(): Life {
    const life = this.#life();
    if (!life) throw new NoAnswer('nobody listens', true);
    return life;
  }

  #wire(): Promise<void> {
    return this.#clock.sleep(this.#random.next() * wireMsMax);
  }
}

/** What was asked of a life, until that life ends: then no answer comes any more. */
function cut(life: Life, work: () => Promise<Answered>): Promise<Answered> {
  const { signal } = life.end;
  return new Promise((resolve, reject) => {
    const end = () => reject(new NoAnswer('killed'));
    signal.addEventListener('abort', end, { once: true });
    work()
      .then(resolve, (error: unknown) => reject(signal.aborted ? new NoAnswer('killed') : error))
      .finally(() => signal.removeEventListener('abort', end));
  });
}

/** Never settles: whoever waited has been told that no answer comes. */
const unheard = () => new Promise<never>(() => {});

async function* oneChunk(text: string): AsyncGenerator<Uint8Array> {
  yield Buffer.from(text);
}
