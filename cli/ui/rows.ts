import type { Event, Node, Pod } from '../../api/types.ts';
import { conditionOf } from '../../api/conditions.ts';
import { podSummary } from '../../api/pod-summary.ts';
import { isPodTerminal, isPodTerminating } from '../../api/pods.ts';
import { milli, parseQuantity } from '../../api/quantity.ts';
import { humanDuration } from '../../api/tables/duration.ts';
import { plainText } from '../print/text-width.ts';

/** One line of a pane: its key stays while the object lives, its cells are plain text. */
export interface Row {
  key: string;
  cells: string[];
  /** Shown by a glyph and a word as well: never by colour alone. */
  state: State;
  /** Since when, RFC 3339: its age is told when the row is drawn. */
  since: string | undefined;
  /** Since when its state is so, where that is told beside it: `gone 5m`. */
  stateSince?: string;
  /** What the user may want to know of it at length; empty where all is well. */
  why: string;
  /** The pod whose log belongs to it: `namespace/name`. */
  pod?: string;
  /** How to ask for it without this screen. */
  command: string;
}

export type State = 'good' | 'busy' | 'bad';

const glyphs: Record<State, string> = { good: '●', busy: '◐', bad: '✗' };

export interface HostPods {
  /** How many pods a host runs, by its name. */
  get(host: string): number | undefined;
}

export function hostRow(node: Node, pods: HostPods): Row {
  const name = plainText(node.metadata?.name ?? '');
  const ready = conditionOf(node.status?.conditions, 'Ready');
  // A host that is Suspect may be back in a second; from Unknown on it is treated as gone.
  const isGone = ready?.status === 'Unknown' && ready.reason === 'NodeStatusUnknown';
  const state =
    ready?.status === 'True' ? 'good' : ready?.status === 'False' || isGone ? 'bad' : ('busy' as const);
  const word =
    state === 'good'
      ? node.spec?.unschedulable
        ? 'Cordoned'
        : 'Ready'
      : isGone
        ? 'gone'
        : plainText(ready?.reason ?? 'New').replace(/^Node(?=[A-Z])/, '');
  const annotations = node.metadata?.annotations ?? {};
  const annotated = (key: string) => plainText(annotations[`kith.home.arpa/${key}`] ?? '');
  return {
    key: name,
    state,
    since: node.metadata?.creationTimestamp,
    ...(isGone && ready.lastTransitionTime ? { stateSince: ready.lastTransitionTime } : {}),
    why: state === 'good' ? '' : plainText(ready?.message ?? ''),
    command: `kith describe node ${name}`,
    cells: [
      name,
      stateCell(state, word),
      String(pods.get(name) ?? 0),
      lends(node),
      annotated('tier'),
      annotated('owner'),
    ],
  };
}

function lends({ status }: Node): string {
  const { cpu, memory } = status?.allocatable ?? {};
  return [
    cpu === undefined ? '' : `${milli(cpu) / 1000} cpu`,
    memory === undefined ? '' : `${(parseQuantity(memory) / 1024 ** 3).toFixed(1)} GiB`,
  ]
    .filter(Boolean)
    .join(' ');
}

export function podRow(pod: Pod): Row {
  const { name: ownName = '', namespace = '' } = pod.metadata ?? {};
  const name = plainText(ownName);
  const { status, ready, containers, restarts } = podSummary(pod);
  const state = podState(pod, status, ready === containers);
  return {
    key: `${namespace}/${name}`,
    pod: `${namespace}/${name}`,
    state,
    since: pod.metadata?.creationTimestamp,
    why: state === 'good' ? '' : whyOf(pod),
    command: `kith logs -f ${name}${namespace === 'default' ? '' : ` -n ${namespace}`}`,
    cells: [
      name,
      stateCell(state, plainText(status)),
      `${ready}/${containers}`,
      String(restarts),
      plainText(pod.spec?.nodeName ?? '-'),
      namespace,
    ],
  };
}

/** Words of containers and pods that no waiting mends. */
const badWords = /BackOff|Err|Fail|Error|OOM|Evicted|Lost|Unknown|Invalid|Cannot/;

function podState(pod: Pod, word: string, isReady: boolean): State {
  if (isPodTerminating(pod)) return 'busy';
  if (pod.status?.phase === 'Succeeded') return 'good';
  if (pod.status?.phase === 'Failed' || badWords.test(word)) return 'bad';
  return isReady && !isPodTerminal(pod) ? 'good' : 'busy';
}

/** Why it does not run or is not ready: the container's own word first, then the scheduler's. */
function whyOf({ status }: Pod): string {
  const statuses = [...(status?.initContainerStatuses ?? []), ...(status?.containerStatuses ?? [])];
  const messages = [
    ...statuses.map(({ state }) => state?.waiting?.message ?? state?.terminated?.message),
    ...statuses.map(({ lastState }) => {
      const { terminated } = lastState ?? {};
      return terminated && `before: ${terminated.reason ?? 'ended'}, exit code ${terminated.exitCode}`;
    }),
    ...(status?.conditions ?? [])
      .filter((one) => one.status === 'False')
      .map(({ reason, message }) => message ?? reason),
    status?.message,
  ];
  return plainText(messages.find(Boolean) ?? '').replaceAll('·', ' ');
}

export function eventRow(event: Event): Row {
  const { involvedObject, metadata, reason, message, count } = event;
  const { kind = '', name = '', namespace = '' } = involvedObject;
  const isWarning = event.type === 'Warning';
  const text = plainText((message ?? '').replaceAll(/\s+/g, ' '));
  const times = (count ?? 1) > 1 ? ` (×${count})` : '';
  const about = plainText(`${kind.toLowerCase()}/${name}`);
  return {
    key: metadata.uid ?? metadata.name ?? '',
    state: isWarning ? 'bad' : 'good',
    since: timeOf(event),
    why: text,
    command: `kith describe ${about}${namespace && namespace !== 'default' ? ` -n ${namespace}` : ''}`,
    ...(kind === 'Pod' ? { pod: `${namespace}/${name}` } : {}),
    cells: [`${isWarning ? '!' : ' '} ${plainText(reason ?? '')}`, about, `${text}${times}`],
  };
}

function timeOf({ lastTimestamp, eventTime, metadata }: Event): string {
  return lastTimestamp ?? eventTime ?? metadata.creationTimestamp ?? '';
}

const stateCell = (state: State, word: string) => `${glyphs[state]} ${word}`;

/** A short age: `12s`, `4m30s`, `3h`. */
export function ageText({ since }: Row, now: Date): string {
  return since ? durationSince(since, now) : '';
}

/** A cell's own words, with the age of the state where it is told: `✗ gone 5m`. */
export function cellText({ cells, stateSince }: Row, cell: number, isState: boolean, now: Date): string {
  const text = cells[cell] ?? '';
  return isState && stateSince ? `${text} ${durationSince(stateSince, now)}` : text;
}

function durationSince(time: string, now: Date): string {
  return humanDuration(Math.max(0, now.getTime() - Date.parse(time)));
}

/** Rows keep their place: sorted by key, not by what changes. */
export function byKey(rows: Row[]): Row[] {
  return rows.sort((a, b) => (a.key < b.key ? -1 : a.key > b.key ? 1 : 0));
}

/** Newest first; of one moment, in the order of their keys. */
export function newestFirst(rows: Row[]): Row[] {
  const times = new Map(rows.map((row) => [row, Date.parse(row.since ?? '') || 0]));
  return rows.sort((a, b) => times.get(b)! - times.get(a)! || (a.key < b.key ? -1 : 1));
}
