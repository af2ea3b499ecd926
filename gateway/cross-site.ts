import type { IncomingMessage } from 'node:http';

/** Change nothing by their meaning, and a browser lets no other site read their answers. */
const readingMethods = new Set(['GET', 'HEAD', 'OPTIONS']);

/** What a page may send elsewhere without asking first (a CORS "simple" request). */
const simpleTypes = /^\s*(text\/plain|multipart\/form-data|application\/x-www-form-urlencoded)\b/i;

/**
 * Why a browser's request from another site is refused; undefined where it may pass.
 *
 * The gateway acts with its owner's membership, which every page in the owner's browser could borrow: a form that posts
 * itself, or a WebSocket, needs nobody's leave. So what changes something must come from the app's own pages, or be of
 * a kind for which the browser has asked the app before (CORS preflight). Apps of one swarm are strangers to each other:
 * `same-site` counts as another site. Tools send neither header and pass. After Go's `http.CrossOriginProtection`.
 */
export function crossSiteRefusal(
  req: Pick<IncomingMessage, 'method' | 'headers'>,
  isUpgrade: boolean,
): string | undefined {
  const { headers } = req;
  if (!isUpgrade && readingMethods.has(req.method ?? '')) return undefined;
  const { origin } = headers;
  const isOwn = origin !== undefined && origin.toLowerCase() === `http://${headers.host?.toLowerCase()}`;
  // A WebSocket's origin is always said by browsers, and is older than Sec-Fetch-Site.
  if (isUpgrade) return origin === undefined || isOwn ? undefined : refusal(origin, 'WebSocket');
  const site = headers['sec-fetch-site'];
  if (site === 'same-origin' || site === 'none' || isOwn) return undefined;
  if (site === undefined && origin === undefined) return undefined;
  const wasAsked = headers['sec-fetch-mode'] !== 'navigate' && isPreflighted(req);
  return wasAsked ? undefined : refusal(origin ?? String(site), req.method ?? '');
}

function isPreflighted({ method, headers }: Pick<IncomingMessage, 'method' | 'headers'>): boolean {
  if (method !== 'POST') return true;
  const type = headers['content-type'];
  return type !== undefined && !simpleTypes.test(type);
}

function refusal(from: string, what: string): string {
  return (
    `a page of ${from.slice(0, 100)} may not send this ${what} to the app; ` +
    'if that is meant, annotate the Service with kith.home.arpa/cross-site: allow'
  );
}
