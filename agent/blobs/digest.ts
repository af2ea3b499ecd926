/** `sha256:` and 64 hex digits: the only algorithm that kith stores under. */
export type Digest = `sha256:${string}`;

const pattern = /^sha256:[0-9a-f]{64}$/;

export function isDigest(text: string): text is Digest {
  return pattern.test(text);
}

/** The 64 hex digits, which are also the file's name. Throws on anything else, so that no path can be smuggled in. */
export function hexOf(digest: string): string {
  if (!isDigest(digest))
    throw new TypeError(`${JSON.stringify(digest)} is not a digest (sha256: and 64 hex digits)`);
  return digest.slice('sha256:'.length);
}
