/**
 * One row: what is set in the good object (paths; `undefined` takes a field away), then all that the server says of it, each as
 * `field: message`; nothing where it is taken. The words were recorded from kube-apiserver 1.33.13:
 * each once, with `<uid>` for uids, and `…` for structures of which it prints addresses in its memory.
 */
export type SpoiltRow = [spoilt: Record<string, unknown>, ...says: string[]];

/** An object of one kind that is in order, and what becomes of it where it is not. */
export interface SpoiltTable {
  /** The path of the collection in the namespace `default`. */
  collection: string;
  /** Where updates go, if not to the object itself: `/resize`. */
  subresource?: string;
  good: object;
  /** The status that it has before its status is tried to be changed, or itself. */
  begin?: object;
  /** On creation. */
  spoilt: SpoiltRow[];
  /** On an update of the good object. */
  changes: SpoiltRow[];
  /** On an update of its status. */
  statuses: SpoiltRow[];
}

/** A copy of the object with each path set. */
export function spoil(good: object, row: Record<string, unknown>): object {
  const copy = structuredClone(good);
  for (const [path, value] of Object.entries(row)) {
    const steps = path.match(/[^.[\]]+/g) ?? [];
    let parent = copy as Record<string, unknown>;
    for (const step of steps.slice(0, -1)) parent = (parent[step] ??= {}) as Record<string, unknown>;
    if (value === undefined) delete parent[steps.at(-1)!];
    else parent[steps.at(-1)!] = value;
  }
  return copy;
}
