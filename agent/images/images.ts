import type { LocalImage } from '../sandbox/sandbox.ts';

/** Tells how a pull goes, for `kith image` and for Events. */
export interface PullProgress {
  bytes: number;
  totalBytes: number;
  /** Names of the nodes that served bytes so far. */
  from: string[];
}

/** The images on this machine, and how more of them arrive. */
export interface Images {
  /**
   * Makes an image local. `reference` is `name[:tag][@sha256:…]`; a digest wins over the tag. Every byte is verified.
   * Rejects with an `ImageError` whose `reason` is Kubernetes' word: `ErrImagePull`, `ErrImageNeverPull`, `InvalidImageName`.
   */
  pull(
    reference: string,
    options: {
      policy: 'Always' | 'IfNotPresent' | 'Never';
      signal?: AbortSignal;
      onProgress?: (progress: PullProgress) => void;
    },
  ): Promise<LocalImage>;
  /** What this machine holds, as `Node.status.images` wants it. */
  list(): Promise<{ names: string[]; sizeBytes: number }[]>;
}
