/** Work that several callers want at once is done once; it is abandoned when the last of them has lost interest. */
export class SharedWork<T> {
  readonly #running = new Map<string, { result: Promise<T>; abandon: AbortController; waiting: number }>();

  /** Rejects with the signal's reason as soon as `signal` aborts, whatever the others do. */
  join(id: string, signal: AbortSignal | undefined, start: (shared: AbortSignal) => Promise<T>): Promise<T> {
    if (signal?.aborted) return Promise.reject(signal.reason);
    let work = this.#running.get(id);
    if (!work) {
      const abandon = new AbortController();
      const mine = { result: start(abandon.signal), abandon, waiting: 0 };
      const forget = () => {
        if (this.#running.get(id) === mine) this.#running.delete(id);
      };
      mine.result.then(forget, forget);
      this.#running.set(id, mine);
      work = mine;
    }
    const joined = work;
    joined.waiting++;
    return new Promise<T>((resolve, reject) => {
      const leave = () => {
        reject(signal!.reason);
        if (--joined.waiting > 0) return;
        this.#running.delete(id);
        joined.abandon.abort(signal!.reason);
      };
      signal?.addEventListener('abort', leave, { once: true });
      joined.result.then(resolve, reject).finally(() => signal?.removeEventListener('abort', leave));
    });
  }
}
