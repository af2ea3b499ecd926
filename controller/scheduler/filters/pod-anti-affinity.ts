import type { Filter } from '../filter.ts';
import { domainsOf, termMeans } from '../pod-terms.ts';

/** Required anti-affinity, both ways: whom this pod avoids, and who avoids this pod. */
export const podAntiAffinity: Filter = {
  name: 'pod anti-affinity',
  forPod(pod, snapshot) {
    const terms =
      pod.pod.spec?.affinity?.podAntiAffinity?.requiredDuringSchedulingIgnoredDuringExecution ?? [];
    const avoided = terms.map((term) => ({
      key: term.topologyKey,
      domains: domainsOf(term.topologyKey, snapshot, (other) => termMeans(term, pod, other, snapshot)),
    }));
    const avoiding = [...snapshot.shy.values()].flatMap((other) =>
      (other.pod.spec?.affinity?.podAntiAffinity?.requiredDuringSchedulingIgnoredDuringExecution ?? [])
        .filter((term) => termMeans(term, other, pod, snapshot))
        .map(({ topologyKey }) => ({
          key: topologyKey,
          domain: snapshot.nodeOf(other.uid)?.labels[topologyKey],
        })),
    );
    if (avoided.length === 0 && avoiding.length === 0) return undefined;
    return ({ labels }) => {
      if (avoided.some(({ key, domains }) => labels[key] !== undefined && domains.has(labels[key]))) {
        return "node(s) didn't match pod anti-affinity rules";
      }
      const unwelcome = avoiding.some(({ key, domain }) => domain !== undefined && labels[key] === domain);
      return unwelcome ? "node(s) didn't satisfy existing pods anti-affinity rules" : undefined;
    };
  },
};
