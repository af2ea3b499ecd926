/** One object as an answer shows it. Each write puts a text of its own into a field, by which it is known again. */
export interface Shown {
  /** Its resourceVersion. */
  version: number;
  uid: string;
  a: string;
  b: string;
}

export type Field = 'a' | 'b';

/** What a client asks for; `key` is the object's name. */
export type Call =
  | { do: 'create'; key: string; a: string; b: string }
  | { do: 'get'; key: string }
  /** Compare-and-swap: only where the object is still at `version`. */
  | { do: 'update'; key: string; version: number; a: string; b: string }
  /** The server reads, changes one field, writes; changing nothing, it writes nothing. */
  | { do: 'patch'; key: string; field: Field; value: string }
  | { do: 'delete'; key: string; version?: number }
  /** Of all keys; in pages where there is a limit. */
  | { do: 'list'; limit?: number };

export type Item = Shown & { key: string };

/** One page: the version of the whole list, and when the page was there. */
export interface Page {
  version: number;
  items: Item[];
  returnedAt: number;
}

export type Answer =
  | { is: 'shown'; object: Shown }
  | { is: 'deleted' }
  /** `complete` is false where a later page was refused as too old, or got lost: the last keys are then not known. */
  | { is: 'listed'; pages: Page[]; complete: boolean }
  | { is: 'absent' }
  | { is: 'present' }
  | { is: 'conflict' }
  /** No answer came: it may take effect at any later moment, or never. */
  | { is: 'lost' };

/** What one client saw of one request. Times are milliseconds of one clock that never goes back. */
export interface Operation {
  client: number;
  calledAt: number;
  returnedAt: number;
  call: Call;
  answer: Answer;
}

export interface WatchEvent {
  type: 'ADDED' | 'MODIFIED' | 'DELETED' | 'BOOKMARK';
  version: number;
  heardAt: number;
  /** None for a bookmark. */
  item?: Item;
}

/** One chapter of what a watcher lived through: a state to begin with, or one connection's events after `from`. */
export type Chapter =
  | { is: 'state'; version: number; items: Item[]; calledAt: number; returnedAt: number }
  | {
      is: 'events';
      from: number;
      events: WatchEvent[];
      /** `gone`: the server refused or ended it with a 410, after which a new state must follow. */
      end: 'cut' | 'closed' | 'gone';
    };

/** All that clients and watchers saw of one namespace. */
export interface History {
  /** Replays the choices of the clients, and the moments of the kills as far as the machine repeats itself. */
  seed: number;
  kills: number;
  operations: Operation[];
  watchers: Chapter[][];
}

export interface Violation {
  /** Which promise was broken. */
  rule: 'linearizability' | 'one version, one write' | 'versions grow' | 'lists' | 'pages' | 'watches';
  what: string;
}

export const keyOf = (call: Call): string | undefined => ('key' in call ? call.key : undefined);
