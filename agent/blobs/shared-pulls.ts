import type { Digest } from './digest.ts';

export interface BlobProgress {
  bytes: number;
  totalBytes: number;
  /** Names of the peers that served bytes so far. */
  from: string[];
}
export type PullListener = (progress: BlobProgress) => void;

type Download = (
  digest: Digest,
  sizeBytes: number,
  signal: AbortSignal,
  listener: PullListener,
) => Promise<void>;

const nothing = (): void => {};

interface Job {
  done: Promise<void>;
  stop: AbortController;
  listeners: Set<PullListener>;
}

/** One download per digest, however many wait for it; it is aborted when the last of them has gone. */
export class SharedPulls {
  readonly #download: Download;
  readonly #jobs = new Map<Digest, Job>();

  constructor(download: Download) {
    this.#download = download;
  }

  async pull(
    digest: Digest,
    sizeBytes: number,
    { signal, onProgress }: { signal?: AbortSignal; onProgress?: PullListener },
  ): Promise<void> {
    signal?.throwIfAborted();
    let job = this.#jobs.get(digest);
    // One that is being aborted still holds the file: let it go first.
    while (job?.stop.signal.aborted) {
      // How it ended was for those who left.
      await job.done.catch(() => {});
      job = this.#jobs.get(digest);
    }
    job ??= this.#start(digest, sizeBytes);
    const listener: PullListener = (progress) => onProgress?.(progress);
    job.listeners.add(listener);
    let leave: () => void = nothing;
    try {
      await Promise.race([
        job.done,
        new Promise<never>((_resolve, reject) => {
          leave = () => reject(signal!.reason as Error);
          signal?.addEventListener('abort', leave, { once: true });
        }),
      ]);
    } finally {
      signal?.removeEventListener('abort', leave);
      job.listeners.delete(listener);
      if (job.listeners.size === 0) job.stop.abort(new Error('nobody waits for it any more'));
    }
  }

  #start(digest: Digest, sizeBytes: number): Job {
    const stop = new AbortController();
    const listeners = new Set<PullListener>();
    const tell: PullListener = (progress) => listeners.forEach((listener) => listener(progress));
    const done = this.#download(digest, sizeBytes, stop.signal, tell).finally(() =>
      this.#jobs.delete(digest),
    );
    // Each who waits hears of a failure; the last may have left before it came.
    done.catch(() => {});
    const job = { done, stop, listeners };
    this.#jobs.set(digest, job);
    return job;
  }
}
