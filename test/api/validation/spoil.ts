import { steps } from '../../../api/field-path.ts';

/** A copy of the object with one field changed; `undefined` takes it away. A step that is not there is made. */
export function spoil<T extends object>(object: T, path: string, value: unknown): T {
  const copy = structuredClone(object);
  const way = steps(path);
  const last = way.pop()!;
  let at = copy as Record<string, unknown>;
  for (const step of way) at = (at[step] ??= {}) as Record<string, unknown>;
  if (value === undefined) delete at[last];
  else at[last] = value;
  return copy;
}

/** An object in order, and what is said of it where one field is changed: the path, its value, then each message. */
export interface Spoilt {
  object: { apiVersion: string; kind: string; metadata: Record<string, unknown>; [field: string]: unknown };
  /** Messages are Kubernetes' own, as kube-apiserver 1.33 words them. */
  wrong: [path: string, value: unknown, ...messages: string[]][];
  /** The same, for an update of the object in order. */
  wrongUpdates?: [path: string, value: unknown, ...messages: string[]][];
  /** Changes that an update may make. */
  rightUpdates?: [path: string, value: unknown][];
}
