import type { Filter } from '../filter.ts';
import { domainsOf, termMeans } from '../pod-terms.ts';

/** Required pod affinity: in every term's topology such a pod must run already, unless the pod is the first of those it seeks. */
export const podAffinity: Filter = {
  name: 'pod affinity',
  forPod(pod, snapshot) {
    const terms = pod.pod.spec?.affinity?.podAffinity?.requiredDuringSchedulingIgnoredDuringExecution;
    if (!terms?.length) return undefined;
    const wanted = terms.map((term) => {
      const domains = domainsOf(term.topologyKey, snapshot, (other) => termMeans(term, pod, other, snapshot));
      return {
        key: term.topologyKey,
        domains,
        first: domains.size === 0 && termMeans(term, pod, pod, snapshot),
      };
    });
    return ({ labels }) => {
      const fits = wanted.every(
        ({ key, domains, first }) => labels[key] !== undefined && (first || domains.has(labels[key])),
      );
      return fits ? undefined : "node(s) didn't match pod affinity rules";
    };
  },
};
