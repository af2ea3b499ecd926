import { getOwn, isPlainObject, setOwn } from '../plain-objects.ts';
import type { PlainObject } from '../plain-objects.ts';

/** What holds a value: an object by its key, or a list by its place. */
export type Holder = PlainObject | unknown[];

/** A place in a document: who holds it, and as what. */
export interface Place {
  holder: Holder;
  key: string;
}

/** Thrown for a place that is not there. */
export class PointerError extends Error {}

/** How many levels down a pointer leads. */
export function levelsOf(pointer: string): number {
  return pointer.split('/').length - 1;
}

/** The holder of what a pointer (RFC 6901) names; the last step itself may be missing. @throws PointerError */
export function placeOf(document: unknown, pointer: string): Place {
  const steps = pointer.split('/').slice(1).map(unescaped);
  const key = steps.pop();
  const missing = () => new PointerError(`there is no ${JSON.stringify(pointer)}`);
  if (key === undefined) throw missing();
  let holder = document;
  for (const step of steps) {
    if (!isHolder(holder)) throw missing();
    holder = valueAt({ holder, key: step });
  }
  if (!isHolder(holder)) throw missing();
  return { holder, key };
}

/** What stands there; undefined where an object has no such key. @throws PointerError where a list has no such place */
export function valueAt({ holder, key }: Place): unknown {
  return Array.isArray(holder) ? (holder as unknown[])[indexIn(holder.length, key)] : getOwn(holder, key);
}

/** Puts a value there: into an object, or between what a list has; `-` is its end. @throws PointerError */
export function addAt({ holder, key }: Place, value: unknown): void {
  if (!Array.isArray(holder)) setOwn(holder, key, value);
  else if (key === '-') holder.push(value);
  else holder.splice(indexIn(holder.length + 1, key), 0, value);
}

/** Puts a value in the place of what is there. @throws PointerError */
export function setAt({ holder, key }: Place, value: unknown): void {
  if (Array.isArray(holder)) holder[indexIn(holder.length, key)] = value;
  else setOwn(holder, key, value);
}

/** @throws PointerError where nothing is there */
export function removeAt({ holder, key }: Place): void {
  if (Array.isArray(holder)) holder.splice(indexIn(holder.length, key), 1);
  else if (Object.hasOwn(holder, key)) delete holder[key];
  else throw new PointerError(`there is no key ${JSON.stringify(key)} to take away`);
}

const isHolder = (value: unknown): value is Holder => Array.isArray(value) || isPlainObject(value);

const unescaped = (step: string) => step.replace(/~[01]/g, (found) => (found === '~1' ? '/' : '~'));

/** As Kubernetes reads it: negative numbers count from the end. */
function indexIn(length: number, key: string): number {
  if (!/^[-+]?\d+$/.test(key)) throw new PointerError(`${JSON.stringify(key)} is no place in a list`);
  const index = Number(key) < 0 ? Number(key) + length : Number(key);
  if (index < 0 || index >= length) throw new PointerError(`a list has no place ${key}`);
  return index;
}
