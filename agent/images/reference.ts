import { isDigest, type Digest } from '../blobs/digest.ts';
import { ImageError } from './errors.ts';

/** An image's name as manifests write it: `[host[:port]/]path[:tag][@sha256:…]`. */
export interface Reference {
  /** The registry, if the name begins with one: `ghcr.io`, `localhost:5486`. */
  host: string | undefined;
  /** Without registry, tag and digest: `team/hello`. */
  path: string;
  /** `latest` if neither a tag nor a digest is given. */
  tag: string | undefined;
  digest: Digest | undefined;
}

/** The limits of the OCI distribution specification. */
const pathLettersMax = 255;
const part = '[a-z0-9]+(?:(?:\\.|_|__|-+)[a-z0-9]+)*';
const pathPattern = new RegExp(`^${part}(?:/${part})*$`);
const tagPattern = /^\w[\w.-]{0,127}$/;
const hostPattern = /^(?:[a-zA-Z0-9](?:[a-zA-Z0-9.-]*[a-zA-Z0-9])?|\[[0-9a-fA-F:]+\])(?::\d{1,5})?$/;

/**
 * Reads an image reference.
 * @throws ImageError `InvalidImageName`, saying which part is wrong
 */
export function parseReference(text: string): Reference {
  const wrong = (what: string): ImageError =>
    new ImageError(
      'InvalidImageName',
      `image ${JSON.stringify(text)}: ${what}. Write [registry/]name[:tag][@sha256:digest].`,
    );
  const at = text.indexOf('@');
  const digest = at < 0 ? undefined : text.slice(at + 1);
  if (digest !== undefined && !isDigest(digest))
    throw wrong('after @ comes sha256: and 64 hex digits in lower case');
  let name = at < 0 ? text : text.slice(0, at);
  let tag: string | undefined;
  const colon = name.lastIndexOf(':');
  // A colon before the last slash belongs to the registry's port.
  if (colon > name.lastIndexOf('/')) {
    tag = name.slice(colon + 1);
    name = name.slice(0, colon);
    if (!tagPattern.test(tag)) throw wrong('a tag is up to 128 letters, digits, "_", "." and "-"');
  }
  const slash = name.indexOf('/');
  const first = slash < 0 ? '' : name.slice(0, slash);
  // As Docker tells them apart: a registry has a dot or a port, or is localhost.
  const isHost = first === 'localhost' || /[.:A-Z]/.test(first);
  if (isHost && !hostPattern.test(first)) throw wrong(`${JSON.stringify(first)} is not a registry's host`);
  const path = isHost ? name.slice(slash + 1) : name;
  if (path === '') throw wrong('the name is missing');
  if (path.length > pathLettersMax) throw wrong(`the name is longer than ${pathLettersMax} letters`);
  if (!pathPattern.test(path))
    throw wrong('a name is lower-case letters and digits, divided by ".", "_", "-" and "/"');
  return { host: isHost ? first : undefined, path, tag: tag ?? (digest ? undefined : 'latest'), digest };
}

/** `host/path`, without tag and digest. */
export function repositoryOf({ host, path }: Reference): string {
  return host ? `${host}/${path}` : path;
}

/** `host/path:tag`, or undefined if the reference has no tag: the form under which the index keeps it. */
export function taggedName(reference: Reference): string | undefined {
  return reference.tag === undefined ? undefined : `${repositoryOf(reference)}:${reference.tag}`;
}

/** The whole reference, `latest` written out. */
export function formatReference(reference: Reference): string {
  const name = taggedName(reference) ?? repositoryOf(reference);
  return reference.digest ? `${name}@${reference.digest}` : name;
}
