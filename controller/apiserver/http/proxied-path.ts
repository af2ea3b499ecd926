/** A path behind `…/pods/web:80/proxy`, which belongs to the app and is not read. */
export interface ProxiedPath {
  /** As the caller wrote it, up to and with `/proxy`. */
  base: string;
  /** `/index.html`, or nothing where not even a slash follows. */
  rest: string;
}

const proxied = /^(\/api\/v1\/namespaces\/[^/]+\/(?:pods|services)\/[^/]+\/proxy)(\/.*)?$/;

/** @param path without its query */
export function proxiedPath(path: string): ProxiedPath | undefined {
  const [, base, rest = ''] = proxied.exec(path) ?? [];
  return base === undefined ? undefined : { base, rest };
}
