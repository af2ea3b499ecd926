import { StoredEntry } from './entry.ts';
import type { Entry } from './store.ts';

/** What one record of the log does. */
export type Change =
  | { type: 'put'; entry: Entry }
  | { type: 'delete'; key: string }
  /** The log was put back from a copy that ended at `from`: everything a client saw after that is void. */
  | { type: 'restore'; from: number };

/** A change as it stands in the log. */
export function changeText(change: Change): string {
  if (change.type !== 'put') return JSON.stringify(change);
  const { key, createRevision, json } = change.entry;
  return `{"type":"put","key":${JSON.stringify(key)},"createRevision":${createRevision},"value":${json}}`;
}

/** All of a put but its value, which has the last place: it stays as it is until anyone asks for it. */
const beforeValue = /^\{"type":"put","key":("(?:[^"\\]|\\.)*"),"createRevision":(\d+),"value":/;

/** The change in a record, whose text the chain has verified. */
export function changeIn(text: string, modRevision: number, read: (json: string) => unknown): Change {
  const found = beforeValue.exec(text);
  if (!found) return JSON.parse(text) as Exclude<Change, { type: 'put' }>;
  const [begin, key, createRevision] = found as unknown as [string, string, string];
  const revisions = { createRevision: Number(createRevision), modRevision };
  const json = text.slice(begin.length, -1);
  return { type: 'put', entry: new StoredEntry(JSON.parse(key) as string, revisions, json, { read }) };
}
