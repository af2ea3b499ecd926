import { Worker } from 'node:worker_threads';
import { StoreCorrupt } from '../errors.ts';
import { LogFull, type LogState } from '../log.ts';
import type { Answered, Answers, Asked, Failure, Request } from './messages.ts';

interface Waiting {
  resolve: (answer: never) => void;
  reject: (error: Error) => void;
}

/** This side of the worker thread: asks, and hands each answer to who asked. A thread that died is replaced at the next question. */
export class LogWorker {
  readonly #open: Extract<Request, { type: 'open' }>;
  /** Who waits for the living thread; each thread has a map of its own, so that the end of one fails only its own. */
  #waiting = new Map<number, Waiting>();
  #worker: Worker | undefined;
  /** What the living thread said to `open`; undefined while there is none. */
  #opened: Promise<LogState> | undefined;
  #nextId = 0;

  constructor(open: Extract<Request, { type: 'open' }>) {
    this.#open = open;
  }

  /** Starts a thread and has it verify and open the log, if that was not done yet. */
  open(): Promise<LogState> {
    if (!this.#opened) {
      this.#worker = this.#start();
      const opened = this.#post(this.#open);
      this.#opened = opened;
      // A log that could not be opened is tried anew at the next question: the disk may be well again by then.
      opened.catch(() => this.end());
    }
    return this.#opened;
  }

  async ask<T extends Request>(request: T): Promise<Answers[T['type']]> {
    await this.open();
    return this.#post(request);
  }

  async end(): Promise<void> {
    const worker = this.#worker;
    this.#worker = undefined;
    this.#opened = undefined;
    await worker?.terminate();
  }

  #post<T extends Request>(request: T): Promise<Answers[T['type']]> {
    const asked: Asked = { id: this.#nextId++, request };
    return new Promise((resolve, reject) => {
      this.#waiting.set(asked.id, { resolve, reject });
      // A thread that waits for work does not keep the program alive; one that owes an answer does.
      this.#worker?.ref();
      this.#worker?.postMessage(asked);
    });
  }

  #start(): Worker {
    // Compiled, this file and the worker are JavaScript; only import specifiers are rewritten by the compiler.
    const extension = import.meta.url.endsWith('.ts') ? 'ts' : 'js';
    const worker = new Worker(new URL(`./worker.${extension}`, import.meta.url), {
      name: 'kith-store',
      // Not the parent's own: its loaders and flags are of no use here, and cost memory.
      execArgv: ['--disable-warning=ExperimentalWarning'],
    });
    worker.unref();
    const waiting = new Map<number, Waiting>();
    this.#waiting = waiting;
    let reason = 'it exited';
    worker.on('message', (message: Answered) => this.#answered(message));
    worker.on('error', (error: Error) => (reason = error.message));
    worker.on('exit', () => {
      if (this.#worker === worker) this.#worker = this.#opened = undefined;
      const lost = [...waiting.values()];
      waiting.clear();
      for (const { reject } of lost) reject(new Error(`The store's worker thread ended: ${reason}`));
    });
    return worker;
  }

  #answered(message: Answered): void {
    const waiting = this.#waiting.get(message.id);
    this.#waiting.delete(message.id);
    if (this.#waiting.size === 0) this.#worker?.unref();
    if (!waiting) return;
    if ('failure' in message) waiting.reject(errorOf(message.failure));
    else waiting.resolve(message.answer as never);
  }
}

function errorOf(failure: Failure): Error {
  switch (failure.kind) {
    case 'full':
      return new LogFull(failure.message);
    case 'corrupt':
      return new StoreCorrupt(failure.file, failure.revision, failure.message, failure.restore);
    case 'other':
      return new Error(failure.message);
  }
}
