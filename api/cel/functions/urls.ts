import { Dict, List, UrlValue } from '../values.ts';
import { def, fail, ofText } from './definition.ts';
import type { Def } from './definition.ts';

const urlOf = (value: string): URL | undefined => {
  if (/[\s\p{Cc}]/u.test(value)) return undefined;
  if (value.startsWith('/'))
    return URL.canParse(value, 'relative://host') ? new URL(value, 'relative://host') : undefined;
  return /^[a-zA-Z][a-zA-Z0-9+.-]*:\/\//.test(value) && URL.canParse(value) ? new URL(value) : undefined;
};
const isRelative = ({ url }: UrlValue) => url.protocol === 'relative:';
/** Parts of URLs. */
export const urls: readonly Def[] = [
  ofText<[string]>('isURL(string): bool', ([value]) => urlOf(value) !== undefined),
  ofText<[string]>('url(string): url', ([value]) => {
    const url = urlOf(value);
    return url
      ? new UrlValue(value, url)
      : fail(
          `URL parse error during conversion from string: parse ${JSON.stringify(value)}: invalid URI for request`,
        );
  }),
  def<[UrlValue]>('url.getScheme(): string', ([value]) =>
    isRelative(value) ? '' : value.url.protocol.slice(0, -1),
  ),
  def<[UrlValue]>('url.getHost(): string', ([value]) => (isRelative(value) ? '' : hostOf(value))),
  def<[UrlValue]>('url.getHostname(): string', ([value]) =>
    isRelative(value) ? '' : value.url.hostname.replace(/^\[|\]$/g, ''),
  ),
  def<[UrlValue]>('url.getPort(): string', ([value]) => (isRelative(value) ? '' : portOf(value))),
  def<[UrlValue]>('url.getEscapedPath(): string', ([value]) =>
    /^[^/]*\/\/[^/]*$/.test(value.text) ? '' : value.url.pathname,
  ),
  def<[UrlValue]>('url.getQuery(): map<string, list<string>>', ([{ url }]) =>
    Dict.of(
      [...new Set(url.searchParams.keys())].map(
        (key) => [key, List.of(url.searchParams.getAll(key))] as const,
      ),
    ),
  ),
];

/** The port as it was written: JavaScript drops those that a scheme has anyway. */
function portOf({ text: written, url }: UrlValue): string {
  return url.port || (/^[^/]*\/\/[^/?#]*:(\d+)(?:[/?#]|$)/.exec(written)?.[1] ?? '');
}
function hostOf(value: UrlValue): string {
  const port = portOf(value);
  return port ? `${value.url.hostname}:${port}` : value.url.hostname;
}
