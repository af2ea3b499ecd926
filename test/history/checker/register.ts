import type { Answer, Call, Shown } from './history.ts';

/** One object of the store, as it should be. */
export interface Register {
  object: Held | undefined;
  /** No later write to this key has a version up to here. */
  last: number;
}

/**
 * An object that a write without an answer made has a version that nobody was told (`unseen`), or, where its text is not its own, one
 * that cannot be told from here (`any`).
 */
interface Held {
  version: number | 'unseen' | 'any';
  uid: string | undefined;
  a: string;
  b: string;
}

/** A request that concerns one key; a list is a get of each key. */
export interface KeyOperation {
  calledAt: number;
  /** Infinite where the answer is lost. */
  returnedAt: number;
  call: Exclude<Call, { do: 'list' }>;
  answer: Exclude<Answer, { is: 'listed' }>;
  /** What others first saw of a lost write whose text is its own: perhaps only after one more. Undefined where its text is not its own. */
  seen?: Shown | 'nobody' | undefined;
}

export const empty: Register = { object: undefined, last: 0 };

/** The state after the request, if it can be answered so in this state; else undefined. */
export function step(state: Register, { call, answer, seen }: KeyOperation): Register | undefined {
  const { object } = state;
  switch (answer.is) {
    case 'absent':
      return object || call.do === 'create' ? undefined : state;
    case 'present':
      return object && call.do === 'create' ? state : undefined;
    case 'conflict':
      return conflicts(object, call) ? state : undefined;
    case 'deleted':
      return object && call.do === 'delete' && expects(object, call.version) ? gone(state) : undefined;
    case 'shown':
      return call.do === 'get' ? shows(state, answer.object) : written(state, call, answer.object);
    case 'lost':
      if (call.do === 'get') return undefined;
      if (call.do === 'delete') return object && expects(object, call.version) ? gone(state) : undefined;
      return writtenUnheard(state, call, seen);
  }
}

/** Two states that are alike have the same text. */
export function textOf({ object, last }: Register): string {
  return object ? `${last} ${object.version} ${object.uid} ${object.a} ${object.b}` : `${last}`;
}

/** Whether answers that show this version, and later ones, can still be given from here. */
export function isAlive({ object, last }: Register, leastVersion: number): boolean {
  return object && object.version === last ? leastVersion >= last : leastVersion > last;
}

/**
 * Lost requests with the same text can stand for each other: none of them tells more than that it may have happened. Those that were seen
 * are each their own.
 */
export function stand({ call, seen }: KeyOperation, at: number): string {
  if (call.do === 'delete') return `delete ${call.version}`;
  if (seen !== 'nobody') return String(at);
  if (call.do === 'patch') return `patch ${call.field}`;
  return call.do === 'update' ? `update ${call.version}` : call.do;
}

/** Whether a lost write after this state tells nothing new: one that nobody saw on top of another that nobody saw. */
export function isPointless({ object }: Register, { seen }: KeyOperation): boolean {
  return seen === 'nobody' && object?.version === 'unseen';
}

function gone({ object, last }: Register): Register {
  return { object: undefined, last: typeof object?.version === 'number' ? object.version : last };
}

const expects = (object: Held, version: number | undefined): boolean =>
  version === undefined || object.version === 'any' || object.version === version;

function conflicts(object: Held | undefined, call: KeyOperation['call']): boolean {
  if (!object || (call.do !== 'update' && call.do !== 'delete') || call.version === undefined) return false;
  return object.version !== call.version;
}

function shows({ object, last }: Register, shown: Shown): Register | undefined {
  if (!object || !isLike(object, shown)) return undefined;
  const isVersion = object.version === 'any' ? shown.version > last : object.version === shown.version;
  return isVersion ? { object: shown, last: shown.version } : undefined;
}

/** The same content, and the same object by its uid, where that is known. */
const isLike = (object: Pick<Held, 'a' | 'b' | 'uid'>, shown: Shown): boolean =>
  object.a === shown.a && object.b === shown.b && (object.uid === undefined || object.uid === shown.uid);

/** The state after a write that was answered with what it made. */
function written({ object, last }: Register, call: KeyOperation['call'], shown: Shown): Register | undefined {
  const next = contentAfter(object, call);
  if (!next || !isLike(next, shown)) return undefined;
  const isUnchanged = object?.a === next.a && object.b === next.b && object.version === shown.version;
  if (shown.version <= last && !isUnchanged) return undefined;
  return { object: shown, last: shown.version };
}

function writtenUnheard(
  { object, last }: Register,
  call: KeyOperation['call'],
  seen: KeyOperation['seen'],
): Register | undefined {
  const next = contentAfter(object, call);
  if (!next) return undefined;
  if (seen === undefined) return { object: { ...next, version: 'any' }, last };
  if (seen !== 'nobody' && seen.version > last && isLike(next, seen))
    return { object: seen, last: seen.version };
  // Had anybody seen it at its own version, it would be what was seen first.
  return { object: { ...next, version: 'unseen' }, last };
}

function contentAfter(
  object: Held | undefined,
  call: KeyOperation['call'],
): Pick<Held, 'a' | 'b' | 'uid'> | undefined {
  switch (call.do) {
    case 'create':
      return object ? undefined : { a: call.a, b: call.b, uid: undefined };
    case 'update':
      return object && expects(object, call.version) ? { a: call.a, b: call.b, uid: object.uid } : undefined;
    case 'patch':
      return object && { a: object.a, b: object.b, uid: object.uid, [call.field]: call.value };
    default:
      return undefined;
  }
}
