import type { Images } from '../../agent/images/images.ts';
import type { LocalImage } from '../../agent/sandbox/sandbox.ts';

/** Images that are always there, unless the test puts a fault in. */
export class FakeImages implements Images {
  readonly pulls: { reference: string; policy: string }[] = [];
  /** Thrown by the next pulls, one each; `reason` as `ImageError` has it. */
  errors: (Error & { reason?: string })[] = [];
  /** Never resolves until its signal aborts. */
  hang = false;

  async pull(
    reference: string,
    options: { policy: 'Always' | 'IfNotPresent' | 'Never'; signal?: AbortSignal },
  ): Promise<LocalImage> {
    this.pulls.push({ reference, policy: options.policy });
    const error = this.errors.shift();
    if (error) throw error;
    if (this.hang)
      await new Promise((_, reject) =>
        options.signal?.addEventListener('abort', () => reject(options.signal!.reason), { once: true }),
      );
    return { reference, digest: `sha256:${'1'.repeat(64)}`, kind: 'wasm', path: '/nowhere' };
  }

  async list(): Promise<{ names: string[]; sizeBytes: number }[]> {
    return [{ names: ['hello:1'], sizeBytes: 1000 }];
  }
}
