import type { Container } from '../../../api/types.ts';
import { ContainerConfigError, resolveEnv } from '../env.ts';
import type { OnePod } from './one-pod.ts';

/** The environment of one pod's containers, remembered so that they start again with no controller in reach. */
export class Environment {
  readonly #one: OnePod;
  /** By container, as it was last resolved; goes to disk with the assignment. */
  readonly known: Record<string, Record<string, string>>;

  constructor(one: OnePod, known: Record<string, Record<string, string>>) {
    this.#one = one;
    this.known = known;
  }

  /** @throws ContainerConfigError where something it names is missing */
  async of(container: Container): Promise<Record<string, string>> {
    const { pod, local, tools } = this.#one;
    const { nodeName, allocatable, envSources } = tools;
    const { podIP = '', hostIP = '' } = local;
    try {
      const env = await resolveEnv(pod, container, { nodeName, allocatable, podIP, hostIP }, envSources);
      this.known[container.name] = env;
      return env;
    } catch (error) {
      // With no controller in reach the container starts with what it had; a ConfigMap that is really gone holds it.
      const before = this.known[container.name];
      if (before && !(error instanceof ContainerConfigError)) return before;
      throw error;
    }
  }
}
