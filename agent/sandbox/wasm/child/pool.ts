import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Instance } from './component.ts';
import { exchange } from './http.ts';
import { refuse } from './outgoing.ts';
import { after } from './time.ts';

export const poolLimits = {
  /** Requests that wait for an instance; more are told 503 at once instead of timing out later. */
  waitingMax: 1024,
  /** An app that waits (timers, slow readers) gets another instance after this long; one that is merely busy does not. */
  growAfterMs: 20,
  /** To the first byte of the answer. */
  answerMsMax: 30_000,
  /** How long a guest may go on after its reader has gone. */
  lingerMsMax: 10_000,
  /** An instance whose memory is fuller than this hands over to a fresh one, before a request meets the end of it. */
  memoryShareMax: 0.9,
  /** Instances beyond the first are let go when idle this long: each holds its own memory. */
  spareIdleMsMax: 30_000,
};

/**
 * The instances of one component and the requests that wait for them. One instance serves request after request; only when it
 * is held up waiting does a second one start, so state in memory is mostly, but not always, seen by the next request.
 */
export class Pool {
  readonly #start: () => Promise<Instance>;
  readonly #instancesMax: number;
  readonly #memoryBytesMax: number;
  readonly #complain: (text: string) => void;
  #idle: Instance[] = [];
  #count = 0;
  #starting = false;
  #waiting: [IncomingMessage, ServerResponse][] = [];
  #growsSoon = false;
  #shrinksSoon = false;

  constructor(
    start: () => Promise<Instance>,
    limits: { instancesMax: number; memoryBytesMax: number },
    complain: (text: string) => void,
  ) {
    this.#start = start;
    this.#instancesMax = limits.instancesMax;
    this.#memoryBytesMax = limits.memoryBytesMax;
    this.#complain = complain;
  }

  get size(): number {
    return this.#count;
  }

  /** Makes the first instance, so that what cannot run says so before anybody asks. */
  async warm(): Promise<void> {
    await this.#grow();
  }

  serve(message: IncomingMessage, answer: ServerResponse): void {
    const instance = this.#idle.pop();
    if (instance) return void this.#run(instance, message, answer);
    if (this.#waiting.length >= poolLimits.waitingMax)
      return refuse(answer, 503, `The app is busy: ${poolLimits.waitingMax} requests wait already.`);
    this.#waiting.push([message, answer]);
    if (this.#growsSoon) return;
    this.#growsSoon = true;
    after(poolLimits.growAfterMs, () => {
      this.#growsSoon = false;
      if (this.#waiting.length > 0) void this.#growQuietly();
    });
  }

  async #growQuietly(): Promise<void> {
    if (this.#starting || this.#count >= this.#instancesMax) return;
    try {
      await this.#grow();
    } catch (error) {
      this.#complain(`Another instance did not start: ${(error as Error).message}`);
    }
  }

  async #grow(): Promise<void> {
    this.#starting = true;
    this.#count++;
    try {
      const instance = await this.#start();
      this.#starting = false;
      this.#release(instance);
    } catch (error) {
      this.#count--;
      this.#starting = false;
      throw error;
    }
  }

  async #run(instance: Instance, message: IncomingMessage, answer: ServerResponse): Promise<void> {
    let given = false;
    /** The instance is stuck or broken: never again, and a fresh one for whoever waits. */
    const discard = () => {
      if (given) return;
      given = true;
      this.#count--;
      if (this.#count === 0 || this.#waiting.length > 0) void this.#growQuietly();
    };
    const cancelDeadline = after(poolLimits.answerMsMax, () => {
      if (answer.headersSent || given) return;
      refuse(answer, 504, `The app did not answer within ${poolLimits.answerMsMax / 1000} s.`);
      discard();
    });
    let cancelLinger: (() => void) | undefined;
    answer.once('close', () => {
      cancelDeadline();
      if (!given) cancelLinger = after(poolLimits.lingerMsMax, discard);
    });
    const { request, outparam, release } = exchange(message, answer);
    try {
      await instance.handle(request, outparam);
      if (given) return;
      given = true;
      // A WASI 0.2 guest cannot go on after it has returned: what is not whole now never will be.
      if (!answer.writableEnded && !answer.destroyed)
        refuse(answer, 500, 'The app ended without a whole answer.');
      this.#release(instance);
    } catch (error) {
      this.#complain(describe(error));
      refuse(answer, 500, 'The app failed while it answered; its log says more.');
      discard();
    } finally {
      cancelLinger?.();
      release();
    }
  }

  #release(instance: Instance): void {
    if (instance.memoryBytes() > this.#memoryBytesMax * poolLimits.memoryShareMax) {
      const mebibytes = Math.round(instance.memoryBytes() / 1024 / 1024);
      this.#complain(`The component's memory was nearly full (${mebibytes} MiB); a fresh copy takes over.`);
      this.#count--;
      return void this.#growQuietly();
    }
    const next = this.#waiting.shift();
    if (next) return void this.#run(instance, ...next);
    this.#idle.push(instance);
    if (this.#idle.length < 2 || this.#shrinksSoon) return;
    this.#shrinksSoon = true;
    after(poolLimits.spareIdleMsMax, () => {
      this.#shrinksSoon = false;
      this.#count -= this.#idle.splice(1).length;
    });
  }
}

function describe(error: unknown): string {
  if (error instanceof Error) return error.stack ?? error.message;
  try {
    return `The handler threw ${JSON.stringify(error)}`;
  } catch {
    return 'The handler threw something that cannot be shown.';
  }
}
