import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { sandboxNamed } from '../../../api/nodes.ts';
import { chooseSandbox } from '../../sandbox/choose.ts';
import type { LocalImage, PodSandbox, Sandbox } from '../../sandbox/sandbox.ts';
import { backoffMs } from '../backoff.ts';
import type { OnePod } from './one-pod.ts';

const removeRetryMs = { first: 500, max: 30_000 };

/** The sandbox of one pod: made, or taken over from an earlier agent, and removed until it is gone. */
export class HeldSandbox {
  readonly #one: OnePod;
  #now: PodSandbox | undefined;
  #gone = Promise.withResolvers<void>();

  constructor(one: OnePod) {
    this.#one = one;
  }

  get now(): PodSandbox | undefined {
    return this.#now;
  }

  /** Settles when the sandbox of now goes. */
  get gone(): Promise<void> {
    return this.#gone.promise;
  }

  /** The driver for an image of this pod. @throws Error with the reason, if this host has none */
  driverFor(image: LocalImage | undefined): Sandbox {
    const { sandboxes, own } = this.#one.tools;
    return chooseSandbox(image?.kind ?? 'wasm', sandboxNamed(this.#one.pod), sandboxes, own);
  }

  adopt(sandbox: PodSandbox): void {
    this.#now = sandbox;
  }

  /** Ends as `sandbox-created` or `sandbox-failed`. */
  async create(image: LocalImage | undefined): Promise<void> {
    const { uid, local, folder, tell, say } = this.#one;
    try {
      const driver = this.driverFor(image);
      if (!local.podIP)
        throw new Error(
          'this node has no pod address to give: it waits for its range (spec.podCIDR), or all are taken',
        );
      const directory = join(folder, 'sandbox');
      await mkdir(directory, { recursive: true, mode: 0o700 });
      this.#now = await driver.create({
        uid,
        namespace: local.namespace,
        name: local.name,
        directory,
        ...(this.#one.pod.spec?.shareProcessNamespace && { sharesProcesses: true }),
      });
      this.#gone = Promise.withResolvers<void>();
      tell({ type: 'sandbox-created' });
    } catch (error) {
      const message = (error as Error).message;
      say('Warning', 'FailedCreatePodSandBox', `Failed to create pod sandbox: ${message}`);
      tell({ type: 'sandbox-failed', message });
    }
  }

  /** Removes it, trying again until it is gone. False where `signal` ended the trying. */
  async remove(signal: AbortSignal): Promise<boolean> {
    const { local, tools } = this.#one;
    for (let failures = 1; !signal.aborted; failures++) {
      try {
        await this.removeOnce();
        return true;
      } catch (error) {
        const pod = `${local.namespace}/${local.name}`;
        tools.log.warn('a sandbox could not be removed, trying again', { pod, error });
        // An aborted wait ends the loop by its condition.
        await tools.clock.sleep(backoffMs(removeRetryMs, failures), signal).catch(() => {});
      }
    }
    return false;
  }

  async removeOnce(): Promise<void> {
    await this.#now?.remove();
    this.#now = undefined;
    this.release();
  }

  /** Ends what hangs on the sandbox, such as tunnels into it. */
  release(): void {
    this.#gone.resolve();
  }
}
