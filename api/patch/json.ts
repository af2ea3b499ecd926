import { depthMax, isDeeperThan } from '../depth.ts';
import { ApiError, badRequest } from '../errors.ts';
import { isPlainObject, sameJson } from '../plain-objects.ts';
import { addAt, levelsOf, placeOf, PointerError, removeAt, setAt, valueAt } from './pointer.ts';

/** Kubernetes' limit. */
const operationsMax = 10_000;

/**
 * All that is copied, or carried further down, in characters of JSON: `copy` of a value into itself doubles it each time, and how deep what is
 * moved is has to be looked at.
 */
const copiedCharactersMax = 3 * 1024 * 1024;

interface Operation {
  op: string;
  path: string;
  from: string;
  /** What is not said is `null`. */
  value: unknown;
}

/**
 * JSON patch (RFC 6902) as Kubernetes reads it, as a new value: `replace` also makes a key, and places in lists may be counted from the end.
 * Source: gopkg.in/evanphx/json-patch.v4
 *
 * @throws ApiError bad request where the patch is no list of operations; invalid where one does not fit (a failed `test`, no such path or operation)
 */
export function applyJsonPatch(target: object, patch: unknown): unknown {
  const operations = operationsOf(patch);
  let document: unknown = structuredClone(target);
  let copied = 0;
  for (const [index, operation] of operations.entries()) {
    document = attempt(operation, index, () => {
      const carried = carriedBy(document, operation);
      if (operation.op === 'copy' || operation.op === 'move')
        copied += JSON.stringify(carried ?? null).length;
      if (copied > copiedCharactersMax)
        throw badRequest(
          `a JSON patch may copy ${copiedCharactersMax} characters, operation ${index} copies more`,
        );
      staysShallow(carried, operation, index);
      return operate(document, operation);
    });
  }
  return document;
}

function operate(document: unknown, { op, path, from, value }: Operation): unknown {
  switch (op) {
    case 'add':
      addAt(placeOf(document, path), structuredClone(value));
      return document;
    case 'remove':
      removeAt(placeOf(document, path));
      return document;
    case 'replace': {
      if (path === '') return wholeFrom(value);
      const place = placeOf(document, path);
      setAt(place, structuredClone(value));
      return document;
    }
    case 'move': {
      const source = placeOf(document, from);
      const moved = valueAt(source);
      removeAt(source);
      addAt(placeOf(document, path), moved);
      return document;
    }
    case 'copy': {
      const copied = structuredClone(valueAt(placeOf(document, from))) ?? null;
      addAt(placeOf(document, path), copied);
      return document;
    }
    case 'test': {
      const found = path === '' ? document : (valueAt(placeOf(document, path)) ?? null);
      if (!sameJson(found, value)) throw new PointerError('what is there is something else');
      return document;
    }
    default:
      throw new PointerError('there is no such operation');
  }
}

function wholeFrom(value: unknown): unknown {
  if (typeof value === 'object' && value !== null) return structuredClone(value);
  throw new PointerError('only an object or a list may take the place of the whole');
}

/** What an operation brings further down than it was: that has to be counted, and looked at. */
function carriedBy(document: unknown, { op, path, from, value }: Operation): unknown {
  if (op === 'add' || op === 'replace') return value;
  if (op === 'copy' || (op === 'move' && levelsOf(path) > levelsOf(from)))
    return valueAt(placeOf(document, from));
  return undefined;
}

/** Before each step, so that nobody ever goes down further: each `copy` of a value into itself makes it deeper. */
function staysShallow(carried: unknown, { path }: Operation, index: number): void {
  const above = levelsOf(path);
  if (above > depthMax || isDeeperThan(carried, depthMax - above))
    throw badRequest(`an object may be nested ${depthMax} levels deep, operation ${index} asks for more`);
}

function operationsOf(patch: unknown): Operation[] {
  if (!Array.isArray(patch))
    throw badRequest('a JSON patch is a list of operations, such as [{"op":"remove","path":"/spec/paused"}]');
  if (patch.length > operationsMax)
    throw badRequest(`a JSON patch may have ${operationsMax} operations, this has ${patch.length}`);
  return patch.map((operation: unknown, index) => {
    if (!isPlainObject(operation)) throw badRequest(`operation ${index} of the JSON patch is no object`);
    const { op = 'unknown', path, from, value = null } = operation;
    if (typeof op !== 'string') throw misfit(index, 'unknown', 'its op must be text');
    if (typeof path !== 'string') throw misfit(index, op, 'it needs a path');
    const isFrom = op === 'copy' || op === 'move';
    if (isFrom && typeof from !== 'string') throw misfit(index, op, 'it needs a path in from');
    return { op, path, from: isFrom ? (from as string) : '', value };
  });
}

/** What does not fit the object is no fault of the request's form: 422, as Kubernetes answers. */
function attempt<T>({ op }: Operation, index: number, action: () => T): T {
  try {
    return action();
  } catch (error) {
    if (error instanceof PointerError) throw misfit(index, op, error.message);
    throw error;
  }
}

function misfit(index: number, op: string, why: string): ApiError {
  return new ApiError(
    422,
    'Invalid',
    `the server rejected our request due to an error in our request: operation ${index} (${op}) of the JSON patch: ${why}`,
  );
}
