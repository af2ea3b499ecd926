import { ApiError, badRequest } from '../../../api/errors.ts';
import type { Entry } from '../../store/store.ts';

/** Lists that are being read in pages at one moment; each holds references only, the objects are the store's own. */
const snapshotsMax = 32;

export interface ContinueToken {
  /** The revision of the whole list. */
  revision: number;
  /** The first key that may follow. */
  start: string;
}

/** The token of Kubernetes: opaque to clients, readable to people who debug. */
export function encodeContinue({ revision, start }: ContinueToken): string {
  return Buffer.from(JSON.stringify({ v: 'meta.k8s.io/v1', rv: revision, start })).toString('base64url');
}

/**
 * Reads a token, of which somebody may have made another.
 *
 * @throws ApiError (bad request) in the words of Kubernetes
 */
export function decodeContinue(text: string): ContinueToken {
  const { v = '', rv = 0, start = '' } = parsedToken(text);
  if (typeof v !== 'string' || typeof start !== 'string' || !Number.isSafeInteger(rv))
    throw noToken('it is not one that a list gave out');
  if (v !== 'meta.k8s.io/v1') throw noToken(`server does not recognize this encoded version ${v}`);
  if (rv === 0) throw noToken('incorrect encoded start resourceVersion (version meta.k8s.io/v1)');
  if (start === '') throw noToken('encoded start key empty (version meta.k8s.io/v1)');
  const rooted = start.startsWith('/') ? start : `/${start}`;
  // A key that would lead out of the list, or into it by another way.
  if (
    rooted !== '/' &&
    !rooted
      .split('/')
      .slice(1)
      .every((step) => step !== '' && step !== '.' && step !== '..')
  )
    throw noToken(start);
  return { revision: rv as number, start: rooted.slice(1) };
}

function parsedToken(text: string): Record<string, unknown> {
  try {
    const bytes = Buffer.from(text, 'base64url');
    const token: unknown = JSON.parse(bytes.toString());
    const isWhole = /^[\w-]*$/.test(text) && text.length % 4 !== 1;
    if (isWhole && typeof token === 'object' && token !== null && !Array.isArray(token))
      return withoutNulls(token as Record<string, unknown>);
  } catch {
    // Said below: it makes no difference to whoever sent it what else it is.
  }
  throw noToken('it is not one that a list gave out');
}

/** `null` is as nothing in Go. */
const withoutNulls = (token: Record<string, unknown>) =>
  Object.fromEntries(Object.entries(token).filter(([, value]) => value !== null));

function noToken(why: string): ApiError {
  return badRequest(`invalid continue token: continue key is not valid: ${why}`);
}

/** Keeps what a list looked like at its first page, so that its later pages show the same moment. */
export class Pages {
  readonly #snapshots = new Map<string, Entry[]>();

  remember(prefix: string, revision: number, entries: Entry[]): void {
    this.#snapshots.set(`${revision} ${prefix}`, entries);
    const oldest = this.#snapshots.keys().next();
    if (this.#snapshots.size > snapshotsMax && !oldest.done) this.#snapshots.delete(oldest.value);
  }

  /** The list's entries as of the token's revision; 410 with a token to go on from now where that is forgotten. */
  recall(prefix: string, token: ContinueToken, now: { entries: Entry[]; revision: number }): Entry[] {
    const entries = this.#snapshots.get(`${token.revision} ${prefix}`);
    if (entries) return entries;
    if (token.revision === now.revision || token.revision === inconsistent) return now.entries;
    const expired = new ApiError(
      410,
      'Expired',
      'The provided continue parameter is too old to display a consistent list result. You can start a new list without ' +
        'the continue parameter, or use the continue token in this response to retrieve the remainder of the results. ' +
        'Continuing with the provided token results in an inconsistent list - objects that were created, modified, or ' +
        'deleted between the time the first chunk was returned and now may show up in the list.',
    );
    expired.status.metadata = { continue: encodeContinue({ revision: inconsistent, start: token.start }) };
    throw expired;
  }
}

/** As in Kubernetes, a token of revision -1 goes on from what is there now. */
const inconsistent = -1;
