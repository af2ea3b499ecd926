import { badRequest } from '../../../api/errors.ts';
import type { Pod } from '../../../api/types.ts';

const defaultContainerAnnotation = 'kubectl.kubernetes.io/default-container';

/**
 * Which container of the pod is meant: the named one, the pod's default, or its only one.
 *
 * @throws ApiError (bad request) in Kubernetes' words, source: pkg/registry/core/pod/strategy.go, validateContainer
 */
export function containerOf(pod: Pod, wanted: string): string {
  const { name } = pod.metadata!;
  const names = (containers: readonly { name: string }[] | undefined) =>
    (containers ?? []).map((each) => each.name);
  const containers = names(pod.spec?.containers);
  const inits = names(pod.spec?.initContainers);
  const chosen =
    wanted ||
    pod.metadata?.annotations?.[defaultContainerAnnotation] ||
    (containers.length === 1 ? containers[0]! : undefined);
  if (!chosen)
    throw badRequest(
      `a container name must be specified for pod ${name}, choose one of: [${containers.join(' ')}]${
        inits.length > 0 ? ` or one of the init containers: [${inits.join(' ')}]` : ''
      }`,
    );
  if (![...containers, ...inits, ...names(pod.spec?.ephemeralContainers)].includes(chosen))
    throw badRequest(`container ${chosen} is not valid for pod ${name}`);
  return chosen;
}
