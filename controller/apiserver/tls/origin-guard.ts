/**
 * Why a request may not come in, before anything else of it is looked at; undefined where it may.
 *
 * A web page that has its own name resolve to 127.0.0.1 (DNS rebinding) sends that name as Host; one that posts across
 * origins sends Origin and Sec-Fetch-Site. No client of this API sends either, and none uses another name.
 */
export function refusalByOrigin(
  headers: Record<string, string | string[] | undefined>,
  port: number,
): string | undefined {
  const host = headers[':authority'] ?? headers['host'];
  const allowed = [`localhost:${port}`, `127.0.0.1:${port}`, `[::1]:${port}`];
  if (typeof host !== 'string' || !allowed.includes(host.toLowerCase()))
    return `this API answers to ${allowed.join(', ')} only, not to ${JSON.stringify(host ?? 'no Host')}`;
  if (headers['origin'] !== undefined)
    return 'this API is not for web pages: a request with an Origin is refused';
  const site = headers['sec-fetch-site'];
  if (site !== undefined && site !== 'none')
    return 'this API is not for web pages: a request with Sec-Fetch-Site is refused';
  return undefined;
}
