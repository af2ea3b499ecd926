import type { Score } from '../filter.ts';

/** Images that lie on the node already are better: the pod starts without fetching them from another home. */
export const images: Score = {
  name: 'images',
  weight: 1,
  forPod({ pod }) {
    const wanted = (pod.spec?.containers ?? []).flatMap(({ image }) => (image ? [image] : []));
    if (wanted.length === 0) return undefined;
    return (node) => (100 * wanted.filter((image) => node.images.has(image)).length) / wanted.length;
  },
};
