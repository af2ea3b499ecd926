import { podSummary } from '../pod-summary.ts';
import type { Pod } from '../types.ts';
import { age, humanDuration } from './duration.ts';
import { column, nameColumn, none, wide } from './table.ts';
import type { Columns } from './table.ts';

export const podColumns: Columns<Pod> = [
  nameColumn,
  column('Ready', (pod) => {
    const { ready, containers } = podSummary(pod);
    return `${ready}/${containers}`;
  }),
  column('Status', (pod) => podSummary(pod).status),
  column('Restarts', restarts),
  column('Age', ({ metadata }, now) => age(metadata?.creationTimestamp, now)),
  wide('IP', ({ status }) => status?.podIPs?.[0]?.ip ?? status?.podIP ?? none),
  wide('Node', ({ spec }) => spec?.nodeName || none),
  wide('Nominated Node', ({ status }) => status?.nominatedNodeName || none),
  wide('Readiness Gates', readinessGates),
];

/** `3 (5m ago)`. */
function restarts(pod: Pod, now: Date): string {
  const { restarts: count, lastRestart } = podSummary(pod);
  if (count === 0 || lastRestart === undefined) return String(count);
  return `${count} (${humanDuration(now.getTime() - Date.parse(lastRestart))} ago)`;
}

function readinessGates({ spec, status }: Pod): string {
  const gates = spec?.readinessGates ?? [];
  if (gates.length === 0) return none;
  const open = gates.filter((gate) =>
    status?.conditions?.some(({ type, status: is }) => type === gate.conditionType && is === 'True'),
  );
  return `${open.length}/${gates.length}`;
}
