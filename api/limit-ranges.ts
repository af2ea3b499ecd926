import { ownIn } from './plain-objects.ts';
import { podTotals } from './pod-totals.ts';
import { compareQuantities, milli } from './quantity.ts';
import type { ResourceMap } from './resources.ts';
import type { Container, LimitRange, LimitRangeItem, PersistentVolumeClaim, Pod, Quantity } from './types.ts';

/** What a LimitRange makes of pods and claims. Source: k8s.io/kubernetes/plugin/pkg/admission/limitranger/admission.go */

const annotation = 'kubernetes.io/limit-ranger';

/** The pod with the range's amounts where its containers name none. */
export function withDefaultAmounts(pod: Pod, range: LimitRange): Pod {
  const requests: Record<string, Quantity> = {};
  const limits: Record<string, Quantity> = {};
  for (const item of range.spec?.limits ?? [])
    if (item.type === 'Container') {
      Object.assign(requests, item.defaultRequest);
      Object.assign(limits, item.default);
    }
  const { spec } = pod;
  if (!spec || Object.keys({ ...requests, ...limits }).length === 0) return pod;
  const told: string[] = [];
  const fill = (container: Container, called: string): Container => {
    const { resources = {}, name } = container;
    const set = (list: 'requests' | 'limits', amounts: Record<string, Quantity>, word: string) => {
      const missing = Object.keys(amounts).filter((each) => ownIn(resources[list], each) === undefined);
      if (missing.length > 0) told.push(`${missing.toSorted().join(', ')} ${word} for ${called} ${name}`);
      const all = { ...amounts, ...resources[list] };
      return Object.keys(all).length > 0 ? { [list]: all } : {};
    };
    const filled = {
      ...set('requests', requests, 'request'),
      ...set('limits', limits, 'limit'),
    };
    return { ...container, resources: { ...resources, ...filled } };
  };
  const containers = spec.containers.map((each) => fill(each, 'container'));
  const initContainers = spec.initContainers?.map((each) => fill(each, 'init container'));
  if (told.length === 0) return pod;
  return {
    ...pod,
    metadata: {
      ...pod.metadata,
      annotations: {
        ...pod.metadata?.annotations,
        [annotation]: `LimitRanger plugin set: ${told.join('; ')}`,
      },
    },
    spec: { ...spec, containers, ...(initContainers && { initContainers }) },
  };
}

/** What of the range is not kept, in Kubernetes' words; empty where all is. */
export function limitProblems(
  { spec }: LimitRange,
  { pod, claim }: { pod?: Pod; claim?: PersistentVolumeClaim },
): string[] {
  return (spec?.limits ?? []).flatMap((item) => {
    if (claim)
      return item.type === 'PersistentVolumeClaim'
        ? claimProblems(item, claim.spec?.resources?.requests ?? {})
        : [];
    if (item.type === 'Container')
      return [...(pod?.spec?.containers ?? []), ...(pod?.spec?.initContainers ?? [])].flatMap(
        ({ resources }) => problems(item, resources?.requests ?? {}, resources?.limits ?? {}),
      );
    return item.type === 'Pod' && pod
      ? problems(item, podTotals(pod, 'requests'), podTotals(pod, 'limits'))
      : [];
  });
}

function problems(item: LimitRangeItem, requests: ResourceMap, limits: ResourceMap): string[] {
  const each = (
    amounts: ResourceMap | undefined,
    problem: (name: string, bound: Quantity) => string | undefined,
  ) => Object.entries(amounts ?? {}).flatMap(([name, bound]) => problem(name, bound) ?? []);
  return [
    ...each(item.min, (name, bound) =>
      tooLittle(item.type, name, bound, ownIn(requests, name), ownIn(limits, name)),
    ),
    ...each(item.max, (name, bound) =>
      tooMuch(item.type, name, bound, ownIn(requests, name), ownIn(limits, name)),
    ),
    ...each(item.maxLimitRequestRatio, (name, bound) =>
      tooFarApart(item.type, name, bound, ownIn(requests, name), ownIn(limits, name)),
    ),
  ];
}

function claimProblems(item: LimitRangeItem, requests: ResourceMap): string[] {
  const below = Object.entries(item.min ?? {}).map(([name, bound]) =>
    tooLittle(item.type, name, bound, ownIn(requests, name), undefined),
  );
  const above = Object.entries(item.max ?? {}).map(([name, bound]) => {
    const request = ownIn(requests, name);
    const rule = `maximum ${name} usage per ${item.type} is ${bound}`;
    if (request === undefined) return `${rule}.  No request is specified`;
    return compareQuantities(request, bound) > 0 ? `${rule}, but request is ${request}` : undefined;
  });
  return [...below, ...above].filter((problem) => problem !== undefined);
}

type Amount = Quantity | undefined;

function tooLittle(type: string, name: string, bound: Quantity, request: Amount, limit: Amount) {
  const rule = `minimum ${name} usage per ${type} is ${bound}`;
  if (request === undefined) return `${rule}.  No request is specified`;
  if (compareQuantities(request, bound) < 0) return `${rule}, but request is ${request}`;
  return limit !== undefined && compareQuantities(limit, bound) < 0
    ? `${rule}, but limit is ${limit}`
    : undefined;
}

function tooMuch(type: string, name: string, bound: Quantity, request: Amount, limit: Amount) {
  const rule = `maximum ${name} usage per ${type} is ${bound}`;
  if (limit === undefined) return `${rule}.  No limit is specified`;
  if (compareQuantities(limit, bound) > 0) return `${rule}, but limit is ${limit}`;
  return request !== undefined && compareQuantities(request, bound) > 0
    ? `${rule}, but request is ${request}`
    : undefined;
}

function tooFarApart(type: string, name: string, bound: Quantity, request: Amount, limit: Amount) {
  const rule = `${name} max limit to request ratio per ${type} is ${bound}`;
  if (request === undefined || milli(request) === 0)
    return `${rule}, but no request is specified or request is 0`;
  if (limit === undefined || milli(limit) === 0) return `${rule}, but no limit is specified or limit is 0`;
  const ratio = milli(limit) / milli(request);
  return ratio * 1000 > milli(bound) ? `${rule}, but provided ratio is ${ratio.toFixed(6)}` : undefined;
}
