/** Kubernetes' words for why a container waits for its image. */
export type ImageReason = 'ErrImagePull' | 'ErrImageNeverPull' | 'InvalidImageName';

export class ImageError extends Error {
  override name = 'ImageError';
  readonly reason: ImageReason;
  constructor(reason: ImageReason, message: string, options?: ErrorOptions) {
    super(message, options);
    this.reason = reason;
  }
}
