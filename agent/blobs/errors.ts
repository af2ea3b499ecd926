import type { Digest } from './digest.ts';

export type BlobErrorCode =
  /** What arrived is not what its digest says. */
  | 'mismatch'
  /** More bytes than declared, or a declared size above the limit. */
  | 'too-large'
  /** The owner's cap for images would be passed. */
  | 'quota'
  /** The disk itself is full. */
  | 'disk-full'
  /** No peer in reach has it. */
  | 'not-found'
  /** Peers have it, but none delivered it. */
  | 'unavailable';

export class BlobError extends Error {
  override name = 'BlobError';
  readonly code: BlobErrorCode;
  readonly digest: Digest;
  constructor(code: BlobErrorCode, digest: Digest, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
    this.digest = digest;
  }
}

/** `12.9 MB`, as people read sizes. */
export function megabytes(bytes: number): string {
  return `${(bytes / 1e6).toFixed(1)} MB`;
}
