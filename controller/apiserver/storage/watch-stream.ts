import { gone, unavailable, type ApiError } from '../../../api/errors.ts';
import type { Kind } from '../../../api/kinds.ts';
import type { KubeObject } from '../../../client/client.ts';
import { served } from '../custom/served.ts';
import { isStoreCompacted } from '../../store/errors.ts';
import type { StoreEvent } from '../../store/store.ts';
import type { Selection } from './selection.ts';

/** One thing that a watcher is told. The object is shared by all watchers: never change it. */
export interface Notice {
  type: 'ADDED' | 'MODIFIED' | 'DELETED' | 'BOOKMARK';
  object: KubeObject;
}

/** A watcher that has this many notices waiting is not given more; the store ends it once it falls behind its history. */
const waitingNoticesMax = 1_000;

/**
 * One watch: what the store says, as seen through a selection. Whoever reads takes all that waits at once.
 */
export class WatchStream {
  readonly #selection: Selection;
  readonly kind: Kind;
  #waiting: Notice[] = [];
  #wake: (() => void) | undefined;
  #resume: (() => void) | undefined;
  #end: { error: ApiError | undefined } | undefined;
  #cancels: (() => void)[] = [];

  constructor(selection: Selection, kind: Kind) {
    this.#selection = selection;
    this.kind = kind;
  }

  /** Ends with the stream; called at once if it has ended already. */
  onEnd(cancel: () => void): void {
    if (this.#end) cancel();
    else this.#cancels.push(cancel);
  }

  /** The store's listener. */
  readonly hear = (event: StoreEvent): void | Promise<void> => {
    const notice = seenThrough(event, this.#selection, this.kind);
    if (!notice) return undefined;
    this.push(notice);
    if (this.#waiting.length < waitingNoticesMax) return undefined;
    return new Promise((resolve) => (this.#resume = resolve));
  };

  push(notice: Notice): void {
    if (this.#end) return;
    this.#waiting.push(notice);
    this.#wake?.();
  }

  /** Tells how far the watch has come, unless it has something better to tell. */
  bookmark(object: KubeObject): void {
    if (this.#waiting.length === 0 && !this.#resume) this.push({ type: 'BOOKMARK', object });
  }

  /** Ends the stream in good order, or with the error that the watcher is told. What waits is still given out first. */
  end(error?: Error): void {
    if (this.#end) return;
    this.#end = { error: error && watchError(error) };
    for (const cancel of this.#cancels) cancel();
    this.#cancels = [];
    this.#resume?.();
    this.#wake?.();
  }

  /** All notices that wait, as soon as there are any; undefined once the stream has ended in good order. */
  async take(): Promise<Notice[] | undefined> {
    while (this.#waiting.length === 0) {
      if (this.#end) {
        if (this.#end.error) throw this.#end.error;
        return undefined;
      }
      await new Promise<void>((resolve) => (this.#wake = resolve));
      this.#wake = undefined;
    }
    const notices = this.#waiting;
    this.#waiting = [];
    const resume = this.#resume;
    this.#resume = undefined;
    resume?.();
    return notices;
  }
}

/** What an event means to someone who sees only what the selection takes. */
export function seenThrough(event: StoreEvent, selection: Selection, kind: Kind): Notice | undefined {
  const object = served(kind, event.entry.value as KubeObject);
  if (event.type === 'delete')
    return selection.matches(object)
      ? { type: 'DELETED', object: lastSeen(object, event.revision) }
      : undefined;
  const before = event.previous && served(kind, event.previous.value as KubeObject);
  const wasSeen = before !== undefined && selection.matches(before);
  const isSeen = selection.matches(object);
  if (isSeen) return { type: wasSeen ? 'MODIFIED' : 'ADDED', object };
  // It left the selection: to this watcher it is gone. What it sees last is how it looked before.
  return wasSeen ? { type: 'DELETED', object: lastSeen(before, event.revision) } : undefined;
}

/** One copy for all watchers of an object's end (each state has one only), so that its bytes are shared too. */
const lastSeenOf = new WeakMap<KubeObject, KubeObject>();

/** The object as it was, at the version at which it went: a watch that resumes from it must not see the going again. */
function lastSeen(object: KubeObject, revision: number): KubeObject {
  let copy = lastSeenOf.get(object);
  if (!copy) {
    copy = { ...object, metadata: { ...object.metadata, resourceVersion: String(revision) } };
    lastSeenOf.set(object, copy);
  }
  return copy;
}

function watchError(error: Error): ApiError {
  if (isStoreCompacted(error)) return gone(`too old resource version: ${error.message}`);
  return unavailable(`the watch ended: ${error.message}`);
}
