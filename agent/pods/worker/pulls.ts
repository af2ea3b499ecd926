import type { Container } from '../../../api/types.ts';
import type { LocalImage } from '../../sandbox/sandbox.ts';
import { pullImage, pullPolicyOf } from '../pull.ts';
import type { OnePod } from './one-pod.ts';

/** Gets the images of one pod's containers, and holds what came until the containers start. */
export class Pulls {
  readonly #one: OnePod;
  readonly #images = new Map<string, LocalImage>();
  readonly #underWay = new Map<string, AbortController>();

  constructor(one: OnePod) {
    this.#one = one;
  }

  /** The image that was pulled for a container; undefined after a restart of the agent, until it is looked up again. */
  imageOf(container: string): LocalImage | undefined {
    return this.#images.get(container);
  }

  /** Ends as `pulled`, `pull-failed` or `pull-cancelled`. */
  async pull(container: Container): Promise<void> {
    const { tools, local, tell, say } = this.#one;
    const { name, image: reference = '' } = container;
    const abort = new AbortController();
    this.#underWay.set(name, abort);
    const asksEachTime = pullPolicyOf(container) === 'Always';
    const sayPulling = () => say('Normal', 'Pulling', `Pulling image "${reference}"`, container);
    const startedAt = tools.clock.now();
    let bytes = 0;
    try {
      if (asksEachTime) sayPulling();
      const image = await pullImage(container, {
        images: tools.images,
        before: local.containers[name]?.image?.digest,
        signal: abort.signal,
        onBytes: (pulled) => {
          if (bytes === 0 && !asksEachTime) sayPulling();
          bytes = pulled;
        },
      });
      this.#images.set(name, image);
      const took = Math.round(tools.clock.now() - startedAt);
      const came = `Successfully pulled image "${reference}" in ${took}ms. Image size: ${bytes} bytes.`;
      const wasHere = `Container image "${reference}" already present on machine`;
      say('Normal', 'Pulled', bytes > 0 ? came : wasHere, container);
      const { digest } = image;
      tell({ type: 'pulled', container: name, image: { reference: image.reference, digest } });
    } catch (error) {
      if (abort.signal.aborted) return tell({ type: 'pull-cancelled', container: name });
      const { reason = 'ErrImagePull', message } = error as Error & { reason?: string };
      say('Warning', 'Failed', `Failed to pull image "${reference}": ${message}`, container);
      tell({ type: 'pull-failed', container: name, reason, message });
    } finally {
      if (this.#underWay.get(name) === abort) this.#underWay.delete(name);
    }
  }

  cancel(container: string, why: string): void {
    this.#underWay.get(container)?.abort(new Error(why));
  }

  cancelAll(why: string): void {
    for (const name of this.#underWay.keys()) this.cancel(name, why);
  }
}
