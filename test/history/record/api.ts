/** What a request was answered. */
export interface Answered {
  status: number;
  json: unknown;
}

/** No whole answer came. Where it was never sent, it was certainly not served. */
export class NoAnswer extends Error {
  readonly isUnsent: boolean;
  constructor(why: string, isUnsent = false) {
    super(why);
    this.isUnsent = isUnsent;
  }
}

/** One connection to an API server that may be killed and come back, whatever is in between. */
export interface Connection {
  /** @throws NoAnswer */
  ask(method: string, path: string, body?: { type: string; value: unknown }): Promise<Answered>;
  /**
   * Begins a watch: resolves with the refusal, or after the last line. `onLine` gets each whole line at once.
   *
   * @throws NoAnswer where it was cut
   */
  watch(path: string, onLine: (line: string) => void, signal: AbortSignal): Promise<Answered>;
  close(): void;
}

/** Where connections lead, and the time by which they are recorded: milliseconds that never go back. */
export interface Place {
  connect(): Connection;
  now(): number;
  sleep(ms: number): Promise<void>;
}
